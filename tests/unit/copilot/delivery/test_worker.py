"""The loop goes on whatever happens, wakes when told to, and ends when told to."""

from __future__ import annotations

import signal
import threading

import pytest

from copilot.cli.deliveries import run_worker
from copilot.delivery.worker import DeliveryWorker

LONG_S = 60.0


def test_it_works_off_what_there_is_and_then_waits_to_be_woken() -> None:
    left, looked = [1, 2, 3], threading.Semaphore(0)

    def step() -> bool:
        looked.release()
        return bool(left) and bool(left.pop())

    worker = DeliveryWorker(step, look_every_s=LONG_S)
    worker.start()
    for _ in range(4):
        assert looked.acquire(timeout=5)
    assert not looked.acquire(timeout=0.05)
    worker.wake()
    assert looked.acquire(timeout=5)
    assert worker.stop(5)


def test_being_woken_while_looking_is_not_slept_over() -> None:
    looked = threading.Semaphore(0)

    def step() -> bool:
        if looked._value == 0:
            worker.wake()
        looked.release()
        return False

    worker = DeliveryWorker(step, look_every_s=LONG_S)
    worker.start()
    assert looked.acquire(timeout=5)
    assert looked.acquire(timeout=5)
    assert worker.stop(5)


def test_house_is_kept_once_what_waits_is_sent_and_then_only_now_and_then() -> None:
    done: list[str] = []
    left, kept = [1, 2], threading.Event()

    def step() -> bool:
        done.append("step")
        return bool(left) and bool(left.pop())

    def keep() -> None:
        done.append("house")
        kept.set()

    worker = DeliveryWorker(step, housekeeping=keep, look_every_s=0.01)
    worker.start()
    assert kept.wait(5)
    while len(done) < 8:
        worker.wake()
    assert worker.stop(5)
    assert done[:4] == ["step", "step", "step", "house"]
    assert done.count("house") == 1


def test_house_is_kept_again_when_its_time_has_come() -> None:
    kept = threading.Semaphore(0)
    worker = DeliveryWorker(lambda: False, housekeeping=kept.release, housekeeping_every_s=0.0, look_every_s=0.001)
    worker.start()
    assert all(kept.acquire(timeout=5) for _ in range(3))
    assert worker.stop(5)


def test_what_breaks_a_step_does_not_end_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    again = threading.Event()
    failures = iter([OSError("the database is away")])

    def step() -> bool:
        for failure in failures:
            raise failure
        again.set()
        return False

    worker = DeliveryWorker(step, rest_s=0.01)
    worker.start()
    assert again.wait(5)
    assert worker.stop(5)
    assert "cannot be looked at" in caplog.text


def test_an_attempt_under_way_does_not_hold_up_the_stop() -> None:
    begun, ends = threading.Event(), threading.Event()

    def step() -> bool:
        begun.set()
        ends.wait(5)
        return False

    worker = DeliveryWorker(step)
    worker.start()
    assert begun.wait(5)
    assert not worker.stop(0.05)
    ends.set()
    assert worker.stop(5)


def test_what_was_told_to_stop_does_not_begin() -> None:
    worker = DeliveryWorker(lambda: pytest.fail("it looked"))
    worker.ask_to_stop()
    worker.run()
    assert worker.stop()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_alone_it_ends_with_a_signal_after_the_attempt_it_is_in(name: signal.Signals) -> None:
    done: list[str] = []

    def step() -> bool:
        signal.raise_signal(name)
        done.append("attempt")
        return True

    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        run_worker(DeliveryWorker(step))
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert done == ["attempt"]
