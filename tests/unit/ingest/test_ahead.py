"""A stage that works ahead: in order, within bounds, and nothing of it is left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ingest.ahead import Ahead


def ahead(items: Iterator[int], most: int = 3) -> Ahead[int]:
    return Ahead(items, name="test", weigh=lambda _: 1, most=most)


def taken(stage: Ahead[int], enough: int = 2) -> list[int]:
    return [item for batch in stage.batches(lambda _: 1, enough) for item in batch]


def test_everything_comes_in_order() -> None:
    with ahead(iter(range(100))) as stage:
        assert taken(stage) == list(range(100))


def test_it_goes_no_further_ahead_than_it_may() -> None:
    made: list[int] = []
    full = threading.Event()

    def items() -> Iterator[int]:
        for n in range(10):
            made.append(n)
            if n == 3:  # three wait, the fourth is at the door
                full.set()
            yield n

    with ahead(items()) as stage:
        assert full.wait(10)
        assert made == [0, 1, 2, 3]
        assert taken(stage) == list(range(10))


def test_one_item_is_let_in_however_heavy() -> None:
    with Ahead(iter([7, 8]), name="test", weigh=lambda _: 100, most=1) as stage:
        assert taken(stage) == [7, 8]


def test_a_batch_ends_when_it_has_enough() -> None:
    with ahead(iter([1] * 7), most=100) as stage:
        stage._thread.join(10)  # all seven are ready
        assert [len(batch) for batch in stage.batches(lambda _: 1, 3)] == [3, 3, 1]


def test_what_has_no_size_does_not_end_a_batch() -> None:
    with ahead(iter([0, 0, 0, 1, 1]), most=100) as stage:
        stage._thread.join(10)
        assert list(stage.batches(lambda item: item, 1)) == [[0, 0, 0, 1], [1]]


def test_an_error_is_raised_after_what_came_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("no disk")

    with ahead(items()) as stage:
        batches = stage.batches(lambda _: 1, 9)
        assert next(batches) == [1]
        with pytest.raises(OSError, match="no disk"):
            next(batches)


def test_an_interrupt_does_not_wait_for_the_item_at_hand() -> None:
    hold = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert hold.wait(30)
        yield 2
        yield 3

    stage = ahead(items())
    with pytest.raises(KeyboardInterrupt), stage:
        raise KeyboardInterrupt
    assert stage._thread.is_alive()
    hold.set()
    stage._thread.join(10)
    assert not stage._thread.is_alive()


def test_leaving_early_ends_the_thread() -> None:
    with ahead(iter(range(1000))) as stage:
        next(stage.batches(lambda _: 1, 1))
    assert not stage._thread.is_alive()
