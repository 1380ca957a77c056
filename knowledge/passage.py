"""A passage: a chunk as it was found, and a citation: a quote that points into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.chunk import Chunk
from knowledge.document import Metadata
from knowledge.outline import path_at


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A chunk with its score, best first when in a list; the texts of its document that a reader needs beside it."""

    chunk: Chunk
    source: str
    title: str
    metadata: Metadata
    score: float  #: fused score, comparable only within one result list
    similarity: float  #: cosine of question and chunk, -1 to 1
    question_similarity: float | None = None  #: best cosine of question and a written question of this chunk
    sentence_similarities: tuple[float, ...] = ()  #: cosine of question and each of `sentence_spans(text)`
    found_by: tuple[str, ...] = ()  #: any of "vector", "lexical", "question"
    by_words: bool = False  #: found while embedder or vectors were down; similarities are of words

    @property
    def text(self) -> str:
        """The stored text of the chunk."""
        return self.chunk.span.text


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A verbatim quote: `quote == text of that version of the document [start:end]`."""

    number: int  #: as in [n], from 1
    passage: Passage
    quote: str
    start: int
    end: int

    @property
    def heading_path(self) -> tuple[str, ...]:
        """The headings the quote stands under; a passage may hold several short sections."""
        span = self.passage.chunk.span
        return path_at(span.text, span.heading_path, self.start - span.start)

    @property
    def page(self) -> int | None:
        """The page on which the quote starts; None: the document has no pages."""
        span = self.passage.chunk.span
        return span.page_at(self.start - span.start)

    def is_stale(self, today: date) -> bool:
        """Tell whether the document's review date has passed."""
        review_by = self.passage.metadata.review_by
        return review_by is not None and review_by < today


def cite(number: int, passage: Passage, start: int, end: int) -> Citation:
    """Quote `passage.text[start:end]`.

    Raises:
        ValueError: the span is empty or leaves the passage.
    """
    if not 0 <= start < end <= len(passage.text):
        raise ValueError(f"span {start}:{end} is not inside a passage of {len(passage.text)} characters")
    offset = passage.chunk.span.start
    return Citation(
        number=number, passage=passage, quote=passage.text[start:end], start=offset + start, end=offset + end
    )


def distinct(passages: Sequence[Passage]) -> list[Passage]:
    """Drop passages whose text was already seen (duplicated documents), keeping the order."""
    seen: set[str] = set()
    kept = []
    for passage in passages:
        if passage.text not in seen:
            seen.add(passage.text)
            kept.append(passage)
    return kept
