"""Waits double, have a longest, and an hour of failures is survived."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from copilot.delivery.schedule import FIRST_WAIT, JITTER, LEASE, LONGEST_WAIT, MOST_ATTEMPTS, wait_after

HOUR = timedelta(hours=1)
chances = st.floats(min_value=0, max_value=1)


def lasts(chance: float) -> timedelta:
    """Return how long a delivery is tried when all attempts fail."""
    return sum((wait_after(attempts, chance) for attempts in range(1, MOST_ATTEMPTS)), timedelta())


def test_waits_double_until_the_longest() -> None:
    waits = [wait_after(attempts, 0) for attempts in range(1, 13)]
    assert waits[:4] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4, FIRST_WAIT * 8]
    assert waits[-1] == LONGEST_WAIT
    assert waits == sorted(waits)


@given(chance=chances)
def test_a_receiver_may_be_down_for_an_hour_and_for_a_night(chance: float) -> None:
    assert 20 * HOUR < lasts(chance) < 30 * HOUR


@given(chance=chances)
def test_an_hour_of_failures_is_no_hail(chance: float) -> None:
    total, attempts = timedelta(), 0
    while total < HOUR:
        attempts += 1
        total += wait_after(attempts, chance)
    assert attempts <= 10


@given(attempts=st.integers(1, 10_000), chance=chances, asked_s=st.none() | st.floats())
def test_no_wait_is_longer_than_the_longest_nor_much_shorter_than_meant(
    attempts: int, chance: float, asked_s: float | None
) -> None:
    assert FIRST_WAIT * (1 - JITTER) <= wait_after(attempts, chance, asked_s) <= LONGEST_WAIT


def test_a_receiver_is_left_alone_as_long_as_it_asks() -> None:
    assert wait_after(1, 0, 7 * 60) == timedelta(minutes=7)
    assert wait_after(9, 0, 1) == wait_after(9, 0)


def test_a_lease_outlives_an_attempt() -> None:
    assert timedelta(minutes=2) < LEASE < HOUR
