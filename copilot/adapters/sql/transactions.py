"""Transactions on SQL: one connection, one commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from copilot.transaction import Transaction


class SqlTransaction:
    """Implements `Transaction`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class SqlTransactions:
    """Implements `Transactions`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Commit when the block ends, roll back when it raises."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Taken at once: a transaction that first reads and then writes would fail if another wrote in between.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield SqlTransaction(connection)


def connection_of(transaction: Transaction) -> Connection:
    """Return what a store of this package writes through.

    Raises:
        TypeError: the transaction was opened by something else.
    """
    if not isinstance(transaction, SqlTransaction):
        raise TypeError(f"{type(transaction).__name__} is no transaction of this database")
    return transaction.connection
