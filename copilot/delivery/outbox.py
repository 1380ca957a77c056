"""Port: what waits to be sent, kept in the transaction that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copilot.delivery.delivery import Delivery
from copilot.drafting.draft import DraftId
from copilot.transaction import Transaction


class Outbox(Protocol):
    """A revision goes to a destination once: asking again returns the delivery there is."""

    def put(self, transaction: Transaction, delivery: Delivery) -> Delivery:
        """Keep a delivery, or return the one of this revision, channel and destination."""
        ...

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, limit: int) -> Sequence[Delivery]:
        """Lease what is due, or whose lease ran out, oldest first; no two workers get the same."""
        ...

    def update(self, transaction: Transaction, delivery: Delivery) -> None:
        """Keep the new state of a delivery."""
        ...

    def get(self, id: str) -> Delivery | None:
        """Return a delivery."""
        ...

    def of(self, draft: DraftId) -> Sequence[Delivery]:
        """Return the deliveries of a draft, oldest first."""
        ...
