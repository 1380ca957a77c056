"""Streams of answers: picked up where they broke, asked once, ended when nobody wants them."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from copilot.errors import TooManyQuestions
from copilot.interfaces.api.streaming import AnswerStream, Asking
from copilot.interfaces.api.streams import Streams
from copilot.interfaces.contract import AnswerBody

ID = "request-0123456789abcdef"
Event = tuple[str, str | None, Any]


def answer(text: str = "试用一周。[1]") -> AnswerBody:
    return AnswerBody(
        id="a",
        answer_id="a",
        conversation_id="c",
        question="?",
        standalone_question="?",
        language="zh",
        status="answered",
        answer=text,
        explanation="",
        composer="extractive",
    )


class Work:
    """Answers when it is let; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.shown = threading.Event()
        self.go_on = threading.Event()
        self.ended = threading.Event()

    def __call__(self, asking: Asking) -> AnswerBody:
        self.asked += 1
        try:
            asking.stage("searching")
            asking.show("试用")
            self.shown.set()
            assert self.go_on.wait(10)
            asking.stage("wording")
            return answer()
        finally:
            self.ended.set()


def read(stream: AnswerStream, last: str | None = None, most: int = 100, heartbeat_s: float = 5.0) -> list[Event]:
    """Read a stream to its end, or so many events and then hang up."""

    async def reading() -> list[Event]:
        events = stream.read(last, heartbeat_s)
        found: list[Event] = []
        async for block in events:
            lines = dict(line.split(": ", 1) for line in block.decode().strip().splitlines())
            found.append((lines["event"], lines.get("id"), json.loads(lines["data"])))
            if len(found) == most:
                break
        await events.aclose()
        return found

    return asyncio.run(reading())


def told(events: list[Event]) -> str:
    return "".join(data["text"] for name, _, data in events if name == "delta")


def test_a_broken_connection_loses_nothing_and_repeats_nothing() -> None:
    streams, work = Streams(), Work()
    first = read(streams.open("li", ID, work), most=2)
    work.go_on.set()
    rest = read(streams.open("li", ID, work), first[-1][1])
    assert [name for name, _, _ in first] == ["status", "delta"]
    assert told(first) + told(rest) == "试用一周。[1]"
    assert rest[-1][0] == "done"
    assert work.asked == 1


def test_every_place_of_a_stream_can_be_gone_on_from() -> None:
    streams, work = Streams(), Work()
    work.go_on.set()
    whole = read(streams.open("li", ID, work))
    for at, (_, id, _) in enumerate(whole):
        assert read(streams.open("li", ID, work), id) == whole[at + 1 :]
    assert work.asked == 1


def test_several_tabs_read_one_stream() -> None:
    streams, work = Streams(), Work()
    work.go_on.set()
    assert read(streams.open("li", ID, work)) == read(streams.open("li", ID, work))


def test_nobody_else_reads_a_stream_by_its_name() -> None:
    streams, mine, theirs = Streams(), Work(), Work()
    for work in (mine, theirs):
        work.go_on.set()
    assert streams.open("li", ID, mine) is not streams.open("wang", ID, theirs)
    read(streams.open("wang", ID, theirs))
    assert theirs.asked == 1


def test_work_goes_on_for_a_while_when_nobody_listens_and_then_ends() -> None:
    clock = [0.0]
    streams, work = Streams(grace_s=20, now=lambda: clock[0]), Work()
    stream = streams.open("li", ID, work)
    read(stream, most=2)
    clock[0] = 19
    assert not stream.gone()
    clock[0] = 21
    assert stream.gone()
    work.go_on.set()
    assert work.ended.wait(10)


