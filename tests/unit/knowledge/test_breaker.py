"""The circuit breaker, and waiting no longer than a budget."""

from __future__ import annotations

import contextvars
import threading

import pytest

from knowledge.breaker import Breaker, BreakerState
from knowledge.patience import OutOfPatience, Patience


class _Watched:
    def __init__(self, failures: int = 3, rest_s: float = 10.0) -> None:
        self.now = 100.0
        self.told: list[BreakerState] = []
        self.breaker = Breaker(
            "vectors",
            failures=failures,
            rest_s=rest_s,
            now=lambda: self.now,
            told=lambda _name, state: self.told.append(state),
        )

    def fails(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.breaker.admit() is None
            self.breaker.failed()


def test_it_opens_after_failures_in_a_row_and_not_before() -> None:
    watched = _Watched()
    watched.fails(2)
    assert watched.breaker.state == "closed"
    assert watched.breaker.failing
    watched.breaker.succeeded()
    assert not watched.breaker.failing
    watched.fails(2)
    assert watched.told == []
    watched.fails()
    assert watched.breaker.state == "open"
    assert watched.breaker.admit() == 10.0
    assert watched.told == ["open"]


def test_after_the_rest_one_caller_finds_out() -> None:
    watched = _Watched()
    watched.fails(3)
    watched.now += 9.9
    assert watched.breaker.admit() == pytest.approx(0.1)
    watched.now += 0.2
    assert watched.breaker.state == "half_open"
    assert watched.breaker.admit() is None
    assert watched.breaker.admit() == 10.0, "a second caller does not try too"
    watched.breaker.succeeded()
    assert watched.breaker.admit() is None
    assert watched.told == ["open", "half_open", "closed"]


def test_a_trial_that_fails_opens_it_again_at_once() -> None:
    watched = _Watched()
    watched.fails(3)
    watched.now += 11
    watched.fails()
    assert watched.breaker.state == "open"
    assert watched.told == ["open", "half_open", "open"]


def test_a_trial_without_a_verdict_lets_the_next_caller_try() -> None:
    watched = _Watched()
    watched.fails(3)
    watched.now += 11
    assert watched.breaker.admit() is None
    watched.breaker.undecided()
    assert watched.breaker.admit() is None


def test_patience_passes_on_what_comes_in_time() -> None:
    where = contextvars.ContextVar("where", default="nowhere")
    where.set("here")
    patience = Patience(5.0)
    assert patience.wait(where.get) == "here"

    def fails() -> None:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        patience.wait(fails)


def test_patience_ends_and_so_many_hanging_calls_are_enough() -> None:
    patience, go_on = Patience(0.01), threading.Event()
    for _ in range(32):
        with pytest.raises(OutOfPatience, match="no answer within"):
            patience.wait(lambda: go_on.wait(30))
    with pytest.raises(OutOfPatience, match="32 calls hang"):
        patience.wait(lambda: True)
    go_on.set()
    for thread in [one for one in threading.enumerate() if one.name == "patience"]:
        thread.join(10)
    assert Patience(5.0).wait(lambda: True)
    assert patience._free.acquire(blocking=False), "those that ended make room"
