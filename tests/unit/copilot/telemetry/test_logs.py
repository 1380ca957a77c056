"""Log lines that machines can read, and what they are about."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from copilot.telemetry.context import about, at_hand, carried, note, request_id
from copilot.telemetry.logs import JsonLines, TextLines, log_event, set_up_logs

_log = logging.getLogger("copilot.of_this_test")


class Written:
    """What was logged, in one of the forms."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self._stream = io.StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.setFormatter(formatter)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    @property
    def text(self) -> str:
        return self._stream.getvalue()


def listening(formatter: logging.Formatter) -> Iterator[Written]:
    written = Written(formatter)
    before = _log.level
    _log.addHandler(written.handler)
    _log.setLevel(logging.INFO)
    yield written
    _log.removeHandler(written.handler)
    _log.setLevel(before)


@pytest.fixture
def written() -> Iterator[Written]:
    yield from listening(JsonLines())


@pytest.fixture
def told() -> Iterator[Written]:
    yield from listening(TextLines())


def test_a_line_says_when_what_and_about_what(written: Written) -> None:
    with about({"request": "r-1"}):
        note(conversation="c-1", person=None)
        log_event(_log, logging.INFO, "answer", "a question was answered", answer_status="answered", reason=None)
    (line,) = written.lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "answer",
        "logger": "copilot.of_this_test",
        "message": "a question was answered",
        "request": "r-1",
        "conversation": "c-1",
        "answer_status": "answered",
    }


def test_an_error_stands_in_one_line_with_its_cause(written: Written) -> None:
    try:
        raise ValueError("二")
    except ValueError:
        _log.exception("could not count to %s", "三")
    (line,) = written.lines()
    assert line["message"] == "could not count to 三"
    assert (line["error"]["type"], line["error"]["message"]) == ("ValueError", "二")
    assert "test_logs.py" in line["error"]["stack"]


def test_nothing_that_is_noted_takes_the_place_of_what_every_line_has(written: Written) -> None:
    with about({"level": "harmless", "message": "other"}):
        _log.warning("something")
    assert (written.lines()[0]["level"], written.lines()[0]["message"]) == ("warning", "something")


def test_text_from_outside_begins_no_line_of_its_own(told: Written) -> None:
    with about({"draft": "d\n2026 ERROR forged"}):
        _log.warning("refused %s", "x\n2026-01-01 ERROR forged\x1b[2J")
    assert len(told.text.splitlines()) == 1
    assert "\x1b" not in told.text
    assert "draft=d\\n2026" in told.text


def test_a_thread_is_about_what_it_was_started_for() -> None:
    seen: list[dict[str, object]] = []

    def work() -> None:
        note(answer="a-1")
        seen.append(dict(at_hand()))

    with about({"request": "r-1"}) as facts:
        threads = [threading.Thread(target=carried(work)), threading.Thread(target=work)]
        for thread in threads:
            thread.start()
            thread.join()
    assert seen == [{"request": "r-1", "answer": "a-1"}, {}]
    assert facts["answer"] == "a-1"  # the line that ends the request says it too
    assert at_hand() == {}


def test_work_inside_of_work_keeps_to_itself() -> None:
    with about({"request": "r-1"}):
        with about({"draft": "d-1"}):
            note(delivery="x-1")
            assert at_hand() == {"request": "r-1", "draft": "d-1", "delivery": "x-1"}
        assert at_hand() == {"request": "r-1"}


@pytest.mark.parametrize("given", [None, "", "a b", "x\nforged", "续", "x" * 65, '{"a":1}'])
def test_an_id_that_cannot_stand_in_a_log_is_replaced(given: str | None) -> None:
    made = request_id(given)
    assert made != given
    assert len(made) == 12


def test_an_id_of_the_caller_is_kept() -> None:
    assert request_id("0af7651916cd43dd8448eb211c80319c.7-a_B") == "0af7651916cd43dd8448eb211c80319c.7-a_B"


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers = []  # `force` would close those of the run
    levels = {name: logging.getLogger(name).level for name in ("copilot", "ingest", "knowledge")}
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, one in levels.items():
        logging.getLogger(name).setLevel(one)
    logging.captureWarnings(False)


@pytest.mark.usefixtures("_logging_as_before")
def test_our_lines_come_at_the_level_of_the_settings_and_others_with_what_matters() -> None:
    stream = io.StringIO()
    set_up_logs("json", "info", stream)
    _log.info("ours")
    _log.debug("ours, too fine")
    logging.getLogger("httpx").info("GET https://example.com/?token=secret")
    logging.getLogger("httpx").warning("theirs")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["ours", "theirs"]


@pytest.mark.parametrize("form", [JsonLines, TextLines])
def test_no_line_repeats_a_secret_or_whose_number_it_is(form: type[JsonLines | TextLines]) -> None:
    """In the message, in what it is about, in the fields, and in the stack of an error."""
    for written in listening(form(["correct horse"])):
        with about({"person": "li.na@example.com"}):
            try:
                raise ValueError("13800138000 with correct horse and sk-aaaabbbbccccdddd1111")
            except ValueError:
                _log.exception("asked by 11010519491231002X, %s", "correct horse")
            log_event(_log, logging.INFO, "x", "y", url="https://u:secret1@host/", number="139-0013-9000")
        text = written.text
    for hidden in ("example.com", "13800138000", "correct horse", "sk-aaaa", "11010519491231002X", "secret1", "9000"):
        assert hidden not in text
    assert "ValueError" in text
    assert "•••" in text
