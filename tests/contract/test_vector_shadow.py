"""What every `ReplaceableIndex` promises of vectors that are made for another model beside the live ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.adapters.chroma_index import ChromaIndex, embedded_client
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import ChunkId
from knowledge.document import Audience
from knowledge.index import ReplaceableIndex, VectorSet
from knowledge.reader import STAFF, access_label
from knowledge.vector_sets import UNNAMED, set_name
from tests.contract.chroma_server import close_client
from tests.contract.vectors import EMBEDDER, MODEL, ONE, PRICES, RENEWAL, add, found, vector
from tests.doubles.vector_sets import InMemoryVectorSets

NEXT = HashingEmbedder(48)
THIRD = HashingEmbedder(16)


def fill(shadow: VectorSet, text: str, embedder: HashingEmbedder, audience: Audience = Audience.INTERNAL) -> ChunkId:
    name = ChunkId("one.1.0")
    shadow.add("chunk", ONE, 1, [name], [name], embedder.embed_passages([text]), access_label(audience))
    return name


def test_a_shadow_of_another_dimension_is_not_searched(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL])
    shadow = index.shadow(NEXT.identity)
    name = fill(shadow, PRICES, NEXT)
    assert found(index, RENEWAL) == {name: pytest.approx(1, abs=1e-5)}
    assert shadow.search("chunk", NEXT.embed_queries([PRICES])[0], 5, STAFF) == {name: pytest.approx(1, abs=1e-5)}
    assert index.identity() == MODEL


def test_after_the_switch_the_shadow_is_searched_and_the_old_vectors_are_not(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL, PRICES])
    name = fill(index.shadow(NEXT.identity), RENEWAL, NEXT)
    index.switch(NEXT.identity)
    assert index.identity() == NEXT.identity
    asked = NEXT.embed_queries([RENEWAL])[0]
    assert index.search("chunk", asked, 5, STAFF) == {name: pytest.approx(1, abs=1e-5)}
    np.testing.assert_allclose(index.vectors([name])[name], asked, atol=1e-6)


def test_entries_tell_who_may_read_them(index: ReplaceableIndex) -> None:
    shadow = index.shadow(NEXT.identity)
    assert shadow.entries("chunk") == {}
    fill(shadow, RENEWAL, NEXT)
    shadow.add(
        "question", ONE, 1, ["q"], [ChunkId("one.1.0")], NEXT.embed_queries([PRICES]), access_label(Audience.CUSTOMER)
    )
    assert (shadow.entries("chunk"), shadow.entries("question")) == (
        {"one.1.0": access_label(Audience.INTERNAL)},
        {"q": access_label(Audience.CUSTOMER)},
    )
    assert set(shadow.vectors("question", ["q", "unknown"])) == {"q"}
    shadow.discard("question", ["q", "unknown"])
    assert shadow.entries("question") == {}


def test_a_shadow_keeps_what_an_earlier_run_put_there(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL])
    name = fill(index.shadow(NEXT.identity), RENEWAL, NEXT, Audience.CUSTOMER)
    assert index.shadow(NEXT.identity).entries("chunk") == {name: access_label(Audience.CUSTOMER)}


def test_dropping_keeps_the_live_vectors_and_those_named(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL])
    for embedder in (NEXT, THIRD):
        fill(index.shadow(embedder.identity), RENEWAL, embedder)
    index.drop_besides([set_name(NEXT.identity)])
    assert index.shadow(THIRD.identity).entries("chunk") == {}
    assert set(index.shadow(NEXT.identity).entries("chunk")) == {"one.1.0"}
    assert set(found(index, RENEWAL)) == {"one.1.0"}


def test_what_was_live_before_a_switch_can_be_dropped(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL])
    fill(index.shadow(NEXT.identity), RENEWAL, NEXT)
    index.switch(NEXT.identity)
    index.drop_besides([])
    assert index.shadow(MODEL).entries("chunk") == {}
    assert index.identity() == NEXT.identity


def test_an_emptied_index_takes_another_model(index: ReplaceableIndex) -> None:
    add(index, [RENEWAL])
    index.remove(ONE, 1)
    name = ChunkId("one.2.0")
    rows = NEXT.embed_passages([RENEWAL])
    index.add("chunk", ONE, 2, [name], [name], rows, access_label(Audience.INTERNAL), NEXT.identity)
    assert index.identity() == NEXT.identity


def test_a_home_from_before_sets_had_names_goes_on_until_it_is_replaced(tmp_path: Path) -> None:
    client = embedded_client(tmp_path / "chroma")
    told = {"model": MODEL.model, "dimension": MODEL.dimension, "normal_form": MODEL.normal_form}
    cosine = {"hnsw": {"space": "cosine"}}
    for name in ("chunks-internal", "chunks-customer", "questions-internal", "questions-customer"):
        client.create_collection(name, embedding_function=None, configuration=cosine)  # type: ignore[arg-type]
    old = client.get_collection("chunks-internal", embedding_function=None)
    old.modify(metadata=told)
    entry = {"document": "one", "version": 1, "chunk": "one.1.0"}
    old.add(ids=["one.1.0"], embeddings=vector(RENEWAL)[None], metadatas=[entry])  # type: ignore[list-item]

    sets = InMemoryVectorSets()
    index = ChromaIndex(client, sets)
    assert index.identity() == MODEL
    add(index, [PRICES], version=2)
    assert set(found(index, RENEWAL)) == {"one.1.0", "one.2.0"}
    assert sets.live() == UNNAMED

    fill(index.shadow(NEXT.identity), RENEWAL, NEXT)
    index.switch(NEXT.identity)
    index.drop_besides([])
    left = {collection.name for collection in client.list_collections()}
    assert left
    assert all(name.endswith(set_name(NEXT.identity)) for name in left)
    assert ChromaIndex(client, sets).identity() == NEXT.identity
    close_client(client)


def test_a_set_that_lost_its_vectors_is_begun_again(tmp_path: Path) -> None:
    sets = InMemoryVectorSets()
    sets.switch(set_name(MODEL))
    client = embedded_client(tmp_path / "chroma")
    index = ChromaIndex(client, sets)
    assert index.identity() is None
    add(index, [RENEWAL])
    assert ChromaIndex(client, sets).identity() == EMBEDDER.identity
    close_client(client)
