"""Work that outlasts a request."""

from __future__ import annotations

import threading

import pytest

from copilot.errors import UnknownAccount
from copilot.interfaces.api.started import Result, StartedWork
from copilot.interfaces.contract import AnswerBody

ANSWER = AnswerBody.model_validate(
    {
        "id": "1",
        "answer_id": "1",
        "conversation_id": "c",
        "question": "?",
        "standalone_question": "?",
        "intent": "knowledge",
        "language": "zh",
        "status": "answered",
        "answer": "!",
        "explanation": "",
        "composer": "extractive",
    }
)


class Slow:
    """Ends when it may; `calls` tells how often it was begun."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.calls = 0

    def __call__(self) -> Result:
        self.calls += 1
        assert self.may_end.wait(30)
        return ANSWER


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_what_is_quick_is_done_at_once() -> None:
    told = StartedWork(waits_s=30).begin("lin", lambda: ANSWER)
    assert (told.status, told.answer) == ("done", ANSWER)


def test_what_takes_longer_is_fetched_by_whoever_began_it(slow: Slow) -> None:
    work = StartedWork(waits_s=0)
    begun = work.begin("lin", slow, "key")
    assert begun.status == "working"
    assert work.begin("lin", slow, "key").id == begun.id
    assert work.begin("gao", slow, "key").id != begun.id
    assert work.get("gao", begun.id) is None
    assert work.get("lin", "another") is None
    slow.may_end.set()
    work._waits_s = 30
    told = work.get("lin", begun.id)
    assert told is not None
    assert (told.status, told.answer) == ("done", ANSWER)


def test_a_request_that_is_repeated_is_one(slow: Slow) -> None:
    work = StartedWork(waits_s=30)
    slow.may_end.set()
    ids = {work.begin("lin", slow, "key").id for _ in range(3)}
    assert (len(ids), slow.calls) == (1, 1)


@pytest.mark.parametrize("error", [UnknownAccount("There is none."), ValueError("a fault")])
def test_what_failed_is_told_and_begins_anew(error: Exception) -> None:
    def fails() -> Result:
        raise error

    work = StartedWork(waits_s=30)
    first, second = work.begin("lin", fails, "key"), work.begin("lin", fails, "key")
    assert first.id != second.id
    assert first.status == "failed"
    assert first.problem is not None
    assert "a fault" not in first.problem.detail


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copilot.interfaces.api.started._REMEMBERED", 2)
    work = StartedWork(waits_s=30)
    ids = [work.begin("lin", lambda: ANSWER, str(number)).id for number in range(4)]
    assert [work.get("lin", id) is not None for id in ids] == [False, False, True, True]
    assert len(work._keys) == 2
