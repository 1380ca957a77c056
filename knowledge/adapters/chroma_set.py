"""The vectors of one model in Chroma: a collection per field and access label, cosine space."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Collection as Collection_
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.adapters.chroma_nearest import best_of_each, nearest, nearest_among
from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexUnavailable
from knowledge.index import Field
from knowledge.reader import AccessLabel, Reader, access_label
from knowledge.vector_sets import UNNAMED

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_FIELDS: tuple[Field, ...] = ("chunk", "question")
#: The labels without groups; their collections always exist.
_OPEN = tuple(access_label(audience) for audience in Audience)
#: The collection that carries the identity of the whole set.
_FIRST: tuple[Field, AccessLabel] = ("chunk", access_label(Audience.INTERNAL))
#: Well under the limit Chroma takes in one call (5,461 on SQLite with default limits).
_AT_ONCE = 2000
#: Where the metadata of a collection of groups says whose it is.
_LABEL = "label"
#: What another process may have added or removed is looked for this often; one's own doing is known at once.
_LISTED_S = 5.0
#: The document, version and chunk that an entry is of.
EntryPlace = tuple[DocumentId, int, ChunkId]
_NAME = re.compile(r"(chunk|question)s-(?:internal|customer|g[0-9a-f]{12})(?:-([0-9a-f]{12}))?")


def set_names(client: ClientAPI) -> set[str]:
    """Return the names of all sets that have a collection, whole or not."""
    with answering():
        matches = [_NAME.fullmatch(collection.name) for collection in client.list_collections()]
    return {match[2] or UNNAMED for match in matches if match}


def filled_sets(client: ClientAPI) -> set[str]:
    """Return the names of all sets that have an entry."""
    return {name for name in set_names(client) if not ChromaSet(client, name).empty()}


class ChromaSet:
    """Implements `VectorSet`.

    Labels are kept apart instead of filtered: an approximate search that is filtered looks at the nearest entries first
    and gives up when none of them may be read.
    """

    def __init__(
        self,
        client: ClientAPI,
        name: str,
        identity: ModelIdentity | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`identity` is written into a set that is new; without one the set has to exist to have any."""
        self._client = client
        self.name = name
        self._identity = identity
        self._now = now
        self._collections: dict[tuple[Field, AccessLabel], Collection] = {}
        self._listed: float | None = None
        self._filled: float | None = None  #: when an entry was seen last

    def identity(self) -> ModelIdentity | None:
        """Return what the vectors are made with, also while there are none; None for a set that never had any."""
        with answering():
            metadata = self._collection(*_FIRST).metadata or {}
        if "model" not in metadata:
            self._collections.pop(_FIRST, None)  # another process may be writing it just now
            return None
        return ModelIdentity(
            model=str(metadata["model"]),
            dimension=int(metadata["dimension"]),
            normal_form=int(metadata["normal_form"]),
        )

    def empty(self) -> bool:
        """Tell whether there is no entry at all."""
        if self._filled is None or self._now() - self._filled > _LISTED_S:
            with answering():
                every = (one for field in _FIELDS for _, one in self._all(field, fresh=False))
                # Not counted: that takes longer than a search.
                filled = any(one.get(limit=1, include=[])["ids"] for one in every)
            self._filled = self._now() if filled else None
        return self._filled is None

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
        """Add or replace entries of one version of a document."""
        metadatas: list[Any] = [{"document": document, "version": version, "chunk": chunk} for chunk in chunks]
        with answering():
            self._collection(*_FIRST)  # first: it says whose vectors these are
            for start in range(0, len(ids), _AT_ONCE):
                stop = start + _AT_ONCE
                for other, collection in self._all(field):  # first: an entry must never be readable too widely
                    if other != label:
                        collection.delete(ids=list(ids[start:stop]))
                self._collection(field, label).upsert(
                    ids=list(ids[start:stop]), embeddings=vectors[start:stop], metadatas=metadatas[start:stop]
                )

    def load(
        self, field: Field, label: AccessLabel, ids: Sequence[str], places: Sequence[EntryPlace], vectors: Vectors
    ) -> None:
        """Put entries of any documents into a set that has none of them; `places[i]` says where `ids[i]` belongs."""
        metadatas: list[Any] = [{"document": one[0], "version": one[1], "chunk": one[2]} for one in places]
        with answering():
            self._collection(*_FIRST)
            for start in range(0, len(ids), _AT_ONCE):
                stop = start + _AT_ONCE
                self._collection(field, label).upsert(
                    ids=list(ids[start:stop]), embeddings=vectors[start:stop], metadatas=metadatas[start:stop]
                )

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection_[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the `limit` nearest entries that `reader` may read."""
        with answering():
            found = [
                entry
                for collection in self._readable(field, reader)
                for entry in (
                    nearest(collection, vector, limit)
                    if among is None
                    else nearest_among(collection, vector, limit, among)
                )
            ]
        best: dict[ChunkId, float] = {}
        for similarity, chunk in sorted(found, reverse=True)[:limit]:
            best.setdefault(chunk, similarity)
        return best

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection_[DocumentId] | None = None
    ) -> list[float | None]:
        """Return the best cosine of each vector (n, dimension) among the entries that `reader` may read, or None."""
        if among is not None:
            return [max(self.search(field, one, 1, reader, among).values(), default=None) for one in vectors]
        with answering():
            found = [best_of_each(collection, vectors) for collection in self._readable(field, reader)]
        of_each = zip(*found, strict=True) if found else ([] for _ in vectors)
        return [max((one for one in some if one is not None), default=None) for some in of_each]

    def entries(self, field: Field) -> Mapping[str, AccessLabel]:
        """Return every entry and its label."""
        found: dict[str, AccessLabel] = {}
        with answering():
            for label, collection in self._all(field):
                for start in range(0, collection.count(), _AT_ONCE):
                    names = collection.get(include=[], limit=_AT_ONCE, offset=start)["ids"]
                    found |= dict.fromkeys(names, label)
        return found

    def vectors(self, field: Field, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Return stored vectors; unknown ids are left out."""
        if not ids:
            return {}
        with answering():
            results = [
                collection.get(ids=list(dict.fromkeys(ids)), include=["embeddings"])
                for _, collection in self._all(field, fresh=False)
            ]
        return {
            name: np.asarray(vector, dtype=np.float32)
            for result in results
            if result["embeddings"] is not None
            for name, vector in zip(result["ids"], result["embeddings"], strict=True)
        }

    def relabel(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Put every entry of one version of a document under another label.

        Copied first and removed after: a killed run leaves entries in both places and none in neither.
        """
        with answering():
            for field in _FIELDS:
                for other, collection in self._all(field):
                    if other != label:
                        _move(collection, self._collection(field, label), _of(document, version))

    def remove(self, document: DocumentId, version: int) -> None:
        """Remove every entry of one version of a document."""
        self._filled = None
        with answering():
            for field in _FIELDS:
                for _, collection in self._all(field):
                    collection.delete(where=_of(document, version))

    def discard(self, field: Field, ids: Sequence[str]) -> None:
        """Remove single entries."""
        self._filled = None
        with answering():
            for start in range(0, len(ids), _AT_ONCE):
                for _, collection in self._all(field):
                    collection.delete(ids=list(ids[start : start + _AT_ONCE]))

    def drop(self) -> None:
        """Remove the set with all its collections; what a killed run has removed of it already is passed over."""
        with answering():
            for collection in self._client.list_collections():
                match = _NAME.fullmatch(collection.name)
                if match and (match[2] or UNNAMED) == self.name:
                    self._client.delete_collection(collection.name)
            self._collections.clear()
            self._listed = self._filled = None

    def _readable(self, field: Field, reader: Reader) -> Iterable[Collection]:
        """Return the collections to search; who is in no group never waits for those of groups."""
        if reader.groups or reader.everything:
            return [one for label, one in self._all(field, fresh=False) if reader.may_read_label(label)]
        return [self._collection(field, label) for label in _OPEN if reader.may_read_label(label)]

    def _all(self, field: Field, *, fresh: bool = True) -> list[tuple[AccessLabel, Collection]]:
        """Return the collections of a field; unless they are to be fresh, as they were a moment ago."""
        if fresh or self._listed is None or self._now() - self._listed > _LISTED_S:
            self._list()
        for label in _OPEN:
            self._collection(field, label)
        return [(label, one) for (own, label), one in list(self._collections.items()) if own == field]

    def _list(self) -> None:
        """Get to know the collections of groups."""
        for collection in self._client.list_collections():
            match = _NAME.fullmatch(collection.name)
            if match and (match[2] or UNNAMED) == self.name and _LABEL in (collection.metadata or {}):
                label = AccessLabel.read(str(collection.metadata[_LABEL]))
                field: Field = "chunk" if match[1] == "chunk" else "question"
                if (field, label) not in self._collections:
                    self._collection(field, label)
        self._listed = self._now()

    def _collection(self, field: Field, label: AccessLabel) -> Collection:
        if (field, label) not in self._collections:
            told = _metadata(self._identity) if self._identity and (field, label) == _FIRST else None
            if label.groups:
                told = {_LABEL: str(label)}
            collection = self._client.get_or_create_collection(
                self._full_name(field, label),
                metadata=told,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine"}},
            )
            if told and collection.metadata != told:
                collection.modify(metadata=told)
            self._collections[field, label] = collection
        return self._collections[field, label]

    def _full_name(self, field: Field, label: AccessLabel) -> str:
        return f"{field}s-{_short(label)}" + (f"-{self.name}" if self.name else "")


def _short(label: AccessLabel) -> str:
    """Name a label for the name of a collection, which takes neither every character nor any length."""
    if not label.groups:
        return label.audience.value
    return "g" + blake2b(str(label).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _of(document: DocumentId, version: int) -> Any:
    return {"$and": [{"document": document}, {"version": version}]}


def _move(source: Collection, target: Collection, where: Any) -> None:
    while (found := source.get(where=where, limit=_AT_ONCE, include=["embeddings", "metadatas"]))["ids"]:
        target.upsert(ids=found["ids"], embeddings=found["embeddings"], metadatas=found["metadatas"])
        source.delete(ids=found["ids"])


def _metadata(identity: ModelIdentity) -> dict[str, Any]:
    return {"model": identity.model, "dimension": identity.dimension, "normal_form": identity.normal_form}


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
