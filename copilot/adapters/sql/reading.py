"""Reading one statement at a time without a transaction around it; why: `knowledge/adapters/sql/reading.py`."""

from __future__ import annotations

from sqlalchemy import Engine


def reading(engine: Engine) -> Engine:
    """Return an engine of the same connections for what is read with every request, by single statements."""
    return engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else engine
