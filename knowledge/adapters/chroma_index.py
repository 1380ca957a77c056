"""The vector index on Chroma: embedded in a folder, or a server by URL."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
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


#: Seconds between two bytes of a server's answer; a large portion of vectors takes it some.
_SERVER_S = 60.0
_CONNECT_S = 5.0


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
    import httpx
    from chromadb.config import Settings

    parts = urlsplit(url)
    try:
        client = chromadb.HttpClient(
            host=parts.hostname or "localhost",
            port=parts.port or (443 if parts.scheme == "https" else 8000),
            ssl=parts.scheme == "https",
            settings=Settings(anonymized_telemetry=False),
        )
    except Exception as error:  # ValueError, httpx errors and Chroma's own
        raise IndexUnavailable(
            f"No Chroma server answers at {url!r}. Start one with `chroma run`, or unset COPILOT_CHROMA_URL."
        ) from error
    server: Any = client  # chromadb 1.5.9 waits for ever, and has no setting for it
    server._server._session.timeout = httpx.Timeout(_SERVER_S, connect=_CONNECT_S)
    return client


def close_client(client: ClientAPI) -> None:
    """Let go of the files or the connections of a client; `close` of chromadb 1.5.9 leaves its HTTP sessions open."""
    opened: Any = client  # the interface of clients has no such method, all of them have
    servers = [opened._server, opened._admin_client._server]
    opened.close()
    for server in servers:
        if hasattr(server, "_session"):
            server._session.close()


_Found = TypeVar("_Found")
#: Another process may have begun the first set, or put another in its place: looked for this often.
_LOOKED_S = 1.0


class ChromaIndex:
    """Implements `ReplaceableIndex`: a set of collections per model; `sets` says which one is searched."""

    def __init__(self, client: ClientAPI, sets: VectorSets, now: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._sets = sets
        self._now = now
        self._live: tuple[ChromaSet, float] | None = None  #: and when it was found to be the live one

    def identity(self) -> ModelIdentity | None:
        """Return what the stored vectors were made with; None before the first ones."""
        return self._read(lambda live: None if live.empty() else live.identity())

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
        return self._read(lambda live: live.search(field, vector, limit, reader, among))

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection[DocumentId] | None = None
    ) -> Sequence[float | None]:
        """Return the best cosine of each vector; None where there is no entry."""
        return self._current().nearest(field, vectors, reader, among)

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors; unknown ids are left out."""
        found = self._read(lambda live: live.vectors("chunk", ids))
        return {ChunkId(name): vector for name, vector in found.items()}

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
        self._live = ChromaSet(self._client, set_name(identity), identity), self._now()

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

    def _read(self, ask: Callable[[ChromaSet], _Found]) -> _Found:
        """Ask the live set; once more where another process has just put another one in its place."""
        try:
            return ask(self._current())
        except IndexUnavailable:
            self._live = None
            return ask(self._current())

    def _current(self) -> ChromaSet:
        known, now = self._live, self._now()  # one look, since other threads may put a newer one in its place
        if known is not None and now - known[1] < _LOOKED_S:
            return known[0]
        name = self._sets.live()
        live = known[0] if known is not None and known[0].name == name else ChromaSet(self._client, name)
        self._live = live, now
        return live

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
