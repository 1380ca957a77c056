"""The vector index on Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

_COLLECTIONS = {"chunk": "chunks", "question": "questions"}
#: Well under the limit Chroma takes in one call (5,461 on SQLite with default limits).
_AT_ONCE = 2000


def embedded_client(folder: Path) -> ClientAPI:
    """Open Chroma inside this process; only one process may do so at a time."""
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    try:
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
    """Implements `VectorIndex`: one collection for chunks, one for written questions, cosine space."""

    def __init__(self, client: ClientAPI) -> None:
        self._client = client
        self._collections: dict[str, Collection] = {}

    def identity(self) -> ModelIdentity | None:
        """Return what the stored vectors were made with; None before the first ones."""
        metadata = self._collection("chunk").metadata or {}
        if "model" not in metadata:
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
        metadatas: list[Any] = [
            {"document": document, "version": version, "chunk": chunk, "audience": audience.value} for chunk in chunks
        ]
        for start in range(0, len(ids), _AT_ONCE):
            stop = start + _AT_ONCE
            self._collection(field).upsert(
                ids=list(ids[start:stop]), embeddings=vectors[start:stop], metadatas=metadatas[start:stop]
            )

    def search(self, field: Field, vector: Vectors, limit: int, audience: Audience) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the `limit` nearest entries that `audience` may read."""
        collection = self._collection(field)
        where: Any = {"audience": Audience.CUSTOMER.value} if audience is Audience.CUSTOMER else None
        available = collection.count()
        if available == 0:
            return {}
        result = collection.query(
            query_embeddings=vector[None, :],
            n_results=min(limit, available),
            where=where,
            include=["metadatas", "distances"],
        )
        best: dict[ChunkId, float] = {}
        for metadata, distance in zip((result["metadatas"] or [[]])[0], (result["distances"] or [[]])[0], strict=True):
            chunk = ChunkId(str(metadata["chunk"]))
            best[chunk] = max(best.get(chunk, -1.0), 1.0 - float(distance))
        return best

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors; unknown ids are left out."""
        if not ids:
            return {}
        result = self._collection("chunk").get(ids=list(ids), include=["embeddings"])
        embeddings = result["embeddings"]
        if embeddings is None:
            return {}
        return {
            ChunkId(name): np.asarray(vector, dtype=np.float32)
            for name, vector in zip(result["ids"], embeddings, strict=True)
        }

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version of a document."""
        where: Any = {"$and": [{"document": document}, {"version": version}]}
        for field in _COLLECTIONS:
            self._collection(field).delete(where=where)

    def _claim(self, identity: ModelIdentity) -> None:
        stored = self.identity()
        if stored is None:
            collection = self._collection("chunk")
            collection.modify(
                metadata={
                    "model": identity.model,
                    "dimension": identity.dimension,
                    "normal_form": identity.normal_form,
                }
            )
        elif stored != identity:
            raise IndexModelMismatch(
                f"The index holds vectors of {stored.model!r} ({stored.dimension} dimensions, normal form "
                f"{stored.normal_form}); vectors of {identity.model!r} ({identity.dimension}, {identity.normal_form}) "
                "cannot be added to it. Restore the model setting, or point COPILOT_HOME at a new folder."
            )

    def _collection(self, field: str) -> Collection:
        if field not in self._collections:
            try:
                self._collections[field] = self._client.get_or_create_collection(
                    _COLLECTIONS[field], embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
                )
            except Exception as error:  # see embedded_client
                raise IndexUnavailable(f"The vector index does not answer: {error}") from error
        return self._collections[field]
