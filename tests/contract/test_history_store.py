"""What a store of what was asked before promises, and that a request is kept once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.answer_store import SqlAnswerStore
from copilot.adapters.sql.history_store import SqlHistoryStore
from copilot.answering.answer import Outcome
from copilot.errors import AlreadyAnswered
from tests.contract.material import START, abstention, after, answer, clarification


@pytest.fixture
def answers(engine: Engine) -> SqlAnswerStore:
    return SqlAnswerStore(engine)


@pytest.fixture
def history(engine: Engine) -> SqlHistoryStore:
    return SqlHistoryStore(engine)


def named(reply: Outcome, request: str) -> Outcome:
    return replace(reply, question=replace(reply.question, request=request))


def test_conversations_are_a_persons_own_the_newest_reply_first(
    answers: SqlAnswerStore, history: SqlHistoryStore
) -> None:
    answers.save(answer("r1", "c1", "li"), START)
    answers.save(answer("r2", "c2", "li"), after(1))
    answers.save(answer("r3", "c3", "wang"), after(2))
    answers.save(abstention("r4", "c1", "li"), after(3))
    found = history.conversations("li", 10, 0)
    assert [(one.id, one.replies, one.started_at, one.last_at) for one in found] == [
        ("c1", 2, START, after(3)),
        ("c2", 1, after(1), after(1)),
    ]
    assert [one.id for one in history.conversations("li", 1, 1)] == ["c2"]
    assert history.conversations("nobody", 10, 0) == []


def test_the_end_of_a_long_conversation_is_read_oldest_first(answers: SqlAnswerStore, history: SqlHistoryStore) -> None:
    for number in range(4):
        answers.save(answer(f"r{number}", "c1", "li"), after(number))
    assert [one.id for one in history.replies("c1", 3)] == ["r1", "r2", "r3"]
    assert (history.holder("c1"), history.holder("c9")) == ("li", None)


def test_a_reply_is_kept_as_it_was_shown(answers: SqlAnswerStore, history: SqlHistoryStore) -> None:
    reply = answer("r1", "c1", "li")
    answers.save(reply, START)
    kept = history.reply("r1")
    assert kept is not None
    (cited,) = kept.body["citations"]
    (shown,) = reply.composition.citations
    assert kept.body["text"] == reply.composition.text
    assert (cited["quote"], cited["title"], cited["source"]) == (shown.quote, shown.passage.title, shown.passage.source)
    assert kept.cited == {shown.passage.chunk.document_id}


def test_choices_are_kept_too(answers: SqlAnswerStore, history: SqlHistoryStore) -> None:
    reply = clarification("r1", "c1", "li")
    answers.save(reply, START)
    kept = history.reply("r1")
    assert kept is not None
    assert [one["label"] for one in kept.body["choices"]] == [one.label for one in reply.choices]


def test_a_request_is_answered_once(answers: SqlAnswerStore, history: SqlHistoryStore) -> None:
    answers.save(named(answer("r1", "c1", "li"), "k1"), START)
    with pytest.raises(AlreadyAnswered):
        answers.save(named(answer("r2", "c2", "li"), "k1"), after(1))
    found = history.reply_to("k1")
    assert found is not None
    assert found.id == "r1"
    assert (history.holder("c2"), history.reply("r2"), history.reply_to("k2")) == (None, None, None)


def test_requests_without_a_name_never_meet(answers: SqlAnswerStore) -> None:
    answers.save(answer("r1", "c1", "li"), START)
    answers.save(answer("r2", "c1", "li"), after(1))
