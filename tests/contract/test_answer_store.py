"""What every `AnswerStore` promises."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.answering.store import AnswerStore
from tests.contract.material import START, abstention, after, answer, clarification
from tests.databases import STORES
from tests.doubles.stores import InMemoryAnswerStore


@pytest.fixture(params=STORES)
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


def test_the_turns_of_a_conversation_come_back_in_order(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    store.save(abstention("r2", "c1", "owner"), after(1))
    store.save(answer("r3", "c2", "owner"), after(2))
    turns = store.turns("c1", "owner", 10)
    assert [turn.role for turn in turns] == ["user", "assistant", "user", "assistant"]
    assert [turn.content for turn in turns[::2]] == [
        answer("r1", "c1", "owner").question.text,
        abstention("r2", "c1", "owner").question.text,
    ]
    assert turns[1].content == answer("r1", "c1", "owner").composition.text
    assert turns[3].content == abstention("r2", "c1", "owner").explanation


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_only_the_last_turns_come_back(store: AnswerStore, limit: int) -> None:
    for n in range(4):
        store.save(answer(f"r{n}", "c1", "owner"), after(n))
    assert store.turns("c1", "owner", limit) == store.turns("c1", "owner", 100)[8 - limit :]


def test_a_question_back_is_kept_as_it_was_asked(store: AnswerStore) -> None:
    reply = clarification("r1", "c1", "owner")
    store.save(reply, START)
    assert [turn.content for turn in store.turns("c1", "owner", 2)] == [reply.question.text, reply.explanation]


def test_nobody_reads_the_turns_of_somebody_else(store: AnswerStore) -> None:
    store.save(answer("r1", "c1", "owner"), START)
    assert store.turns("c1", "somebody else", 10) == []
    assert store.turns("c9", "owner", 10) == []
