"""A vector index in memory: exact cosines over everything, nothing approximated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexModelMismatch
from knowledge.index import Field


@dataclass(frozen=True, kw_only=True)
class _Entry:
    document: DocumentId
    version: int
    chunk: ChunkId
    vector: Vectors
    audience: Audience


class InMemoryVectorIndex:
    """Implements `VectorIndex`."""

    def __init__(self) -> None:
        self._identity: ModelIdentity | None = None
        self._entries: dict[Field, dict[str, _Entry]] = {"chunk": {}, "question": {}}

    def identity(self) -> ModelIdentity | None:
        """What the stored vectors were made with; None while there are none."""
        return self._identity if any(self._entries.values()) else None

    def add(
        self,
        field: Field,
        document: DocumentId,
        version: int,
        ids: Sequence[str],
        chunks: Sequence[ChunkId],
        vectors: Vectors,
        audience: Audience,
        identity: ModelIdentity,
    ) -> None:
        """Add or replace entries."""
        stored = self.identity()
        if stored not in (None, identity):
            raise IndexModelMismatch(f"The index holds vectors of {stored!r}, not of {identity!r}. Use that model.")
        self._identity = identity
        for name, chunk, vector in zip(ids, chunks, vectors, strict=True):
            self._entries[field][name] = _Entry(
                document=document,
                version=version,
                chunk=chunk,
                vector=np.array(vector, dtype=np.float32),
                audience=audience,
            )

    def search(self, field: Field, vector: Vectors, limit: int, audience: Audience) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the nearest entries."""
        readable = [
            entry
            for entry in self._entries[field].values()
            if audience is Audience.INTERNAL or entry.audience is Audience.CUSTOMER
        ]
        nearest = sorted(readable, key=lambda entry: -_cosine(entry.vector, vector))[:limit]
        best: dict[ChunkId, float] = {}
        for entry in nearest:
            best.setdefault(entry.chunk, _cosine(entry.vector, vector))
        return best

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors; unknown ids are left out."""
        entries = self._entries["chunk"]
        return {name: entries[name].vector.copy() for name in ids if name in entries}

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version."""
        for entries in self._entries.values():
            for name in [n for n, e in entries.items() if (e.document, e.version) == (document, version)]:
                del entries[name]

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        for name in ids:
            self._entries[field].pop(name, None)


def _cosine(one: Vectors, other: Vectors) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else 0.0
