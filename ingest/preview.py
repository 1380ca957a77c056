"""What a sync of a source would index, without indexing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ingest.chunking import chunk_text
from ingest.cleaning import clean
from ingest.parser import Parser
from ingest.source import Source
from ingest.sync import answering
from knowledge.chunk import embedded_text
from knowledge.outline import title_of
from knowledge.training import Example, Material, Section


def preview(source: Source, parsers: Mapping[str, Parser]) -> Material:
    """Return sections, `document` being their source, and questions with every chunk of the section they name.

    A sync ties such a question to the nearest of those chunks, which takes an embedding model.

    Raises:
        PermanentIngestError, TransientIngestError: an item cannot be read.
    """
    sections: list[Section] = []
    examples: list[Example] = []
    for item in source.discover():
        document = parsers[item.media].parse(item, source.fetch(item))
        text = clean(document.text).text
        document = replace(document, title=document.title or title_of(text, item.source), text=text)
        spans = chunk_text(text)
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
