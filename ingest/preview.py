"""What a sync of a source would index, without indexing it."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.chunking import answering, chunk_text
from ingest.limits import Limits
from ingest.parser import Parser
from ingest.reading import Reader
from ingest.source import Source
from knowledge.chunk import embedded_text
from knowledge.training import Example, Material, Section


def preview(source: Source, parsers: Mapping[str, Parser]) -> Material:
    """Return sections, `document` being their source, and questions with every chunk of the section they name.

    A sync ties such a question to the nearest of those chunks, which takes an embedding model.

    Raises:
        PermanentIngestError, TransientIngestError: an item cannot be read.
    """
    reader = Reader(parsers, Limits())
    sections: list[Section] = []
    examples: list[Example] = []
    for item in source.discover():
        document = reader.read(item, source.fetch(item))
        spans = chunk_text(document.text)
        first = len(sections)
        sections.extend(
            Section(
                document=item.source,
                origin=source.origin,
                placed=embedded_text(document.title, document.metadata.context, span),
                bare=span.text,
            )
            for span in spans
        )
        for question in document.questions:
            candidates = answering(question, spans)
            if candidates:
                example = Example(question=question.text, sections=tuple(first + place for place in candidates))
                examples.append(example)
    return Material(sections=tuple(sections), examples=tuple(examples))
