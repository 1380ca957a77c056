"""One writer at a time: among threads, and on PostgreSQL among everybody who shares the database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from copilot.adapters.sql.background_runs import SqlBackgroundRuns
from copilot.adapters.sql.turn import Turn, TurnOf
from copilot.background import DEAD_AFTER, KEPT, BackgroundRun
from tests.databases import open_tables
from tests.postgres_server import PostgresServer

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def shared(postgres: PostgresServer) -> Iterator[tuple[Engine, Engine]]:
    """Two processes, as far as the database can tell."""
    url = postgres.lend()
    first, second = open_tables(url), open_tables(url)
    yield first, second
    first.dispose()
    second.dispose()
    postgres.take_back(url)


def test_a_second_thread_waits(engine: Engine) -> None:
    turn, order = Turn(engine, TurnOf.WRITING_THE_INDEX), ["first"]

    def second() -> None:
        with turn:
            order.append("second")

    with turn:
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not turn.acquire(timeout=0)
        assert turn.taken()
        assert not turn.lost()
        order.append("first again")
    waiting.join(10)
    assert order == ["first", "first again", "second"]
    assert not turn.taken()


def test_another_process_waits(shared: tuple[Engine, Engine]) -> None:
    here, there = (Turn(engine, TurnOf.WRITING_THE_INDEX) for engine in shared)
    with here:
        assert not there.acquire(timeout=0)
        assert there.taken()
        with Turn(shared[1], TurnOf.WRITING_APPROVED):  # another matter
            pass
    assert there.acquire(timeout=5)
    assert not here.acquire(timeout=0)
    there.release()
    assert not here.taken()


def test_whoever_loses_the_connection_loses_the_turn_and_is_told(shared: tuple[Engine, Engine]) -> None:
    here, there = (Turn(engine, TurnOf.WRITING_THE_INDEX) for engine in shared)
    with here:
        with shared[1].connect() as connection:
            end = text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
            connection.execute(end)
        here._sure_at = 0.0  # as if it had been asked long ago
        assert here.lost()
        assert there.acquire(timeout=5)
        there.release()
    assert not here.taken()  # and letting go of what is lost does no harm


def test_background_runs_are_told_cancelled_and_forgotten(engine: Engine) -> None:
    runs = SqlBackgroundRuns(engine)
    first = BackgroundRun(id="a", kind="k", person="li", running=True, body="{}", begun_at=NOW, seen_at=NOW)
    runs.begin(first)
    assert runs.get("a") == first
    assert not runs.beat("a", '{"done": 1}', NOW + timedelta(seconds=1))
    runs.cancel("a")
    assert runs.beat("a", '{"done": 2}', NOW + timedelta(seconds=2))
    (seen,) = runs.recent("k", 5)
    assert (seen.body, seen.died(NOW + DEAD_AFTER), seen.died(NOW + 2 * DEAD_AFTER)) == ('{"done": 2}', False, True)
    runs.end("a", '{"done": 3}', NOW)
    assert not runs.beat("a", '{"done": 2}', NOW)  # too late: how it ended stays
    ended = runs.get("a")
    assert ended is not None
    assert (ended.running, ended.body, ended.died(NOW + 2 * DEAD_AFTER)) == (False, '{"done": 3}', False)
    later = NOW + KEPT + timedelta(seconds=1)
    runs.begin(BackgroundRun(id="b", kind="k", person="", running=True, body="{}", begun_at=later, seen_at=later))
    assert [one.id for one in runs.recent("k", 5)] == ["b"]
    assert runs.recent("other", 5) == []
