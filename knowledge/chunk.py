"""A chunk: the span of a document that is embedded, indexed and shown as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from knowledge.document import DocumentId

ChunkId = NewType("ChunkId", str)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A chunk before it has an identity: `text == document.text[start:end]`, never empty."""

    start: int
    end: int
    text: str
    heading_path: tuple[str, ...]
    sections: tuple[str, ...] = ()  #: slugs of the headings it stands under, in order


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A span of one version of one document."""

    id: ChunkId
    document_id: DocumentId
    version: int
    ordinal: int
    span: Span


@dataclass(frozen=True, kw_only=True)
class ChunkQuestion:
    """A written question, tied to the chunk that answers it."""

    id: str
    chunk_id: ChunkId
    text: str


def chunk_id(document: DocumentId, version: int, ordinal: int) -> ChunkId:
    """Name a chunk so that a repeated run gives the same name."""
    return ChunkId(f"{document}.{version}.{ordinal}")


def embedded_text(title: str, context: str | None, span: Span) -> str:
    """Return what is embedded and matched for a chunk: where it stands, then what it says.

    Sections are often unreadable alone (「完成标志」 of what?), so title and headings go in front.
    """
    place = [title, *([context] if context else []), *span.heading_path]
    distinct = [part for i, part in enumerate(place) if part and part not in place[:i]]
    return "\n".join([" > ".join(distinct), span.text])
