"""The audit log on SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Text, cast, func, insert, select
from sqlalchemy.exc import IntegrityError

from copilot.adapters.sql.moment import utc
from copilot.adapters.sql.tables import audit_head, audit_log
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import put
from copilot.audit.entry import BEGINNING, Entry, Event, chained
from copilot.audit.log import Wanted
from copilot.audit.surface import Surface
from copilot.errors import AuditLogBroken
from copilot.transaction import Transaction

_HEAD = 1  #: id of the one row
_PORTION = 500
#: Shown for an entry whose columns can no longer be read; its hash cannot fit.
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_BROKEN = "The audit log has been changed from outside: {what}. Run `copilot doctor audit`, and restore a backup."


class SqlAuditLog:
    """Implements `AuditLog`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, transaction: Transaction, event: Event) -> Entry:
        """Chain an event to the last entry.

        Raises:
            AuditLogBroken: number and hash of the last entry are gone, or no longer the last; nothing is added then.
        """
        connection = connection_of(transaction)
        number, previous = _locked_head(connection)
        entry = chained(event, number + 1, previous)
        try:
            with connection.begin_nested():
                connection.execute(insert(audit_log).values(_row(entry)))
        except IntegrityError as error:
            raise AuditLogBroken(_BROKEN.format(what=f"entry {entry.number} exists beyond its noted end")) from error
        put(connection, audit_head, {"id": _HEAD, "number": entry.number, "hash": entry.hash}, ["id"])
        return entry

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return the entries with a number above `after`, in order, read in portions."""
        query = _readable().order_by(audit_log.c.number)
        while True:
            with self._engine.connect() as connection:
                rows = connection.execute(query.where(audit_log.c.number > after).limit(_PORTION)).all()
            if not rows:
                return
            yield from map(_entry, rows)
            after = rows[-1].number

    def search(self, wanted: Wanted, before: int | None, limit: int) -> Sequence[Entry]:
        """Return entries that fit, the newest first; `before`: only those with a smaller number."""
        query = _readable().order_by(audit_log.c.number.desc()).limit(limit)
        same = ((audit_log.c.action, wanted.action), (audit_log.c.actor, wanted.actor))
        for column, value in (*same, (audit_log.c.subject, wanted.subject)):
            if value is not None:
                query = query.where(column == value)
        # Times are kept as text of one form, which sorts as they do.
        if wanted.since is not None:
            query = query.where(audit_log.c.at >= wanted.since.isoformat())
        if wanted.until is not None:
            query = query.where(audit_log.c.at < (wanted.until + timedelta(days=1)).isoformat())
        if before is not None:
            query = query.where(audit_log.c.number < before)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def known_actions(self) -> Sequence[str]:
        """Return the actions there are, in order."""
        with self._engine.connect() as connection:
            return sorted(connection.execute(select(audit_log.c.action).distinct()).scalars())

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry as noted beside the log."""
        with self._engine.connect() as connection:
            row = connection.execute(select(audit_head).where(audit_head.c.id == _HEAD)).first()
        return (0, BEGINNING) if row is None else (row.number, row.hash)


def _readable() -> Select[Any]:
    """Select details as text: a row whose details were made unreadable from outside must still be reported."""
    columns = [column for column in audit_log.c if column.name != "details"]
    return select(*columns, cast(audit_log.c.details, Text).label("details"))


def _locked_head(connection: Connection) -> tuple[int, str]:
    """Return number and hash of the last entry; other writers wait until the transaction ends."""
    noted = select(audit_head).where(audit_head.c.id == _HEAD).with_for_update()
    row = connection.execute(noted).first()
    if row is None:
        if not connection.execute(select(func.count()).select_from(audit_log)).scalar():
            # The first entry: whoever comes second waits here and then reads what the first one noted.
            _note_beginning(connection)
        # Looked for again: the first writer may have committed since the first look.
        row = connection.execute(noted).first()
        if row is None:
            raise AuditLogBroken(_BROKEN.format(what="its noted end is gone"))
    return row.number, row.hash


def _note_beginning(connection: Connection) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(audit_head).values(id=_HEAD, number=0, hash=BEGINNING))
    except IntegrityError:  # somebody else was first
        return


def _row(entry: Entry) -> dict[str, Any]:
    event = entry.event
    return {
        "number": entry.number,
        "action": event.action,
        "actor": event.actor,
        "subject": event.subject,
        "surface": event.surface.value,
        "at": utc(event.at).isoformat(timespec="microseconds"),
        "details": dict(event.details),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _entry(row: Row[Any]) -> Entry:
    try:
        surface, at, details = Surface(row.surface), datetime.fromisoformat(row.at), dict(json.loads(row.details))
        utc(at)
    except (ValueError, TypeError, OverflowError):
        surface, at, details = Surface.WORKER, _NO_TIME, {}
    event = Event(action=row.action, actor=row.actor, subject=row.subject, surface=surface, at=at, details=details)
    return Entry(number=row.number, event=event, previous=row.previous, hash=row.hash)
