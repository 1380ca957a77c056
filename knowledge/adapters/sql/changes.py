"""The count of changes: a new revision for readers, a queue for writers."""

from __future__ import annotations

from sqlalchemy import Connection, select

from knowledge.adapters.sql.tables import index_changes
from knowledge.adapters.sql.upsert import upsert


def count_change(connection: Connection) -> None:
    """Make `revision` another one, in the caller's transaction.

    Whatever changes searchable rows comes here first: on PostgreSQL, writers wait for each other at this one row, as on
    SQLite they do at the whole database, and so never deadlock further on.
    """
    first = upsert(connection, index_changes).values(id=1, count=1)
    more = {"count": index_changes.c.count + 1}
    connection.execute(first.on_conflict_do_update(index_elements=[index_changes.c.id], set_=more))


def await_turn(connection: Connection) -> None:
    """Wait for those who change searchable rows, without changing any."""
    connection.execute(select(index_changes.c.count).with_for_update())
