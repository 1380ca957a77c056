"""What every `AnswerStore` promises."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.answering.store import AnswerStore
from tests.contract.material import START, abstention, after, answer
from tests.doubles.stores import InMemoryAnswerStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest) -> AnswerStore:
    if request.param == "memory":
        return InMemoryAnswerStore()
    engine: Engine = request.getfixturevalue("engine")
    return SqlAnswerStore(engine)


def test_a_new_store_has_no_conversation(store: AnswerStore) -> None:
    assert not store.has_conversation("c1", "owner")


def test_an_answer_starts_its_conversation(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    assert store.has_conversation("c1", "owner")


def test_an_abstention_starts_its_conversation(store: AnswerStore) -> None:
    store.save(abstention("r1", "c1", "owner"), START)
    assert store.has_conversation("c1", "owner")


def test_a_conversation_takes_further_replies(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    store.save(abstention("r2", "c1", "owner"), after(1))
    assert store.has_conversation("c1", "owner")


def test_a_conversation_belongs_to_who_started_it(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    assert not store.has_conversation("c1", "somebody else")


def test_a_reply_to_somebody_else_does_not_hand_the_conversation_over(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    store.save(answer("r2", "c1", "somebody else"), after(1))
    assert (store.has_conversation("c1", "owner"), store.has_conversation("c1", "somebody else")) == (True, False)


def test_a_reply_that_cannot_be_kept_starts_no_conversation(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    with pytest.raises((ValueError, IntegrityError)):
        store.save(answer("r1", "c2", "owner"), after(1))
    assert not store.has_conversation("c2", "owner")
