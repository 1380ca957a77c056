"""The embedder and the vectors that questions are asked with, guarded: failures are counted, hanging is bounded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from knowledge.breaker import Breaker
from knowledge.chunk import ChunkId
from knowledge.document import DocumentId
from knowledge.embedder import Embedder, ModelIdentity, PassageVectors, Vectors
from knowledge.errors import DatabaseUnavailable, EmbedderDown, IndexUnavailable, ModelUnavailable, ReportableError
from knowledge.index import Field, SearchedVectors
from knowledge.patience import OutOfPatience, Patience
from knowledge.reader import Reader

_Given = TypeVar("_Given")


class GuardedEmbedder:
    """Implements `Embedder`: an engine's own exceptions become `EmbedderDown`.

    It computes in this process and cannot hang, so there is no budget of time. A model that cannot be loaded is a
    setting that is wrong, and stays an error.
    """

    def __init__(self, embedder: Embedder, breaker: Breaker) -> None:
        self._embedder = embedder
        self._breaker = breaker

    @property
    def identity(self) -> ModelIdentity:
        """The identity of the model."""
        return self._embedder.identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched."""
        return self._guarded(lambda: self._embedder.embed_passages(texts))

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        """Embed passages and the spans within them."""
        return self._guarded(lambda: self._embedder.embed_sentences(texts, spans))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is asked."""
        return self._guarded(lambda: self._embedder.embed_queries(texts))

    def _guarded(self, ask: Callable[[], _Given]) -> _Given:
        rest_s = self._breaker.admit()
        if rest_s is not None:
            raise EmbedderDown(f"The embedding model keeps failing; it is tried again in {rest_s:.0f} s.")
        try:
            given = ask()
        except ModelUnavailable:
            self._breaker.failed()
            raise
        except ReportableError:  # an index that is being rebuilt has no model to ask, which is not the model's fault
            self._breaker.undecided()
            raise
        except Exception as error:  # every engine raises its own
            self._breaker.failed()
            raise EmbedderDown(
                f"The embedding model failed ({type(error).__name__}). See the log; `copilot doctor` checks the model."
            ) from error
        except BaseException:
            self._breaker.undecided()
            raise
        self._breaker.succeeded()
        return given


class GuardedVectors:
    """Implements `SearchedVectors`. With a `patience`, as a server needs, a call that hangs counts as failed."""

    def __init__(self, vectors: SearchedVectors, breaker: Breaker, patience: Patience | None = None) -> None:
        self._vectors = vectors
        self._breaker = breaker
        self._patience = patience

    def identity(self) -> ModelIdentity | None:
        """Return what the stored vectors were made with."""
        return self._guarded(self._vectors.identity)

    def search(
        self,
        field: Field,
        vector: Vectors,
        limit: int,
        reader: Reader,
        among: Collection[DocumentId] | None = None,
    ) -> Mapping[ChunkId, float]:
        """Return the best cosine per chunk among the `limit` nearest entries that `reader` may read."""
        return self._guarded(lambda: self._vectors.search(field, vector, limit, reader, among))

    def nearest(
        self, field: Field, vectors: Vectors, reader: Reader, among: Collection[DocumentId] | None = None
    ) -> Sequence[float | None]:
        """Return the best cosine of each vector; None where there is no entry."""
        return self._guarded(lambda: self._vectors.nearest(field, vectors, reader, among))

    def vectors(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, Vectors]:
        """Return the stored chunk vectors."""
        return self._guarded(lambda: self._vectors.vectors(ids))

    def _guarded(self, ask: Callable[[], _Given]) -> _Given:
        rest_s = self._breaker.admit()
        if rest_s is not None:
            raise IndexUnavailable(f"The vector index keeps failing; it is asked again in {rest_s:.0f} s.")
        try:
            given = ask() if self._patience is None else self._patience.wait(ask)
        except DatabaseUnavailable:  # which set is live is read there; the vectors are not to blame
            self._breaker.undecided()
            raise
        except IndexUnavailable:
            self._breaker.failed()
            raise
        except OutOfPatience as error:
            self._breaker.failed()
            raise IndexUnavailable(
                f"The vector index does not answer ({error}). Check the Chroma server; COPILOT_INDEX_BUDGET_S is how "
                "long it is waited for."
            ) from error
        except BaseException:
            self._breaker.undecided()
            raise
        self._breaker.succeeded()
        return given