def test_a_request_that_ended_for_want_of_listeners_is_asked_anew_and_begins_anew() -> None:
    clock = [0.0]
    streams, lost, again = Streams(grace_s=20, now=lambda: clock[0]), Work(), Work()
    first = read(streams.open("li", ID, lost), most=2)
    clock[0] = 21
    lost.go_on.set()
    while not streams.open("li", ID, lost).lost:  # the thread is about to note it
        assert lost.asked == 1
        if lost.ended.wait(10):
            break
    again.go_on.set()
    rest = read(_when_lost(streams, again), first[-1][1])
    assert rest[0] == ("status", None, {"stage": "withdrawn"})
    assert told(rest) == "试用一周。[1]"


def _when_lost(streams: Streams, work: Work) -> AnswerStream:
    for _ in range(1000):
        stream = streams.open("li", ID, work)
        if work.asked:
            return stream
        threading.Event().wait(0.005)
    raise AssertionError("the request was not asked anew")


def test_stopping_ends_it_for_good() -> None:
    streams, work = Streams(), Work()
    stream = streams.open("li", ID, work)
    assert work.shown.wait(10)
    assert streams.stop("li", ID)
    work.go_on.set()
    events = read(streams.open("li", ID, work))
    assert (events[-1][0], events[-1][2]["code"]) == ("error", "cancelled")
    assert stream.gone()
    assert work.asked == 1


def test_a_stop_that_overtakes_its_request_stops_it() -> None:
    streams, work = Streams(), Work()
    assert streams.stop("li", ID)
    assert read(streams.open("li", ID, work))[-1][2]["code"] == "cancelled"
    assert work.asked == 0


def test_what_was_answered_cannot_be_stopped() -> None:
    streams, work = Streams(), Work()
    work.go_on.set()
    read(streams.open("li", ID, work))
    assert not streams.stop("li", ID)


def test_what_another_process_answered_is_told_again_from_the_beginning() -> None:
    work = Work()
    events = read(Streams().open("li", ID, work, lambda key: answer("从前的。")), "other.7")
    assert events[0][2] == {"stage": "withdrawn"}
    assert told(events) == "从前的。"
    assert work.asked == 0


def test_signs_of_life_come_while_nothing_happens() -> None:
    streams, work = Streams(), Work()
    events = read(streams.open("li", ID, work), most=4, heartbeat_s=0.01)
    work.go_on.set()
    assert [name for name, _, _ in events] == ["status", "delta", "ping", "ping"]
    assert events[-1][1] is None


@pytest.mark.parametrize(("limits", "person"), [({"most_of_one": 2}, "li"), ({"most_running": 2}, "wang")])
def test_questions_under_way_are_bounded(limits: dict[str, int], person: str) -> None:
    streams, work = Streams(**limits), Work()  # type: ignore[arg-type]  # the limits are numbers
    for number in range(2):
        streams.open("li", f"{ID}{number}", work)
    with pytest.raises(TooManyQuestions):
        streams.open(person, f"{ID}9", work)
    work.go_on.set()


def test_finished_streams_are_forgotten_in_time_and_beyond_a_number() -> None:
    clock = [0.0]
    streams = Streams(most_kept=3, kept_s=100, now=lambda: clock[0])
    for number in range(6):
        work = Work()
        work.go_on.set()
        read(streams.open("li", f"{ID}{number}", work))
    assert len(streams._kept) <= 4  # the newest is not counted before the next one comes
    clock[0] = 101
    streams.stop("wang", ID)
    assert len(streams._kept) == 1


def test_html_comes_only_when_it_is_wanted() -> None:
    def names(html: bool) -> list[str]:
        return [name for name, _, _ in read(Streams().open("li", ID, lambda _: answer(), html=html))]

    assert names(True)[-2:] == ["html", "done"]
    assert "html" not in names(False)


def test_an_error_nobody_foresaw_is_told_without_its_inside() -> None:
    def broken(asking: Asking) -> AnswerBody:
        raise ZeroDivisionError("secret")

    events = read(Streams().open("li", None, broken))
    assert events[-1][2]["code"] == "internal_error"
    assert "secret" not in str(events)
