"""How fast people ask, on SQL, for all processes that share a database."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from itertools import count

from sqlalchemy import Engine, case, delete, select

from copilot.adapters.sql.tables import paces
from copilot.adapters.sql.upsert import upsert
from copilot.people.pace import Rate, wait

#: How often what says nothing any more is removed.
_SWEEP_EVERY = 200


class SqlPaces:
    """Implements `Paces` by one statement, so that of many at once no more get through than may."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells seconds since 1970; those of the processes are a second apart at most (`copilot doctor`)."""
        self._engine = engine
        self._clock = clock
        self._taken = count(1)

    def take(self, key: str, rate: Rate) -> int:
        """Count a request; 0: go on, else the seconds until the next one is welcome."""
        now, hashed = self._clock(), hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        with self._engine.begin() as connection:
            if next(self._taken) % _SWEEP_EVERY == 0:
                connection.execute(delete(paces).where(paces.c.full_at < now))
            full_at = case((paces.c.full_at > now, paces.c.full_at), else_=now) + rate.every_s
            counted = (
                upsert(connection, paces)
                .values(key=hashed, full_at=now + rate.every_s)
                .on_conflict_do_update(
                    index_elements=["key"], set_={"full_at": full_at}, where=full_at <= now + rate.room_s
                )
                .returning(paces.c.full_at)
            )
            if connection.execute(counted).first() is not None:
                return 0
            full = connection.execute(select(paces.c.full_at).where(paces.c.key == hashed)).scalar()
        return wait((full or now) + rate.every_s - now - rate.room_s) or 1
