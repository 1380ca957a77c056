"""The vector index on Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexModelMismatch, IndexUnavailable
from knowledge.index import Field

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_FIELDS: tuple[Field, ...] = ("chunk", "question")
#: The collection that carries the identity of the whole index.
_FIRST: tuple[Field, Audience] = ("chunk", Audience.INTERNAL)
#: Well under the limit Chroma takes in one call (5,461 on SQLite with default limits).
_AT_ONCE = 2000


def embedded_client(folder: Path) -> ClientAPI:
    """Open Chroma inside this process; only one process may do so at a time."""
    import chromadb
    from chromadb.config import Settings

    try:
        folder.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    except Exception as error:  # Chroma raises errors of its Rust core without a common type
        raise IndexUnavailable(f"The vector index in {str(folder)!r} cannot be opened: {error}") from error


def server_client(url: str) -> ClientAPI:
    """Connect to `chroma run` or a cluster.

    Raises:
        IndexUnavailable: nothing answers there.
    """
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "localhost",
            port=parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
    except Exception as error:  # ValueError, httpx errors and Chroma's own
        raise IndexUnavailable(
            f"No Chroma server answers at {url!r}. Start one with `chroma run`, or unset COPILOT_CHROMA_URL."
        ) from error


class ChromaIndex:
    """Implements `VectorIndex`: a collection per field and audience, cosine space.

    Audiences are kept apart instead of filtered: an approximate search that is filtered looks at the nearest entries
    first and gives up when none of them may be read.
    """

    def __init__(self, client: ClientAPI) -> None:
        self._client = client
        self._collections: dict[tuple[Field, Audience], Collection] = {}

    def identity(self) -> ModelIdentity | None:
        """Return what the stored vectors were made with; None before the first ones."""
        with _answering():
            metadata = self._collection(*_FIRST).metadata or {}
            if "model" not in metadata or not any(collection.count() for collection in self._all()):
                return None
        return ModelIdentity(
            model=str(metadata["model"]),
            dimension=int(metadata["dimension"]),
            normal_form=int(metadata["normal_form"]),
        )

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
        """Add or replace entries of one version of a document."""
        self._claim(identity)
        metadatas: list[Any] = [{"document": document, "version": version, "chunk": chunk} for chunk in chunks]
        with _answering():
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
        with _answering():
            found = [entry for one in readable for entry in _nearest(self._collection(field, one), vector, limit)]
        best: dict[ChunkId, float] = {}
        for similarity, chunk in sorted(found, reverse=True)[:limit]:
            best.setdefault(chunk, similarity)
        return best

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors; unknown ids are left out."""
        if not ids:
            return {}
        with _answering():
            results = [
                self._collection("chunk", audience).get(ids=list(dict.fromkeys(ids)), include=["embeddings"])
                for audience in Audience
            ]
        return {
            ChunkId(name): np.asarray(vector, dtype=np.float32)
            for result in results
            if result["embeddings"] is not None
            for name, vector in zip(result["ids"], result["embeddings"], strict=True)
        }

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version of a document."""
        where: Any = {"$and": [{"document": document}, {"version": version}]}
        with _answering():
            for collection in self._all():
                collection.delete(where=where)

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        with _answering():
            for start in range(0, len(ids), _AT_ONCE):
                for audience in Audience:
                    self._collection(field, audience).delete(ids=list(ids[start : start + _AT_ONCE]))

    def _claim(self, identity: ModelIdentity) -> None:
        stored = self.identity()
        if stored is None:
            self._begin(identity)
        elif stored != identity:
            raise IndexModelMismatch(
                f"The index holds vectors of {stored.model!r} ({stored.dimension} dimensions, normal form "
                f"{stored.normal_form}); vectors of {identity.model!r} ({identity.dimension}, {identity.normal_form}) "
                "cannot be added to it. Restore the model setting, or point COPILOT_HOME at a new folder."
            )

    def _begin(self, identity: ModelIdentity) -> None:
        """Start an empty index with this identity; one that was emptied is made anew, as it fixed its dimension."""
        wanted = {"model": identity.model, "dimension": identity.dimension, "normal_form": identity.normal_form}
        with _answering():
            metadata = self._collection(*_FIRST).metadata
            if metadata and metadata != wanted:
                for collection in self._all():
                    self._client.delete_collection(collection.name)
                self._collections.clear()
            self._collection(*_FIRST).modify(metadata=wanted)

    def _all(self) -> list[Collection]:
        return [self._collection(field, audience) for field in _FIELDS for audience in Audience]

    def _collection(self, field: Field, audience: Audience) -> Collection:
        if (field, audience) not in self._collections:
            self._collections[field, audience] = self._client.get_or_create_collection(
                f"{field}s-{audience.value}", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        return self._collections[field, audience]


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
def _answering() -> Iterator[None]:
    """Translate whatever a lost server or a damaged folder raises; Chroma has no common type for it."""
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:
        raise IndexUnavailable(
            f"The vector index does not answer ({type(error).__name__}: {error}). Check that Chroma runs and try again."
        ) from error
