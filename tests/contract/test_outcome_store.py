"""What every `OutcomeStore` promises."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.outcome_store import SqlOutcomeStore
from copilot.chat_model import Usage
from copilot.curating.store import Order, OutcomeStore
from knowledge.chunk import ChunkId
from tests.contract.material import START
from tests.databases import STORES
from tests.doubles.stores import InMemoryOutcomeStore

ORDER = Order(passage="p1", model="small", version="questions@1x5")
CHUNK = ChunkId("doc.1.0")
WRITTEN = ["续费谁做", "Who renews?"]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> OutcomeStore:
    if request.param == "memory":
        return InMemoryOutcomeStore()
    engine: Engine = request.getfixturevalue("engine")
    return SqlOutcomeStore(engine)


def checked(store: OutcomeStore) -> dict[str, ChunkId | None]:
    return dict(store.checked(ORDER.model, ORDER.version))


def test_nothing_is_paid_for_at_first(store: OutcomeStore) -> None:
    assert (store.candidates(ORDER), checked(store)) == (None, {})


def test_what_was_written_comes_back_in_order(store: OutcomeStore) -> None:
    store.keep(ORDER, WRITTEN, Usage(tokens_in=5, tokens_out=2), START)
    assert store.candidates(ORDER) == WRITTEN


def test_nothing_written_is_an_outcome_too(store: OutcomeStore) -> None:
    store.keep(ORDER, [], None, START)
    assert store.candidates(ORDER) == []


def test_what_was_kept_first_stays(store: OutcomeStore) -> None:
    store.keep(ORDER, WRITTEN, None, START)
    store.keep(ORDER, ["另一个问题"], None, START)
    assert store.candidates(ORDER) == WRITTEN


@pytest.mark.parametrize("changed", [{"passage": "p2"}, {"model": "big"}, {"version": "questions@2x5"}], ids=str)
def test_another_passage_model_or_prompt_is_another_order(store: OutcomeStore, changed: dict[str, str]) -> None:
    store.keep(ORDER, WRITTEN, None, START)
    assert store.candidates(replace(ORDER, **changed)) is None


def test_what_is_kept_is_not_checked_yet(store: OutcomeStore) -> None:
    store.keep(ORDER, WRITTEN, None, START)
    assert checked(store) == {"p1": None}


def test_what_was_checked_names_its_chunk(store: OutcomeStore) -> None:
    store.keep(ORDER, WRITTEN, None, START)
    store.mark_checked(ORDER, CHUNK)
    assert checked(store) == {"p1": CHUNK}


def test_only_one_model_and_prompt_is_told(store: OutcomeStore) -> None:
    store.keep(replace(ORDER, model="big"), WRITTEN, None, START)
    assert checked(store) == {}


def test_a_reopened_passage_is_paid_for_and_not_checked(store: OutcomeStore) -> None:
    for order in (ORDER, replace(ORDER, passage="p2")):
        store.keep(order, WRITTEN, None, START)
        store.mark_checked(order, CHUNK)
    store.reopen(["p1", "unknown"])
    assert checked(store) == {"p1": None, "p2": CHUNK}
    assert store.candidates(ORDER) == WRITTEN
