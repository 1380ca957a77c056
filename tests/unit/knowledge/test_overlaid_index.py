"""A layer over a vector index: found together, written apart."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.adapters.overlaid_index import OverlaidIndex
from knowledge.chunk import ChunkId
from knowledge.document import Audience, DocumentId
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import IndexModelMismatch
from knowledge.index import VectorIndex
from knowledge.reader import CUSTOMERS, STAFF, access_label
from tests.doubles.vector_index import InMemoryVectorIndex

MODEL = ModelIdentity(model="m", dimension=2, normal_form=1)
INTERNAL = access_label(Audience.INTERNAL)
EAST = np.array([1.0, 0.0], dtype=np.float32)


def towards(degrees: float) -> Vectors:
    angle = np.deg2rad(degrees)
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


def add(index: VectorIndex, document: str, version: int, degrees: float, label: object = INTERNAL) -> ChunkId:
    name = ChunkId(f"{document}.{version}.0")
    index.add("chunk", DocumentId(document), version, [name], [name], towards(degrees)[None], label, MODEL)  # type: ignore[arg-type]
    return name


@pytest.fixture
def below() -> InMemoryVectorIndex:
    return InMemoryVectorIndex()


@pytest.fixture
def index(below: InMemoryVectorIndex) -> OverlaidIndex:
    return OverlaidIndex(below, lambda document, version: {"chunk": 1})


def test_both_are_found_and_only_the_layer_is_written(below: InMemoryVectorIndex, index: OverlaidIndex) -> None:
    old, new = add(below, "a", 1, 20), add(index, "b", 1, 10)
    assert list(index.search("chunk", EAST, 5, STAFF)) == [new, old]
    assert list(below.search("chunk", EAST, 5, STAFF)) == [old]


def test_a_version_below_is_hidden_and_the_next_takes_its_place(
    below: InMemoryVectorIndex, index: OverlaidIndex
) -> None:
    first, second = add(below, "a", 1, 10), add(below, "b", 1, 20)
    index.remove(DocumentId("a"), 1)
    assert list(index.search("chunk", EAST, 1, STAFF)) == [second]
    assert set(index.vectors([first, second])) == {second}
    assert list(below.search("chunk", EAST, 1, STAFF)) == [first]


def test_a_version_whose_number_begins_alike_stays(below: InMemoryVectorIndex, index: OverlaidIndex) -> None:
    other = add(below, "a", 11, 10)
    index.remove(DocumentId("a"), 1)
    assert list(index.search("chunk", EAST, 5, STAFF)) == [other]


def test_who_may_not_read_does_not_find_what_is_in_the_layer(index: OverlaidIndex) -> None:
    add(index, "a", 1, 10)
    assert index.search("chunk", EAST, 5, CUSTOMERS) == {}
    index.relabel(DocumentId("a"), 1, access_label(Audience.CUSTOMER))
    assert len(index.search("chunk", EAST, 5, CUSTOMERS)) == 1


def test_vectors_of_another_model_are_refused(below: InMemoryVectorIndex, index: OverlaidIndex) -> None:
    add(below, "a", 1, 10)
    other = ModelIdentity(model="n", dimension=2, normal_form=1)
    with pytest.raises(IndexModelMismatch):
        index.add("chunk", DocumentId("b"), 1, ["x"], [ChunkId("x")], EAST[None], INTERNAL, other)


def test_what_was_added_to_the_layer_can_be_taken_out_again(index: OverlaidIndex) -> None:
    name = add(index, "a", 1, 10)
    index.discard("chunk", [name])
    assert index.search("chunk", EAST, 5, STAFF) == {}
