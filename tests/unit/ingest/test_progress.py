"""Counts, rates and time left of the stages."""

from __future__ import annotations

from ingest.progress import Meter, Progress


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def meter(total: int) -> tuple[Meter, Clock, list[Progress]]:
    clock, told = Clock(), list[Progress]()
    return Meter(("read", "index"), total, told.append, clock), clock, told


def test_an_item_is_done_when_it_has_left_the_last_stage() -> None:
    counting, _, told = meter(2)
    counting.count("read", "a.md", 10, whole=True)
    counting.count("index", "a.md", 10, whole=True)
    assert [(one.done, one.total, one.source) for one in told] == [(0, 2, ""), (1, 2, "a.md")]
    assert [(stage.name, stage.done) for stage in told[0].stages] == [("read", 1), ("index", 0)]


def test_parts_add_characters_but_are_no_items() -> None:
    counting, _, told = meter(1)
    counting.count("index", "x.zip/a.md", 10, whole=False)
    assert (told[-1].done, told[-1].stages[1].characters) == (0, 10)


def test_a_rate_and_the_time_left_follow_from_what_was_done() -> None:
    counting, clock, told = meter(4)
    for _ in range(2):
        clock.seconds += 5
        counting.count("read", "a.md", 100, whole=True)
    (read, index) = told[-1].stages
    assert (read.rate, read.eta_s) == (20.0, 10.0)
    assert (index.rate, index.eta_s) == (0.0, None)


def test_what_was_long_ago_does_not_count() -> None:
    counting, clock, told = meter(100)
    clock.seconds += 50  # the model was loaded
    for _ in range(40):
        clock.seconds += 1
        counting.count("read", "a.md", 100, whole=True)
    assert told[-1].stages[0].rate == 100.0
    assert told[-1].stages[0].eta_s == 60.0


def test_nothing_is_left_when_all_is_done() -> None:
    counting, _, told = meter(1)
    counting.count("read", "a.md", 0, whole=True)
    assert told[-1].stages[0].eta_s == 0.0
