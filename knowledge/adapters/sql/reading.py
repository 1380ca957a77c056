"""Reading one statement at a time without a transaction around it."""

from __future__ import annotations

from sqlalchemy import Engine


def reading(engine: Engine) -> Engine:
    """Return an engine of the same connections for methods that read with single statements.

    PostgreSQL starts and ends a transaction in a message each, which wait for a reply as the statement does: two of
    three. Each statement sees what is committed when it starts, in a transaction (READ COMMITTED) or not. SQLite begins
    none to read.
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else engine
