"""Requests for a person on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, Select, func, insert, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import conversations, handovers
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.handover.handover import Handover, HandoverStatus
from copilot.transaction import Transaction


class SqlHandoverStore:
    """Implements `HandoverStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, handover: Handover, due_at: datetime | None) -> None:
        """Keep a new one, starting its conversation if there is none."""
        connection = connection_of(transaction)
        started = {"id": handover.conversation_id, "person": handover.person, "created_at": utc(handover.created_at)}
        insert_new(connection, conversations, started)
        connection.execute(insert(handovers).values(_row(handover, due_at)))

    def change(self, transaction: Transaction, handover: Handover, due_at: datetime | None) -> None:
        """Keep its new state."""
        changed = update(handovers).where(handovers.c.id == handover.id).values(_row(handover, due_at))
        connection_of(transaction).execute(changed)

    def get(self, id: str) -> Handover | None:
        """Return one."""
        return self._first(select(handovers).where(handovers.c.id == id))

    def open_of(self, conversation_id: str) -> Handover | None:
        """Return the open one of a conversation."""
        return self._first(
            select(handovers).where(
                handovers.c.conversation_id == conversation_id, handovers.c.status == HandoverStatus.OPEN.value
            )
        )

    def last_of(self, conversation_id: str) -> Handover | None:
        """Return the newest one of a conversation, open or done."""
        query = select(handovers).where(handovers.c.conversation_id == conversation_id)
        return self._first(query.order_by(handovers.c.created_at.desc(), handovers.c.id).limit(1))

    def list(self, status: HandoverStatus, limit: int, offset: int) -> Sequence[Handover]:
        """Return those that stand so: open ones oldest first, done ones newest first."""
        query = select(handovers).where(handovers.c.status == status.value)
        opened = status is HandoverStatus.OPEN
        order = (handovers.c.created_at, handovers.c.id) if opened else (handovers.c.done_at.desc(), handovers.c.id)
        with self._engine.connect() as connection:
            return [_handover(row) for row in connection.execute(query.order_by(*order).limit(limit).offset(offset))]

    def count_open(self, person: str) -> int:
        """Return how many open ones a person has."""
        mine = (handovers.c.person == person, handovers.c.status == HandoverStatus.OPEN.value)
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(handovers).where(*mine)).scalar_one()

    def count(self, status: HandoverStatus) -> int:
        """Return how many stand so."""
        query = select(func.count()).select_from(handovers).where(handovers.c.status == status.value)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def take(self, now: datetime, leased_until: datetime) -> Handover | None:
        """Take the one whose places have waited longest; nobody else gets it before the lease ends."""
        due = handovers.c.due_at <= utc(now)
        with self._engine.begin() as connection:
            query = select(handovers).where(due).order_by(handovers.c.due_at, handovers.c.id).limit(1)
            row = connection.execute(query).first()
            if row is None:
                return None
            taken = update(handovers).where(handovers.c.id == row.id, due).values(due_at=utc(leased_until))
            if not connection.execute(taken).rowcount:
                return None  # another process was faster
        return _handover(row)

    def _first(self, query: Select[Any]) -> Handover | None:
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _handover(row)


def _row(one: Handover, due_at: datetime | None) -> dict[str, Any]:
    return vars(one) | {
        "status": one.status.value,
        "telling": list(one.telling),
        "created_at": utc(one.created_at),
        "done_at": utc(one.done_at) if one.done_at else None,
        "told_at": utc(one.told_at) if one.told_at else None,
        "due_at": utc(due_at) if due_at else None,
    }


def _handover(row: Row[Any]) -> Handover:
    return Handover(
        id=row.id,
        conversation_id=row.conversation_id,
        person=row.person,
        question=row.question,
        contact=row.contact,
        message=row.message,
        language="en" if row.language == "en" else "zh",
        created_at=aware(row.created_at),
        status=HandoverStatus(row.status),
        locked=row.locked,
        done_at=aware(row.done_at) if row.done_at else None,
        done_by=row.done_by,
        told_at=aware(row.told_at) if row.told_at else None,
        telling=tuple(row.telling),
        attempts=row.attempts,
    )
