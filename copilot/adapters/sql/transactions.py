"""Transactions on SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine


class SqlTransactions:
    """Implements `Transactions`; what it hands out is the connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Commit when the block ends, roll back when it raises."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Taken at once: two that read first and write then would otherwise end in a failure of one of them.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
