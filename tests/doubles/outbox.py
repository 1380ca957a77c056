"""An outbox in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from copilot.delivery.delivery import Delivery, DeliveryStatus
from copilot.delivery.schedule import LONGEST_WAIT
from copilot.drafting.draft import DraftId
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemoryOutbox:
    """Implements `Outbox`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    @property
    def kept(self) -> dict[str, Delivery]:
        """The deliveries by id."""
        return self._database.deliveries

    def put(self, transaction: Transaction, delivery: Delivery) -> Delivery:
        """Keep a delivery, or return the one of this revision, channel and destination."""
        for kept in self.kept.values():
            if _way(kept) == _way(delivery):
                return kept
        self.kept[delivery.id] = delivery
        return delivery

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, limit: int) -> Sequence[Delivery]:
        """Lease what is due, or whose lease ran out, oldest first."""

        def due(one: Delivery) -> bool:
            if one.status is DeliveryStatus.QUEUED:
                return one.attempts == 0 or not now < one.due_at <= now + LONGEST_WAIT
            end, last = one.leased_until, leased_until + (leased_until - now)
            return one.status is DeliveryStatus.SENDING and (end is None or not now < end <= last)

        chosen = sorted(filter(due, self.kept.values()), key=lambda one: (one.due_at, one.created_at, one.id))[:limit]
        claimed = [one.claimed(leased_until) for one in chosen]
        self.kept.update({one.id: one for one in claimed})
        return claimed

    def update(self, transaction: Transaction, delivery: Delivery) -> None:
        """Keep the new state of a delivery."""
        if delivery.id in self.kept:
            self.kept[delivery.id] = delivery

    def lock(self, transaction: Transaction, id: str) -> Delivery | None:
        """Return a delivery for changing."""
        return self.kept.get(id)

    def get(self, id: str) -> Delivery | None:
        """Return a delivery."""
        return self.kept.get(id)

    def of(self, draft: DraftId) -> Sequence[Delivery]:
        """Return the deliveries of a draft, oldest first."""
        return sorted((one for one in self.kept.values() if one.draft_id == draft), key=_age)

    def list(self, status: DeliveryStatus | None, limit: int) -> Sequence[Delivery]:
        """Return deliveries, the newest first."""
        chosen = [one for one in self.kept.values() if status in (None, one.status)]
        return sorted(chosen, key=_age, reverse=True)[:limit]


def _way(one: Delivery) -> tuple[str, int, str, str]:
    return (one.draft_id, one.revision, one.channel.value, one.destination)


def _age(one: Delivery) -> tuple[datetime, str]:
    return (one.created_at, one.id)
