"""Insert what another writer may have inserted a moment ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert for this database that takes `on_conflict_do_update` and `on_conflict_do_nothing`.

    Looking first and inserting then is not enough: on PostgreSQL two writers may both find nothing.
    """
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False when there is one with its primary key or another value that must be unique."""
    new = upsert(connection, table).values(values).on_conflict_do_nothing()
    return connection.execute(new.returning(*table.primary_key)).first() is not None


def put(connection: Connection, table: Table, values: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Insert a row, or change the one with these keys."""
    changed = {name: value for name, value in values.items() if name not in keys}
    new = upsert(connection, table).values(values)
    connection.execute(new.on_conflict_do_update(index_elements=list(keys), set_=changed))
