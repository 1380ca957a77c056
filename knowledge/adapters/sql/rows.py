"""Values as rows of the knowledge's tables, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import Any

from sqlalchemy import Row

from knowledge.adapters.sql.metadata_json import from_json, to_json
from knowledge.chunk import Chunk, ChunkId, Span
from knowledge.document import Cut, DocumentId, Metadata, content_hash
from knowledge.reader import access_label
from knowledge.store import FoundChunk, Indexed


def document_row(indexed: Indexed) -> dict[str, Any]:
    """Return the row of a current document, without who may read it."""
    stored, document = indexed.stored, indexed.stored.document
    return {
        "id": stored.id,
        "origin": stored.origin,
        "source": document.source,
        "version": stored.version,
        "title": document.title,
        "fingerprint": indexed.fingerprint,
        "content_hash": indexed.content_hash,
        "text_hash": content_hash(document.text.encode()),
        "recipe": indexed.recipe,
        "characters": len(document.text),
        "chunk_count": len(indexed.chunks),
        "duplicate_of": stored.duplicate_of,
        "warnings": list(document.warnings),
        "sketch": indexed.sketch or None,
        "updated_at": indexed.at.astimezone(UTC),
    }


def in_force_row(metadata: Metadata) -> dict[str, Any]:
    """Return the columns that follow what people say of a document: who may read it, and until when it is verified."""
    return {
        "audience": metadata.audience.value,
        "access": str(access_label(metadata.audience, metadata.groups)),
        "metadata": to_json(metadata),
        "verified_on": metadata.verified_on,
        "review_by": metadata.review_by,
    }


def version_row(indexed: Indexed, metadata: Metadata) -> dict[str, Any]:
    """Return the row of a version, with what it says of itself as it is in force."""
    stored, document = indexed.stored, indexed.stored.document
    return {
        "document_id": stored.id,
        "version": stored.version,
        "origin": stored.origin,
        "source": document.source,
        "title": document.title,
        "text": document.text,
        "metadata": to_json(metadata),
        "content_hash": indexed.content_hash,
        "created_at": indexed.at.astimezone(UTC),
        "pages": list(document.pages) or None,
        "cuts": [asdict(cut) for cut in document.cuts] or None,
    }


def cuts(stored: list[dict[str, Any]] | None) -> tuple[Cut, ...]:
    """Return what cleaning removed."""
    return tuple(Cut(**cut | {"samples": tuple(cut["samples"])}) for cut in stored or ())


def found_chunk(row: Row[Any]) -> FoundChunk:
    """Return a current chunk with the facts of its document."""
    span = Span(
        start=row.start,
        end=row.end,
        text=row.text,
        heading_path=tuple(row.heading_path),
        sections=tuple(row.sections),
        page=row.page,
        page_breaks=tuple(row.page_breaks or ()),
    )
    chunk = Chunk(
        id=ChunkId(row.id),
        document_id=DocumentId(row.document_id),
        version=row.version,
        ordinal=row.ordinal,
        span=span,
    )
    return FoundChunk(chunk=chunk, source=row.source, title=row.title, metadata=from_json(row.metadata))
