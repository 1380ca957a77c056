"""One at a time: among the threads of a process and, on PostgreSQL, among all processes that share the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from types import TracebackType

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from knowledge.errors import IndexUnavailable

#: How often a process asks whether it is its turn; waiting in the server would run into its limit for statements.
_ASKED_S = 0.1
#: How often a holder makes sure that the server still knows it.
_SURE_S = 2.0


class TurnOf(IntEnum):
    """What is done by one at a time; the value is the number of an advisory lock, fixed for good."""

    WRITING_THE_INDEX = 0x636F7001
    WRITING_APPROVED = 0x636F7002
    REBUILDING = 0x636F7003


class Turn:
    """Held by one; given back by the server when the process or its connection dies.

    On SQLite one process owns the home, so its threads are all there is. A pooler between us and PostgreSQL has to keep
    sessions (`pool_mode = session` of PgBouncer): an advisory lock belongs to one.
    """

    def __init__(self, engine: Engine, of: TurnOf) -> None:
        self._engine = engine
        self._of = of
        self._here = threading.Lock()
        self._held: Connection | None = None
        self._sure_at = 0.0

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for the turn, for `timeout` seconds or, by default, for ever; False when it did not come.

        Raises:
            IndexUnavailable: the database cannot be asked.
        """
        ends = time.monotonic() + timeout
        if not self._here.acquire(timeout=timeout):
            return False
        try:
            if self._engine.dialect.name != "postgresql" or self._take(ends if timeout >= 0 else None):
                return True
        except BaseException:
            self._here.release()
            raise
        self._here.release()
        return False

    def release(self) -> None:
        """Give the turn back."""
        held, self._held = self._held, None
        if held is not None:
            try:
                held.execute(text("SELECT pg_advisory_unlock(:of)"), {"of": int(self._of)})
            except (IndexUnavailable, SQLAlchemyError):
                held.invalidate()  # nobody else may get a connection with the lock on it
            held.close()
        self._here.release()

    def lost(self) -> bool:
        """Tell its holder, who may ask at any time, whether the connection broke and the turn with it."""
        held, now = self._held, time.monotonic()
        if held is None or now - self._sure_at < _SURE_S:
            return False
        try:
            held.execute(text("SELECT 1"))
        except (IndexUnavailable, SQLAlchemyError):
            return True
        self._sure_at = now
        return False

    def taken(self) -> bool:
        """Tell whether anybody has it, here or elsewhere."""
        if self._engine.dialect.name != "postgresql":
            return self._here.locked()
        with self._engine.connect() as connection:
            held = text(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :of "
                "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
            )
            return bool(connection.execute(held, {"of": int(self._of)}).scalar_one())

    @contextmanager
    def settled(self, timeout: float) -> Iterator[None]:
        """Wait, for so long, until nobody in this process has it, and keep it from everybody here meanwhile."""
        mine = self._here.acquire(timeout=timeout)
        try:
            yield
        finally:
            if mine:
                self._here.release()

    def __enter__(self) -> Turn:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _take(self, ends: float | None) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            while not connection.execute(text("SELECT pg_try_advisory_lock(:of)"), {"of": int(self._of)}).scalar_one():
                if ends is not None and time.monotonic() >= ends:
                    connection.close()
                    return False
                time.sleep(_ASKED_S)
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self._held, self._sure_at = connection, time.monotonic()
        return True
