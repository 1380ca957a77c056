"""Ports: the vector index and the lexical index."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Protocol

from knowledge.chunk import ChunkId
from knowledge.document import DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.reader import AccessLabel, Reader

#: Chunks are what is quoted; questions are other people's wordings that point at a chunk.
Field = Literal["chunk", "question"]


class SearchedVectors(Protocol):
    """Nearest neighbours by cosine among entries of one field: what a search needs of a vector index."""

    def identity(self) -> ModelIdentity | None:
        """Return what the stored vectors were made with; None while the index is empty."""
        ...

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the `limit` nearest entries that `reader` may read.

        With `among`, only entries of these documents count: as many are found as without the others. An index knows
        nothing of days, so the caller tells which documents are verified, for a reader who wants no others.
        """
        ...

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection[DocumentId] | None = None
    ) -> Sequence[float | None]:
        """Return for each of the vectors (n, dimension) the best cosine that `search` would find; None: no entry."""
        ...

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors, each (dimension,); unknown ids are left out."""
        ...


class VectorIndex(SearchedVectors, Protocol):
    """The same, and how it is filled."""

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
        """Add or replace entries; `chunks[i]` is the chunk that entry `ids[i]` leads to.

        Raises:
            IndexModelMismatch: `identity` is not that of the vectors already stored.
        """
        ...

    def relabel(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Put every entry of one version of a document under another label; a killed run can be repeated."""
        ...

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version of a document; nothing happens when there is none."""
        ...

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries; unknown ids are passed over."""
        ...


class VectorSet(Protocol):
    """The vectors of one model, searched or not yet."""

    @property
    def name(self) -> str:
        """The name under which what belongs to this set is kept elsewhere."""
        ...

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
        """Add or replace entries, as `VectorIndex.add` does."""
        ...

    def search(self, field: Field, vector: Vectors, limit: int, reader: Reader) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk, as `VectorIndex.search` does."""
        ...

    def entries(self, field: Field) -> Mapping[str, AccessLabel]:
        """Return every entry and its label."""
        ...

    def vectors(self, field: Field, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Return stored vectors; unknown ids are left out."""
        ...

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries; unknown ids are passed over."""
        ...


class ReplaceableIndex(VectorIndex, Protocol):
    """A vector index that is rebuilt for another model beside the vectors in use (decisions/0013)."""

    def shadow(self, identity: ModelIdentity) -> VectorSet:
        """Return the set that is filled for another model, with what an earlier run put there; it is not searched."""
        ...

    def switch(self, identity: ModelIdentity) -> None:
        """Search the set of this model from now on; the old vectors stay until they are dropped."""
        ...

    def drop_besides(self, names: Collection[str]) -> None:
        """Remove every set but the live one and those with these names."""
        ...


class LexicalIndex(Protocol):
    """Full text over the same entries, kept in the same transaction as the documents."""

    def search_text(self, field: Field, text: str, limit: int, reader: Reader) -> Mapping[ChunkId, float]:
        """Return the best BM25 score (above 0, larger is better) per chunk among the `limit` best entries.

        Only entries that `reader` may read are looked at, of verified documents if the reader wants no others.
        """
        ...

    def words(self) -> Mapping[str, int]:
        """Return every word of the chunks and in how many of them it is, whoever may read them: never show it."""
        ...
