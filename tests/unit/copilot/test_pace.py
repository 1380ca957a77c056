"""How much one caller may ask for, and how many questions are answered at a time."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import ServerBusy, TooManyQuestions
from copilot.interfaces.api.pacing import WORKS, Turns
from copilot.interfaces.api.scopes import ROUTES
from copilot.people.pace import KeptPaces, Pacing, Rate, Rates, Work


def test_who_asks_too_fast_waits_and_others_do_not() -> None:
    now = [0.0]
    paces, rate = KeptPaces(clock=lambda: now[0]), Rate(burst=3, every_s=5.0)
    assert [paces.take("a", rate) for _ in range(4)] == [0, 0, 0, 5]
    assert paces.take("b", rate) == 0
    now[0] = 5.0
    assert [paces.take("a", rate), paces.take("a", rate)] == [0, 5]


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5), st.floats(0.1, 10))
def test_no_pattern_of_asking_gets_more_than_the_rate(pauses: list[float], burst: int, every_s: float) -> None:
    now = [0.0]
    paces, rate = KeptPaces(clock=lambda: now[0]), Rate(burst=burst, every_s=every_s)
    passed = []
    for pause in pauses:
        now[0] += pause
        if paces.take("a", rate) == 0:
            passed.append(now[0])
    for first, at in enumerate(passed):
        within = sum(at <= later <= at + every_s * burst for later in passed[first:])
        assert within <= 2 * burst  # a full bucket, and what came back meanwhile


def test_kinds_of_work_are_counted_apart_and_visitors_have_a_twentieth() -> None:
    pacing = Pacing(Rates.read(["ask=40", "search=2", "other=0"]), here=KeptPaces(clock=lambda: 0.0))
    assert [bool(pacing.take("li", Work.SEARCH)) for _ in range(3)] == [False, False, True]
    assert pacing.take("li", Work.ASK) == 0
    assert [bool(pacing.take("visitor:x", Work.ASK, visitor=True)) for _ in range(3)] == [False, False, True]
    assert not any(pacing.take("li", Work.OTHER) for _ in range(5000))


@pytest.mark.parametrize("entry", ["ask", "ask=", "ask=-1", "ask=1.5", "think=5", "ask=１", "ask=99999999"])
def test_a_rate_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Rates.read([entry])


def test_every_route_that_is_counted_exists() -> None:
    assert set(WORKS) <= set(ROUTES)


def test_paid_work_is_counted_for_all_processes_together() -> None:
    shared = KeptPaces(clock=lambda: 0.0)
    one, other = (Pacing(Rates.read(["ask=2"]), shared=shared) for _ in range(2))
    assert [one.take("li", Work.ASK), other.take("li", Work.ASK)] == [0, 0]
    assert one.take("li", Work.ASK) > 0
    assert other.take("li", Work.SEARCH) == 0


def test_of_many_threads_no_more_get_through_than_may() -> None:
    paces, rate, passed = KeptPaces(clock=lambda: 0.0), Rate(burst=7, every_s=1.0), []
    threads = [threading.Thread(target=lambda: passed.append(paces.take("a", rate))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(0) == 7


def test_turns_are_given_in_the_order_of_arrival() -> None:
    order: list[str] = []

    async def ask(turns: Turns, name: str) -> None:
        async with turns.turn(name):
            order.append(name)
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        turns = Turns(1)
        await asyncio.gather(*(ask(turns, name) for name in "abcde"))

    asyncio.run(all_of_them())
    assert order == list("abcde")


def test_who_waits_too_long_or_behind_too_many_is_told_so() -> None:
    async def full() -> None:
        turns = Turns(1, waiting=1, wait_s=0.01)
        async with turns.turn("a"):
            waiting = asyncio.create_task(_ask(turns, "b"))
            await asyncio.sleep(0)
            with pytest.raises(ServerBusy):
                await _ask(turns, "c")
            with pytest.raises(ServerBusy):
                await waiting
        await _ask(turns, "d")  # and afterwards it goes on

    asyncio.run(full())


def test_one_visitor_cannot_take_all_places() -> None:
    async def greedy() -> None:
        turns, gate = Turns(100), asyncio.Event()

        async def hold() -> None:
            async with turns.turn("greedy", most=6):
                await gate.wait()

        held = [asyncio.create_task(hold()) for _ in range(6)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyQuestions):
            async with turns.turn("greedy", most=6):
                pytest.fail("a seventh")
        await _ask(turns, "other")
        gate.set()
        await asyncio.gather(*held)
        await _ask(turns, "greedy")

    asyncio.run(greedy())


def test_a_waiting_asker_who_goes_loses_no_turn() -> None:
    async def leaves() -> None:
        turns = Turns(1)
        async with turns.turn("a"):
            gone = asyncio.create_task(_ask(turns, "b"))
            stays = asyncio.create_task(_ask(turns, "c"))
            await asyncio.sleep(0)
            gone.cancel()
        await stays
        assert (await asyncio.gather(gone, return_exceptions=True))[0].__class__ is asyncio.CancelledError
        await _ask(turns, "d")

    asyncio.run(leaves())


async def _ask(turns: Turns, name: str) -> None:
    async with turns.turn(name):
        pass
