"""The vector index on Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from knowledge.adapters.chroma_set import ChromaSet, filled_sets, set_names
from knowledge.chunk import ChunkId
from knowledge.document import DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexModelMismatch, IndexUnavailable
from knowledge.index import Field, VectorSet
from knowledge.reader import AccessLabel, Reader
from knowledge.vector_sets import VectorSets, set_name

if TYPE_CHECKING:
    from chromadb.api import ClientAPI


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


def close_client(client: ClientAPI) -> None:
    """Let go of the files or the connections of a client; `close` of chromadb 1.5.9 leaves its HTTP sessions open."""
    opened: Any = client  # the interface of clients has no such method, all of them have
    servers = [opened._server, opened._admin_client._server]
    opened.close()
    for server in servers:
        if hasattr(server, "_session"):
            server._session.close()


class ChromaIndex:
    """Implements `ReplaceableIndex`: a set of collections per model; `sets` says which one is searched."""

    def __init__(self, client: ClientAPI, sets: VectorSets) -> None:
        self._client = client
        self._sets = sets
        self._live: ChromaSet | None = None

    def identity(self) -> ModelIdentity | None:
        """Return what the stored vectors were made with; None before the first ones."""
        live = self._current()
        return None if live.empty() else live.identity()

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
        """Add or replace entries of one version of a document."""
        self._claim(identity)
        self._current().add(field, document, version, ids, chunks, vectors, label)

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the `limit` nearest entries that `reader` may read."""
        return self._current().search(field, vector, limit, reader, among)

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection[DocumentId] | None = None
    ) -> Sequence[float | None]:
        """Return the best cosine of each vector; None where there is no entry."""
        return self._current().nearest(field, vectors, reader, among)

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors; unknown ids are left out."""
        return {ChunkId(name): vector for name, vector in self._current().vectors("chunk", ids).items()}

    def entries(self, field: Field) -> Collection[str]:
        """Return the id of every entry of the live set; empty where there is no set yet."""
        return self._current().entries(field) if self.identity() is not None else ()

    def relabel(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Put every entry of one version of a document under another label."""
        self._current().relabel(document, version, label)

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version of a document."""
        self._current().remove(document, version)

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        self._current().discard(field, ids)

    def shadow(self, identity: ModelIdentity) -> VectorSet:
        """Return the set that is filled for another model."""
        return ChromaSet(self._client, set_name(identity), identity)

    def switch(self, identity: ModelIdentity) -> None:
        """Search the set of this model from now on."""
        self._sets.switch(set_name(identity))
        self._live = ChromaSet(self._client, set_name(identity), identity)

    def drop_besides(self, names: Collection[str]) -> None:
        """Remove every set but the live one and those with these names."""
        kept = {self._current().name, *names}
        for name in set_names(self._client) - kept:
            ChromaSet(self._client, name).drop()

    def named(self, name: str, identity: ModelIdentity | None = None) -> ChromaSet:
        """Return a set as it is, searched or not; with `identity`, a new one may be begun under this name."""
        return ChromaSet(self._client, name, identity)

    def names(self) -> set[str]:
        """Return the names of all sets that have an entry."""
        return filled_sets(self._client)

    def close(self) -> None:
        """Let go of the files or the connection; for good."""
        close_client(self._client)

    def _current(self) -> ChromaSet:
        if self._live is None:
            self._live = ChromaSet(self._client, self._sets.live())
        return self._live

    def _claim(self, identity: ModelIdentity) -> None:
        stored = self.identity()
        if stored is None:
            self._begin(identity)
        elif stored != identity:
            raise IndexModelMismatch(
                f"The index holds vectors of {stored.model!r} ({stored.dimension} dimensions, normal form "
                f"{stored.normal_form}); vectors of {identity.model!r} ({identity.dimension}, {identity.normal_form}) "
                "cannot be added to it. Run `copilot ingest`, which rebuilds it, or restore the model setting."
            )

    def _begin(self, identity: ModelIdentity) -> None:
        """Start an empty index with the set of this model."""
        before = self._current()
        if before.identity() == identity:
            return
        self.switch(identity)
        if before.name != set_name(identity):
            before.drop()
