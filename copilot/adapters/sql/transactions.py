"""Transactions on SQL: one connection, one commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from copilot.transaction import Transaction
from knowledge.errors import IndexUnavailable

#: Nothing that is done inside a transaction takes a second; whoever waits longer than this is told.
_PATIENCE_S = 30.0


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
            IndexUnavailable: the database did not let anybody write for a long time.
        """
        if self._engine.dialect.name != "sqlite":
            with self._engine.begin() as connection:
                yield SqlTransaction(connection)
            return
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise IndexUnavailable("The database is busy. Try again.")
        try:
            with self._engine.begin() as connection:
                _take_turn(connection)
                yield SqlTransaction(connection)
        finally:
            self._turn.release()


def _take_turn(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:  # another process has been writing for longer than the busy timeout
        raise IndexUnavailable(f"The database cannot be written now ({error.orig}). Try again.") from error


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
