"""The vectors of one model in Chroma: a collection per field and audience, cosine space."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexUnavailable
from knowledge.index import Field
from knowledge.vector_sets import UNNAMED

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_FIELDS: tuple[Field, ...] = ("chunk", "question")
#: The collection that carries the identity of the whole set.
_FIRST: tuple[Field, Audience] = ("chunk", Audience.INTERNAL)
#: Well under the limit Chroma takes in one call (5,461 on SQLite with default limits).
_AT_ONCE = 2000
_NAME = re.compile(r"(?:chunk|question)s-(?:internal|customer)(?:-([0-9a-f]{12}))?")


def set_names(client: ClientAPI) -> set[str]:
    """Return the names of all sets that have a collection, whole or not."""
    with answering():
        matches = [_NAME.fullmatch(collection.name) for collection in client.list_collections()]
    return {match[1] or UNNAMED for match in matches if match}


class ChromaSet:
    """Implements `VectorSet`.

    Audiences are kept apart instead of filtered: an approximate search that is filtered looks at the nearest entries
    first and gives up when none of them may be read.
    """

    def __init__(self, client: ClientAPI, name: str, identity: ModelIdentity | None = None) -> None:
        """`identity` is written into a set that is new; without one the set has to exist to have any."""
        self._client = client
        self.name = name
        self._identity = identity
        self._collections: dict[tuple[Field, Audience], Collection] = {}

    def identity(self) -> ModelIdentity | None:
        """Return what the vectors are made with, also while there are none; None for a set that never had any."""
        with answering():
            metadata = self._collection(*_FIRST).metadata or {}
        if "model" not in metadata:
            return None
        return ModelIdentity(
            model=str(metadata["model"]),
            dimension=int(metadata["dimension"]),
            normal_form=int(metadata["normal_form"]),
        )

    def empty(self) -> bool:
        """Tell whether there is no entry at all."""
        with answering():
            return not any(collection.count() for collection in self._all())

    def add(
        self,
        field: Field,
        document: DocumentId,
        version: int,
        ids: Sequence[str],
        chunks: Sequence[ChunkId],
        vectors: Vectors,
        audience: Audience,
    ) -> None:
        """Add or replace entries of one version of a document."""
        metadatas: list[Any] = [{"document": document, "version": version, "chunk": chunk} for chunk in chunks]
        with answering():
            self._collection(*_FIRST)  # first: it says whose vectors these are
            for start in range(0, len(ids), _AT_ONCE):
                stop = start + _AT_ONCE
                for other in set(Audience) - {audience}:  # first: an entry must never be readable too widely
                    self._collection(field, other).delete(ids=list(ids[start:stop]))
                self._collection(field, audience).upsert(
                    ids=list(ids[start:stop]), embeddings=vectors[start:stop], metadatas=metadatas[start:stop]
                )

    def search(self, field: Field, vector: Vectors, limit: int, audience: Audience) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the `limit` nearest entries that `audience` may read."""
        readable = [Audience.CUSTOMER] if audience is Audience.CUSTOMER else list(Audience)
        with answering():
            found = [entry for one in readable for entry in _nearest(self._collection(field, one), vector, limit)]
        best: dict[ChunkId, float] = {}
        for similarity, chunk in sorted(found, reverse=True)[:limit]:
            best.setdefault(chunk, similarity)
        return best

    def entries(self, field: Field) -> Mapping[str, Audience]:
        """Return every entry and who may read it."""
        found: dict[str, Audience] = {}
        with answering():
            for audience in Audience:
                collection = self._collection(field, audience)
                for start in range(0, collection.count(), _AT_ONCE):
                    names = collection.get(include=[], limit=_AT_ONCE, offset=start)["ids"]
                    found |= dict.fromkeys(names, audience)
        return found

    def vectors(self, field: Field, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Return stored vectors; unknown ids are left out."""
        if not ids:
            return {}
        with answering():
            results = [
                self._collection(field, audience).get(ids=list(dict.fromkeys(ids)), include=["embeddings"])
                for audience in Audience
            ]
        return {
            name: np.asarray(vector, dtype=np.float32)
            for result in results
            if result["embeddings"] is not None
            for name, vector in zip(result["ids"], result["embeddings"], strict=True)
        }

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version of a document."""
        where: Any = {"$and": [{"document": document}, {"version": version}]}
        with answering():
            for collection in self._all():
                collection.delete(where=where)

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        with answering():
            for start in range(0, len(ids), _AT_ONCE):
                for audience in Audience:
                    self._collection(field, audience).delete(ids=list(ids[start : start + _AT_ONCE]))

    def drop(self) -> None:
        """Remove the set with all its collections; what a killed run has removed of it already is passed over."""
        with answering():
            there = {collection.name for collection in self._client.list_collections()}
            for field in _FIELDS:
                for audience in Audience:
                    if (name := self._full_name(field, audience)) in there:
                        self._client.delete_collection(name)
            self._collections.clear()

    def _all(self) -> list[Collection]:
        return [self._collection(field, audience) for field in _FIELDS for audience in Audience]

    def _collection(self, field: Field, audience: Audience) -> Collection:
        if (field, audience) not in self._collections:
            told = self._identity if (field, audience) == _FIRST else None
            collection = self._client.get_or_create_collection(
                self._full_name(field, audience),
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )
            if told and collection.metadata != _metadata(told):
                collection.modify(metadata=_metadata(told))
            self._collections[field, audience] = collection
        return self._collections[field, audience]

    def _full_name(self, field: Field, audience: Audience) -> str:
        return f"{field}s-{audience.value}" + (f"-{self.name}" if self.name else "")


def _metadata(identity: ModelIdentity) -> dict[str, Any]:
    return {"model": identity.model, "dimension": identity.dimension, "normal_form": identity.normal_form}


def _nearest(collection: Collection, vector: Vectors, limit: int) -> list[tuple[float, ChunkId]]:
    """Return cosine and chunk of the nearest entries."""
    available = collection.count()
    if available == 0:
        return []
    result = collection.query(
        query_embeddings=vector[None, :], n_results=min(limit, available), include=["metadatas", "distances"]
    )
    metadatas, distances = (result["metadatas"] or [[]])[0], (result["distances"] or [[]])[0]
    return [
        (1.0 - float(distance), ChunkId(str(metadata["chunk"])))
        for metadata, distance in zip(metadatas, distances, strict=True)
    ]


@contextmanager
def answering() -> Iterator[None]:
    """Translate whatever a lost server or a damaged folder raises; Chroma has no common type for it."""
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:
        raise IndexUnavailable(
            f"The vector index does not answer ({type(error).__name__}: {error}). Check that Chroma runs and try again."
        ) from error
