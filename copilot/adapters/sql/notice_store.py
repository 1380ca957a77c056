"""Notices on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import notices
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.curating.publishing.notice import Notice
from copilot.transaction import Transaction

_WAITS, _TAKEN = "waits", "taken"


class SqlNoticeStore:
    """Implements `NoticeStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, notice: Notice, *, send: bool) -> bool:
        """Keep a notice; False, changing nothing, when this person was told of this answer."""
        row = vars(notice) | {"created_at": utc(notice.created_at), "seen_at": None, "attempts": 0}
        row |= {"sending": _WAITS, "due_at": utc(notice.created_at)} if send else {"sending": None, "due_at": None}
        return insert_new(connection_of(transaction), notices, row)

    def of(self, person: str, *, unseen: bool, limit: int) -> Sequence[Notice]:
        """Return a person's notices, the newest first."""
        query = select(notices).where(notices.c.person == person)
        if unseen:
            query = query.where(notices.c.seen_at.is_(None))
        query = query.order_by(notices.c.created_at.desc(), notices.c.id).limit(limit)
        with self._engine.connect() as connection:
            return [_notice(row) for row in connection.execute(query)]

    def see(self, id: str, person: str, at: datetime) -> Notice | None:
        """Remember when a person saw it, the first time."""
        mine = (notices.c.id == id, notices.c.person == person)
        with self._engine.begin() as connection:
            unseen = update(notices).where(*mine, notices.c.seen_at.is_(None))
            connection.execute(unseen.values(seen_at=utc(at)))
            row = connection.execute(select(notices).where(*mine)).first()
        return None if row is None else _notice(row)

    def take(self, now: datetime) -> Notice | None:
        """Take the oldest notice that waits to be sent; nobody else gets it afterwards."""
        waits = (notices.c.sending == _WAITS, notices.c.due_at <= utc(now))
        with self._engine.begin() as connection:
            row = connection.execute(select(notices).where(*waits).order_by(notices.c.due_at).limit(1)).first()
            if row is None:
                return None
            taken = update(notices).where(notices.c.id == row.id, *waits)
            if not connection.execute(taken.values(sending=_TAKEN, attempts=notices.c.attempts + 1)).rowcount:
                return None  # another process was faster
        return _notice(row)

    def give_back(self, id: str, until: datetime, at_most: int) -> bool:
        """Let a notice that could not be sent wait until a time; False when it was tried so often already."""
        waiting = update(notices).where(notices.c.id == id, notices.c.attempts < at_most)
        with self._engine.begin() as connection:
            return connection.execute(waiting.values(sending=_WAITS, due_at=utc(until))).rowcount > 0


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        person=row.person,
        gap_id=row.gap_id,
        publication=row.publication,
        document_id=row.document_id,
        section=row.section,
        question=row.question,
        language=row.language,
        created_at=aware(row.created_at),
        seen_at=None if row.seen_at is None else aware(row.seen_at),
    )
