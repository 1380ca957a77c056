"""Entries that the contracts put into vector indexes, and how they look for them."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.index import Field, VectorIndex
from knowledge.reader import STAFF, Reader, access_label

EMBEDDER = HashingEmbedder(32)
MODEL = EMBEDDER.identity
ONE, OTHER = DocumentId("one"), DocumentId("other")
RENEWAL, PRICES, ONBOARDING = "客户续约前复盘", "price list and discounts", "上线第一周的培训"
FIELDS: tuple[Field, ...] = ("chunk", "question")


def vector(text: str) -> Vectors:
    row: Vectors = EMBEDDER.embed_queries([text])[0]
    return row


def add(
    index: VectorIndex,
    texts: Sequence[str],
    *,
    field: Field = "chunk",
    document: DocumentId = ONE,
    version: int = 1,
    chunks: Sequence[str] | None = None,
    audience: Audience = Audience.INTERNAL,
    groups: Sequence[str] = (),
    model: ModelIdentity = MODEL,
) -> list[ChunkId]:
    """Add one entry per text; a question leads to the chunk of the same ordinal unless `chunks` says otherwise."""
    names = [ChunkId(f"{document}.{version}.{i}") for i in range(len(texts))]
    ids = [f"{name}.q{i}" for i, name in enumerate(names)] if field == "question" else names
    led_to = [ChunkId(chunk) for chunk in chunks] if chunks else names
    index.add(
        field, document, version, ids, led_to, EMBEDDER.embed_passages(texts), access_label(audience, groups), model
    )
    return names


def found(
    index: VectorIndex, text: str, *, field: Field = "chunk", limit: int = 10, reader: Reader = STAFF
) -> dict[ChunkId, float]:
    return dict(index.search(field, vector(text), limit, reader))
