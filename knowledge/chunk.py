"""A chunk: the span of a document that is embedded, indexed and shown as evidence."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from knowledge.document import DocumentId, content_hash
from knowledge.text import fold, sentence_spans

ChunkId = NewType("ChunkId", str)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A chunk before it has an identity: `text == document.text[start:end]`, never empty."""

    start: int
    end: int
    text: str
    heading_path: tuple[str, ...]
    sections: tuple[str, ...] = ()  #: slugs of the headings it stands under, in order
    page: int | None = None  #: the page it starts on, from 1; None: the document has no pages
    page_breaks: tuple[int, ...] = ()  #: offsets in `text` at which the next page begins, in order

    def page_at(self, offset: int) -> int | None:
        """Return the page on which character `offset` of `text` stands."""
        return None if self.page is None else self.page + bisect_right(self.page_breaks, offset)


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A span of one version of one document."""

    id: ChunkId
    document_id: DocumentId
    version: int
    ordinal: int
    span: Span


class Writer(StrEnum):
    """Who wrote a question down."""

    DOCUMENT = "document"  #: its author, in the document itself
    MACHINE = "machine"  #: a chat model
    PERSON = "person"  #: somebody who asked it and was helped


@dataclass(frozen=True, kw_only=True)
class ChunkQuestion:
    """A written question, tied to the chunk that answers it."""

    id: str
    chunk_id: ChunkId
    text: str
    writer: Writer = Writer.DOCUMENT


def chunk_id(document: DocumentId, version: int, ordinal: int) -> ChunkId:
    """Name a chunk so that a repeated run gives the same name."""
    return ChunkId(f"{document}.{version}.{ordinal}")


def embedded_text(title: str, context: str | None, span: Span) -> str:
    """Return what is embedded and matched for a chunk: where it stands, then what it says.

    Sections are often unreadable alone (「完成标志」 of what?), so title and headings go in front.
    """
    return "\n".join([_place(title, context, span), span.text])


def embedded_sentences(title: str, context: str | None, span: Span) -> list[tuple[int, int]]:
    """Return where the sentences of a chunk stand in `embedded_text`, in the order of `sentence_spans(span.text)`."""
    offset = len(_place(title, context, span)) + 1
    return [(offset + start, offset + end) for start, end in sentence_spans(span.text)]


def _place(title: str, context: str | None, span: Span) -> str:
    place = [title, *([context] if context else []), *span.heading_path]
    return " > ".join(part for i, part in enumerate(place) if part and part not in place[:i])


def passage_key(title: str, context: str | None, span: Span) -> str:
    """Name what a chunk says and where it stands: equal keys mean that the same questions fit."""
    return content_hash(embedded_text(title, context, span).encode())


def added_question(chunk: ChunkId, text: str, writer: Writer) -> ChunkQuestion:
    """Tie a question that does not stand in the document to a chunk; the same words always get the same id."""
    return ChunkQuestion(
        id=f"{chunk}.{writer.value[0]}{content_hash(same_words(text).encode())[:12]}",
        chunk_id=chunk,
        text=text,
        writer=writer,
    )


def same_words(text: str) -> str:
    """Return the form in which two questions are the same: folded, without spaces and punctuation."""
    return "".join(character for character in fold(text) if character.isalnum())
