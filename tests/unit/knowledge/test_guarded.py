"""What is guarded fails in one way, and is left alone when it keeps failing."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.breaker import Breaker
from knowledge.embedder import Vectors
from knowledge.errors import DatabaseUnavailable, IndexRebuilding, IndexUnavailable, ModelUnavailable
from knowledge.guarded import GuardedEmbedder, GuardedVectors
from knowledge.patience import Patience
from knowledge.reader import STAFF
from tests.doubles.vector_index import InMemoryVectorIndex


class _Embedder(HashingEmbedder):
    def __init__(self, error: Exception | None) -> None:
        super().__init__(8)
        self.error = error
        self.asked = 0

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return super().embed_queries(texts)


@pytest.mark.parametrize("error", [RuntimeError("onnx"), MemoryError(), ModelUnavailable("gone")])
def test_whatever_an_engine_raises_is_a_model_that_is_not_there(error: Exception) -> None:
    embedder = _Embedder(error)
    guarded = GuardedEmbedder(embedder, Breaker("embedder", failures=2, rest_s=60))
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            guarded.embed_queries(["续约"])
    assert embedder.asked == 2, "then it is left alone"


def test_an_index_that_is_rebuilt_is_not_the_models_fault() -> None:
    breaker = Breaker("embedder", failures=1)
    with pytest.raises(IndexRebuilding):
        GuardedEmbedder(_Embedder(IndexRebuilding("wait")), breaker).embed_queries(["续约"])
    assert not breaker.failing


def test_what_works_is_passed_on() -> None:
    embedder = _Embedder(None)
    guarded = GuardedEmbedder(embedder, Breaker("embedder"))
    assert guarded.identity == embedder.identity
    assert (guarded.embed_queries(["续约"]) == embedder.embed_passages(["续约"])).all()
    assert (guarded.embed_passages(["续约"]) == embedder.embed_passages(["续约"])).all()
    assert guarded.embed_sentences(["续约"], [[(0, 2)]]).whole.shape == (1, 8)


class _Vectors(InMemoryVectorIndex):
    def __init__(self, error: Exception | None = None, hanging: threading.Event | None = None) -> None:
        super().__init__()
        self.error, self.hanging = error, hanging

    def identity(self) -> None:
        if self.hanging is not None:
            self.hanging.wait(30)
        if self.error is not None:
            raise self.error


def test_vectors_that_are_gone_are_left_alone_and_the_databases_faults_are_not_theirs() -> None:
    breaker = Breaker("vectors", failures=1)
    with pytest.raises(DatabaseUnavailable):
        GuardedVectors(_Vectors(DatabaseUnavailable("locked")), breaker).identity()
    assert breaker.state == "closed"
    with pytest.raises(IndexUnavailable, match="gone"):
        GuardedVectors(_Vectors(IndexUnavailable("gone")), breaker).identity()
    with pytest.raises(IndexUnavailable, match="asked again in"):
        GuardedVectors(_Vectors(), breaker).search("chunk", HashingEmbedder(8).embed_queries(["x"])[0], 1, STAFF)


def test_vectors_that_hang_are_waited_for_no_longer_than_the_budget() -> None:
    go_on = threading.Event()
    try:
        guarded = GuardedVectors(_Vectors(hanging=go_on), Breaker("vectors", failures=1), Patience(0.02))
        with pytest.raises(IndexUnavailable, match="COPILOT_INDEX_BUDGET_S"):
            guarded.identity()
    finally:
        go_on.set()
