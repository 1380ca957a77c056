"""Transactions on SQL: what the stores get is the connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine


class SqlTransactions:
    """Implements `Transactions`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Commit when the block ends, roll back when it raises."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Taken at once: a transaction that first reads and then writes would fail if another wrote in between.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
