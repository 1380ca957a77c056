"""A vector index over another one: what is written stays in memory, and the one below never changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.chunk import ChunkId
from knowledge.document import DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexModelMismatch
from knowledge.index import Field, VectorIndex
from knowledge.reader import AccessLabel, Reader

#: How many entries of a field a version of a document has in the index below.
SizeOf = Callable[[DocumentId, int], Mapping[Field, int]]


@dataclass(frozen=True, kw_only=True)
class _Entry:
    document: DocumentId
    version: int
    chunk: ChunkId
    vector: Vectors
    label: AccessLabel


class OverlaidIndex:
    """Implements `VectorIndex` for a trial of a few documents.

    The index below is asked for as many entries more as are hidden of it, so none of the others is missed. What is
    below keeps its labels and its single questions: only whole versions are hidden.
    """

    def __init__(self, below: VectorIndex, size_of: SizeOf) -> None:
        self._below = below
        self._size_of = size_of
        self._own: dict[Field, dict[str, _Entry]] = {"chunk": {}, "question": {}}
        self._hidden: set[str] = set()  # the beginnings of the ids of their chunks
        self._more: dict[Field, int] = {"chunk": 0, "question": 0}
        self._identity: ModelIdentity | None = None

    def identity(self) -> ModelIdentity | None:
        """Return what the vectors are made with; None while both are empty."""
        return self._below.identity() or self._identity

    def add(
        self,
        field: Field,
        document: DocumentId,
        version: int,
        ids: Sequence[str],
        chunks: Sequence[ChunkId],
        vectors: Vectors,
        label: AccessLabel,
        identity: ModelIdentity,
    ) -> None:
        """Add or replace entries, in memory."""
        known = self.identity()
        if known not in (None, identity):
            raise IndexModelMismatch(
                f"The index was built with another model than {identity.model!r}. Run `copilot ingest` first."
            )
        self._identity = identity
        for name, chunk, vector in zip(ids, chunks, vectors, strict=True):
            entry = _Entry(document=document, version=version, chunk=chunk, vector=np.array(vector), label=label)
            self._own[field][name] = entry

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among about the `limit` nearest entries; exactly those without a change."""
        below = self._below.search(field, vector, limit + self._more[field], reader, among)
        best = {chunk: cosine for chunk, cosine in below.items() if not self._hides(chunk)}
        for entry in self._own[field].values():
            if reader.may_read_label(entry.label) and (among is None or entry.document in among):
                best[entry.chunk] = max(float(entry.vector @ vector), best.get(entry.chunk, -1.0))
        return dict(sorted(best.items(), key=lambda one: (-one[1], one[0]))[:limit])

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection[DocumentId] | None = None
    ) -> Sequence[float | None]:
        """Return the best cosine of each vector; None where there is no entry."""
        return [max(self.search(field, one, 1, reader, among).values(), default=None) for one in vectors]

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the chunk vectors; unknown ids are left out."""
        own = {chunk: entry.vector for chunk in ids if (entry := self._own["chunk"].get(chunk)) is not None}
        below = self._below.vectors([chunk for chunk in ids if chunk not in own and not self._hides(chunk)])
        return {**below, **own}

    def relabel(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Put the entries in memory under another label; those below wait for the index itself to be moved."""
        for entries in self._own.values():
            for name, entry in entries.items():
                if (entry.document, entry.version) == (document, version):
                    entries[name] = _Entry(**vars(entry) | {"label": label})

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove a version from memory, or hide the one below."""
        for entries in self._own.values():
            for name in [n for n, e in entries.items() if (e.document, e.version) == (document, version)]:
                del entries[name]
        beginning = _beginning(document, version)
        if beginning not in self._hidden:
            self._hidden.add(beginning)
            for field, size in self._size_of(document, version).items():
                self._more[field] += size

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries from memory."""
        for name in ids:
            self._own[field].pop(name, None)

    def _hides(self, chunk: ChunkId) -> bool:
        return f"{chunk.rpartition('.')[0]}." in self._hidden


def _beginning(document: DocumentId, version: int) -> str:
    """Return how the ids of the chunks of a version begin (`knowledge.chunk.chunk_id`)."""
    return f"{document}.{version}."
