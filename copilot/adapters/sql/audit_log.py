"""The audit log on SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import Connection, Engine, insert, select, update

from copilot.adapters.sql.tables import audit_head, audit_log
from copilot.audit.entry import BEGINNING, Entry, Event, chained
from copilot.audit.surface import Surface
from copilot.transaction import Transaction

_AT_ONCE = 500


class SqlAuditLog:
    """Implements `AuditLog`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, transaction: Transaction, event: Event) -> Entry:
        """Chain an event to the last entry; the head row is taken first, so that writers wait for each other."""
        connection = cast(Connection, transaction)
        if connection.execute(update(audit_head).values(number=audit_head.c.number)).rowcount == 0:
            connection.execute(insert(audit_head).values(id=1, number=0, hash=BEGINNING))
        head = connection.execute(select(audit_head.c.number, audit_head.c.hash)).one()
        entry = chained(event, head.number + 1, head.hash)
        connection.execute(
            insert(audit_log).values(
                number=entry.number,
                action=event.action,
                actor=event.actor,
                subject=event.subject,
                surface=event.surface.value,
                at=event.at.astimezone(UTC).isoformat(timespec="microseconds"),
                details=dict(event.details),
                previous=entry.previous,
                hash=entry.hash,
            )
        )
        connection.execute(update(audit_head).values(number=entry.number, hash=entry.hash))
        return entry

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return the entries with a number above `after`, in order."""
        while True:
            query = select(audit_log).where(audit_log.c.number > after).order_by(audit_log.c.number).limit(_AT_ONCE)
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                event = Event(
                    action=row.action,
                    actor=row.actor,
                    subject=row.subject,
                    surface=Surface(row.surface),
                    at=datetime.fromisoformat(row.at),
                    details=row.details,
                )
                yield Entry(number=row.number, event=event, previous=row.previous, hash=row.hash)
            if not rows:
                return
            after = rows[-1].number

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry as noted beside the log."""
        with self._engine.connect() as connection:
            row = connection.execute(select(audit_head.c.number, audit_head.c.hash)).first()
        return (row.number, row.hash) if row else (0, BEGINNING)
