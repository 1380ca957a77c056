"""Transactions on SQL: one connection, one commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from copilot.adapters.sql.sqlite import be_patient, take_turn
from copilot.adapters.sql.waiting import wait_of
from copilot.transaction import Transaction
from knowledge.errors import DatabaseBusy


class SqlTransaction:
    """Implements `Transaction`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class SqlTransactions:
    """Implements `Transactions`.

    SQLite has one writer at a time and refuses one who has read before another wrote, so a transaction takes the right
    to write at its start (`BEGIN IMMEDIATE`); threads of this process queue for it, since SQLite lets waiters race.
    On PostgreSQL rows are locked by those who read them for changing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Commit when the block ends, roll back when it raises.

        Raises:
            DatabaseBusy: the database did not let anybody write for as long as the settings wait.
            DatabaseUnavailable: it cannot be reached, or was lost on the way.
        """
        if self._engine.dialect.name != "sqlite":
            with self._engine.begin() as connection:
                yield SqlTransaction(connection)
            return
        wait_s = wait_of(self._engine)
        ends = time.monotonic() + wait_s
        if not self._turn.acquire(timeout=wait_s):
            raise DatabaseBusy("Others have been writing the database for too long. Nothing was changed. Try again.")
        try:
            with self._engine.begin() as connection:
                try:
                    # Who has queued here has waited already: the bound holds for both waits together.
                    take_turn(connection, ends - time.monotonic())
                    yield SqlTransaction(connection)
                finally:
                    be_patient(connection, wait_s)
        finally:
            self._turn.release()


def connection_of(transaction: Transaction) -> Connection:
    """Return what a store of this package writes through.

    Raises:
        TypeError: the transaction was opened by something else.
    """
    if not isinstance(transaction, SqlTransaction):
        raise TypeError(f"{type(transaction).__name__} is no transaction of this database")
    return transaction.connection


def joining(connection: object) -> SqlTransaction:
    """Return the transaction that another store of this database has opened, to write along in it.

    Raises:
        TypeError: it is no connection of this database.
    """
    if not isinstance(connection, Connection):
        raise TypeError(f"{type(connection).__name__} is no connection of this database")
    return SqlTransaction(connection)
