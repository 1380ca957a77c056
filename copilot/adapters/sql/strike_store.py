"""Failed sign-ins on SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import sign_in_failures as failures
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import upsert
from copilot.people.throttle import Strikes
from copilot.transaction import Transaction


class SqlStrikeStore:
    """Implements `StrikeStore`. The row is written before it is read, so that others wait for it."""

    def strike(self, transaction: Transaction, key: str, at: datetime, since: datetime) -> Strikes:
        """Count a failure, from 1 if the first was before `since`."""
        connection = connection_of(transaction)
        old = failures.c.first_at < utc(since)
        counted = (
            upsert(connection, failures)
            .values(key=key, count=1, first_at=utc(at), blocked_until=None)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "count": case((old, 1), else_=failures.c.count + 1),
                    "first_at": case((old, utc(at)), else_=failures.c.first_at),
                },
            )
            .returning(failures.c.count, failures.c.blocked_until)
        )
        row = connection.execute(counted).one()
        return Strikes(count=row[0], blocked_until=aware(row[1]) if row[1] else None)

    def block(self, transaction: Transaction, key: str, until: datetime) -> None:
        """Let nobody try before this moment."""
        blocked = update(failures).where(failures.c.key == key).values(blocked_until=utc(until))
        connection_of(transaction).execute(blocked)

    def forgive(self, transaction: Transaction, key: str) -> None:
        """Take one failure back, and the pause."""
        less = update(failures).where(failures.c.key == key, failures.c.count > 0)
        connection_of(transaction).execute(less.values(count=failures.c.count - 1, blocked_until=None))

    def clear(self, transaction: Transaction, key: str) -> None:
        """Forget all failures."""
        connection_of(transaction).execute(delete(failures).where(failures.c.key == key))

    def sweep(self, transaction: Transaction, first_before: datetime) -> None:
        """Forget what began before this moment."""
        connection_of(transaction).execute(delete(failures).where(failures.c.first_at < utc(first_before)))
