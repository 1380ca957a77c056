"""What counting requests on a database promises, and that it is what counting in memory does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, select

from copilot.adapters.sql import paces as of_this
from copilot.adapters.sql.paces import SqlPaces
from copilot.adapters.sql.tables import paces as table
from copilot.people.pace import KeptPaces, Rate

RATE = Rate(burst=3, every_s=5.0)


def test_it_counts_as_in_memory(engine: Engine) -> None:
    now = [1000.0]
    kept, sql = KeptPaces(clock=lambda: now[0]), SqlPaces(engine, clock=lambda: now[0])
    for step in (0, 0, 0.5, 0, 0, 4.5, 0, 0, 11, 0, 0, 0, 60, 0, 0, 0, 0):
        now[0] += step
        assert kept.take("a", RATE) == sql.take("a", RATE)


def test_processes_count_together_and_no_more_get_through_at_once(engine: Engine) -> None:
    ones = [SqlPaces(engine, clock=lambda: 1000.0) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(lambda number: ones[number % 4].take("a", RATE), range(16)))
    assert waits.count(0) == RATE.burst


def test_nobody_can_be_read_from_what_is_kept_and_it_does_not_grow(engine: Engine) -> None:
    now = [1000.0]
    paces = SqlPaces(engine, clock=lambda: now[0])
    for number in range(20):
        paces.take(f"ask:li-{number}", RATE)
    with engine.connect() as connection:
        assert not any("li" in key for key in connection.execute(select(table.c.key)).scalars())
    now[0] += 60
    for _ in range(of_this._SWEEP_EVERY):
        paces.take("ask:one", Rate(burst=10**6, every_s=1e-3))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar() == 1
