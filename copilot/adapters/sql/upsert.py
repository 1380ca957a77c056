"""Insert what another writer may have inserted a moment ago."""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert for this database that takes `on_conflict_do_update` and `on_conflict_do_nothing`.

    Looking first and inserting then is not enough: on PostgreSQL two writers may both find nothing.
    """
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
