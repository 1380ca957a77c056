"""A vector index in memory: exact cosines over everything, nothing approximated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.chunk import ChunkId
from knowledge.document import DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexModelMismatch
from knowledge.index import Field
from knowledge.reader import AccessLabel, Reader
from knowledge.vector_sets import VectorSets, set_name
from tests.doubles.vector_sets import InMemoryVectorSets


@dataclass(frozen=True, kw_only=True)
class _Entry:
    document: DocumentId
    version: int
    chunk: ChunkId
    vector: Vectors
    label: AccessLabel


class InMemoryVectorSet:
    """Implements `VectorSet`."""

    def __init__(self, name: str, model: ModelIdentity | None = None) -> None:
        self.name = name
        self.model = model
        self.stored: dict[Field, dict[str, _Entry]] = {"chunk": {}, "question": {}}

    def add(
        self,
        field: Field,
        document: DocumentId,
        version: int,
        ids: Sequence[str],
        chunks: Sequence[ChunkId],
        vectors: Vectors,
        label: AccessLabel,
    ) -> None:
        """Add or replace entries."""
        for name, chunk, vector in zip(ids, chunks, vectors, strict=True):
            self.stored[field][name] = _Entry(
                document=document,
                version=version,
                chunk=chunk,
                vector=np.array(vector, dtype=np.float32),
                label=label,
            )

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the nearest entries."""
        counted = [one for one in self.stored[field].values() if among is None or one.document in among]
        readable = [entry for entry in counted if reader.may_read_label(entry.label)]
        nearest = sorted(readable, key=lambda entry: -_cosine(entry.vector, vector))[:limit]
        best: dict[ChunkId, float] = {}
        for entry in nearest:
            best.setdefault(entry.chunk, _cosine(entry.vector, vector))
        return best

    def entries(self, field: Field) -> Mapping[str, AccessLabel]:
        """Return every entry and its label."""
        return {name: entry.label for name, entry in self.stored[field].items()}

    def vectors(self, field: Field, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Return stored vectors; unknown ids are left out."""
        return {name: self.stored[field][name].vector.copy() for name in ids if name in self.stored[field]}

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        for name in ids:
            self.stored[field].pop(name, None)


class InMemoryVectorIndex:
    """Implements `ReplaceableIndex`."""

    def __init__(self, names: VectorSets | None = None) -> None:
        self._names = names or InMemoryVectorSets()
        self._sets: dict[str, InMemoryVectorSet] = {}

    @property
    def _live(self) -> InMemoryVectorSet:
        return self._sets.setdefault(self._names.live(), InMemoryVectorSet(self._names.live()))

    def identity(self) -> ModelIdentity | None:
        """What the stored vectors were made with; None while there are none."""
        return self._live.model if any(self._live.stored.values()) else None

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
        """Add or replace entries."""
        stored = self.identity()
        if stored not in (None, identity):
            raise IndexModelMismatch(f"The index holds vectors of {stored!r}, not of {identity!r}. Use that model.")
        if self._live.model != identity:
            before = self._live.name
            self.switch(identity)
            if before != self._live.name:
                del self._sets[before]
        self._live.add(field, document, version, ids, chunks, vectors, label)

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the nearest entries."""
        return self._live.search(field, vector, limit, reader, among)

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection[DocumentId] | None = None
    ) -> Sequence[float | None]:
        """Return the best cosine of each vector; None where there is no entry."""
        return [max(self.search(field, one, 1, reader, among).values(), default=None) for one in vectors]

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors; unknown ids are left out."""
        return {ChunkId(name): vector for name, vector in self._live.vectors("chunk", ids).items()}

    def relabel(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Put every entry of one version under another label."""
        for entries in self._live.stored.values():
            for name, entry in entries.items():
                if (entry.document, entry.version) == (document, version):
                    entries[name] = replace(entry, label=label)

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version."""
        for entries in self._live.stored.values():
            for name in [n for n, e in entries.items() if (e.document, e.version) == (document, version)]:
                del entries[name]

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        self._live.discard(field, ids)

    def shadow(self, identity: ModelIdentity) -> InMemoryVectorSet:
        """Return the set that is filled for another model."""
        return self._sets.setdefault(set_name(identity), InMemoryVectorSet(set_name(identity), identity))

    def switch(self, identity: ModelIdentity) -> None:
        """Search the set of this model from now on."""
        self.shadow(identity).model = identity
        self._names.switch(set_name(identity))

    def drop_besides(self, names: Collection[str]) -> None:
        """Remove every set but the live one and these."""
        kept = {self._names.live(), *names}
        self._sets = {name: one for name, one in self._sets.items() if name in kept}


def _cosine(one: Vectors, other: Vectors) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else 0.0
