"""What a collector sees of a process and its stores."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from copilot.adapters.measured_chat_model import MeasuredChatModel
from copilot.adapters.prometheus_measures import PrometheusMeasures
from copilot.chat_model import Prompt, Usage
from copilot.errors import ChatModelUnavailable
from copilot.telemetry.backlog import Backlog, KeptBacklog
from copilot.telemetry.measures import Replied
from tests.doubles.chat_model import ScriptedChatModel

Samples = dict[tuple[str, ...], float]


def samples(measures: PrometheusMeasures) -> Samples:
    """Read what a collector would, by name and the values of the labels in the order of their names."""
    text, media_type = measures.exposition()
    assert media_type.startswith("text/plain; version=0.0.4")
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text.decode())
        for one in family.samples
    }


def measures(backlog: Backlog | None = None) -> PrometheusMeasures:
    return PrometheusMeasures(backlog=lambda: backlog, build={"version": "1.2.3"})


def test_requests_are_counted_by_template_and_nobody_can_make_names() -> None:
    counting = measures()
    counting.request("GET", "/v1/drafts/{id}", 200, 0.02)
    counting.request("GET", "/v1/drafts/{id}", 404, 0.2)
    for number in range(50):
        counting.request(f"VERB{number}", "unknown", 404, 0.001)
    seen = samples(counting)
    assert seen["copilot_requests_total", "GET", "/v1/drafts/{id}", "200"] == 1
    assert seen["copilot_requests_total", "other", "unknown", "404"] == 50
    assert seen["copilot_request_seconds_bucket", "0.05", "GET", "/v1/drafts/{id}"] == 1
    assert seen["copilot_request_seconds_count", "GET", "/v1/drafts/{id}"] == 2


def test_answers_are_counted_with_their_stages_and_ways() -> None:
    counting = measures()
    counting.replied(
        Replied(
            status="abstained",
            reason="not_in_knowledge",
            composer="extractive",
            stages={"retrieve": 0.03, "judge": 0.01},
            found_by=["vector", "lexical", "vector"],
        )
    )
    seen = samples(counting)
    assert seen["copilot_answers_total", "extractive", "not_in_knowledge", "abstained"] == 1
    assert seen["copilot_answer_stage_seconds_sum", "retrieve"] == 0.03
    assert seen["copilot_passages_total", "vector"] == 2


def test_the_backlog_is_shown_and_a_share_of_nothing_is_nothing() -> None:
    backlog = Backlog(
        deliveries={("email", "queued"): 2},
        delivery_oldest_s=75.0,
        answers={("answered", ""): 3, ("abstained", "not_in_knowledge"): 1},
        stale_used=4,
    )
    seen = samples(measures(backlog))
    assert seen["copilot_stores_up",] == 1
    assert seen["copilot_deliveries", "email", "queued"] == 2
    assert seen["copilot_delivery_oldest_seconds",] == 75
    assert seen["copilot_abstention_share",] == 0.25
    assert seen["copilot_stale_used_documents",] == 4
    assert seen["copilot_gaps", "open"] == 0  # there before the first, so that an alert has something to look at
    assert samples(measures(Backlog()))["copilot_abstention_share",] == 0


def test_without_the_stores_the_rest_is_still_told() -> None:
    counting = measures(None)
    counting.request("GET", "/healthz", 200, 0.001)
    seen = samples(counting)
    assert seen["copilot_stores_up",] == 0
    assert seen["copilot_requests_total", "GET", "/healthz", "200"] == 1
    assert seen["copilot_build_info", "1.2.3"] == 1
    assert not any(name.startswith("copilot_deliver") for name, *_ in seen)


def test_a_guard_says_whether_it_keeps_away() -> None:
    counting = measures()
    for state, shown in (("open", 1.0), ("half_open", 0.5), ("closed", 0.0)):
        counting.breaker("chat_model", state)  # type: ignore[arg-type]  # one of three
        assert samples(counting)["copilot_breaker_open", "chat_model"] == shown


class Meter:
    """Reports the same use for every call."""

    def take(self) -> Usage | None:
        return Usage(tokens_in=100, tokens_out=20)


def test_calls_of_the_chat_model_are_counted_with_how_they_ended() -> None:
    counting = measures()
    prompt = Prompt(system="s", user="u")
    answering = MeasuredChatModel(ScriptedChatModel("好的。"), counting, Meter())
    assert answering.complete(prompt) == "好的。"
    assert "".join(answering.stream(prompt)) == "好的。"
    listening = answering.stream(prompt)
    next(listening)
    listening.close()  # type: ignore[attr-defined]  # it is a generator
    failing = MeasuredChatModel(ScriptedChatModel(ChatModelUnavailable("It does not answer. Try again.")), counting)
    with pytest.raises(ChatModelUnavailable):
        failing.complete(prompt)
    seen = samples(counting)
    assert seen["copilot_chat_model_calls_total", "answered"] == 2
    assert seen["copilot_chat_model_calls_total", "cancelled"] == 1
    assert seen["copilot_chat_model_calls_total", "failed"] == 1
    assert seen["copilot_chat_model_tokens_total", "in"] == 300
    assert seen["copilot_chat_model_seconds_count",] == 4


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def kept(read: Callable[[], Backlog], clock: Clock, within_s: float = 5.0) -> KeptBacklog:
    return KeptBacklog(read, kept_s=10, within_s=within_s, now=clock)


def test_many_who_look_cost_one_reading() -> None:
    clock, read = Clock(), []

    def reading() -> Backlog:
        read.append(1)
        return Backlog(documents=len(read))

    backlog = kept(reading, clock)
    first = [backlog.get(), backlog.get()]
    clock.at = 10.5
    later = backlog.get()
    assert [one.documents for one in (*first, later) if one] == [1, 1, 2]


def test_a_store_that_fails_or_hangs_keeps_nobody_waiting_and_comes_back() -> None:
    clock, down, release, begun = Clock(), [True], threading.Event(), []

    def reading() -> Backlog:
        begun.append(1)
        if down[0]:
            raise OSError("no route to host")
        release.wait(30)
        return Backlog(documents=7)

    backlog = kept(reading, clock, within_s=0.05)
    assert backlog.get() is None
    down[0] = False
    clock.at = 11
    assert backlog.get() is None  # hangs
    assert backlog.get() is None  # and no second thread hangs beside it
    assert len(begun) == 2
    release.set()
    for thread in threading.enumerate():
        if thread.name == "backlog":
            thread.join(30)
    found = backlog.get()
    assert found is not None
    assert found.documents == 7
