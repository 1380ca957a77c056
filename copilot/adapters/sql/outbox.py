"""The outbox on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from copilot.adapters.sql.tables import deliveries
from copilot.adapters.sql.transactions import connection_of
from copilot.delivery.delivery import ChannelName, Delivery, DeliveryStatus
from copilot.delivery.schedule import LONGEST_WAIT
from copilot.drafting.draft import DraftId
from copilot.transaction import Transaction


class SqlOutbox:
    """Implements `Outbox`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, transaction: Transaction, delivery: Delivery) -> Delivery:
        """Keep a delivery, or return the one of this revision, channel and destination."""
        connection = connection_of(transaction)
        # Two who ask at once: the second waits for the first here and then finds its row.
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(deliveries).values(_values(delivery)).on_conflict_do_nothing())
        query = select(deliveries).where(
            deliveries.c.draft_id == delivery.draft_id,
            deliveries.c.revision == delivery.revision,
            deliveries.c.channel == delivery.channel.value,
            deliveries.c.destination == delivery.destination,
        )
        return _delivery(connection.execute(query).one())

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, limit: int) -> Sequence[Delivery]:
        """Lease what is due, or whose lease ran out, oldest first."""
        connection = connection_of(transaction)
        now, leased_until = now.astimezone(UTC), leased_until.astimezone(UTC)
        due = and_(
            deliveries.c.status == DeliveryStatus.QUEUED.value,
            or_(
                deliveries.c.attempts == 0,
                deliveries.c.due_at <= now,
                deliveries.c.due_at > now + LONGEST_WAIT,
            ),
        )
        ran_out = and_(
            deliveries.c.status == DeliveryStatus.SENDING.value,
            or_(
                deliveries.c.leased_until.is_(None),
                deliveries.c.leased_until <= now,
                deliveries.c.leased_until > leased_until + (leased_until - now),
            ),
        )
        query = (
            select(deliveries)
            .where(or_(due, ran_out))
            .order_by(deliveries.c.due_at, deliveries.c.created_at, deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # SQLite has no such thing and needs none: it has one writer at a time
        )
        claimed = [_delivery(row) for row in connection.execute(query)]
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_([one.id for one in claimed]))
            .values(status=DeliveryStatus.SENDING.value, leased_until=leased_until, attempts=deliveries.c.attempts + 1)
        )
        return [one.claimed(leased_until) for one in claimed]

    def update(self, transaction: Transaction, delivery: Delivery) -> None:
        """Keep the new state of a delivery."""
        changed = update(deliveries).where(deliveries.c.id == delivery.id).values(_values(delivery))
        connection_of(transaction).execute(changed)

    def lock(self, transaction: Transaction, id: str) -> Delivery | None:
        """Return a delivery for changing."""
        query = select(deliveries).where(deliveries.c.id == id).with_for_update()
        row = connection_of(transaction).execute(query).first()
        return None if row is None else _delivery(row)

    def get(self, id: str) -> Delivery | None:
        """Return a delivery."""
        with self._engine.connect() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.id == id)).first()
        return None if row is None else _delivery(row)

    def of(self, draft: DraftId) -> Sequence[Delivery]:
        """Return the deliveries of a draft, oldest first."""
        query = select(deliveries).where(deliveries.c.draft_id == draft)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(deliveries.c.created_at, deliveries.c.id))
            return [_delivery(row) for row in rows]

    def list(self, status: DeliveryStatus | None, limit: int) -> Sequence[Delivery]:
        """Return deliveries, the newest first."""
        query = select(deliveries).order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc()).limit(limit)
        if status is not None:
            query = query.where(deliveries.c.status == status.value)
        with self._engine.connect() as connection:
            return [_delivery(row) for row in connection.execute(query)]


def _values(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "draft_id": delivery.draft_id,
        "revision": delivery.revision,
        "channel": delivery.channel.value,
        "destination": delivery.destination,
        "status": delivery.status.value,
        "attempts": delivery.attempts,
        "due_at": delivery.due_at.astimezone(UTC),
        "leased_until": _utc(delivery.leased_until),
        "code": delivery.code,
        "detail": delivery.detail,
        "receipt": delivery.receipt,
        "requested_by": delivery.requested_by,
        "created_at": delivery.created_at.astimezone(UTC),
        "sent_at": _utc(delivery.sent_at),
    }


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        draft_id=DraftId(row.draft_id),
        revision=row.revision,
        channel=ChannelName(row.channel),
        destination=row.destination,
        status=DeliveryStatus(row.status),
        attempts=row.attempts,
        due_at=_read(row.due_at),
        leased_until=None if row.leased_until is None else _read(row.leased_until),
        code=row.code,
        detail=row.detail,
        receipt=row.receipt,
        requested_by=row.requested_by,
        created_at=_read(row.created_at),
        sent_at=None if row.sent_at is None else _read(row.sent_at),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _read(moment: datetime) -> datetime:
    """SQLite forgets the zone; everything is written in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
