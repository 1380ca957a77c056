"""Port: what waits to be sent, kept in the transaction that asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copilot.delivery.delivery import Delivery, DeliveryStatus
from copilot.drafting.draft import DraftId
from copilot.transaction import Transaction


class Outbox(Protocol):
    """A revision goes to a destination once: asking again returns the delivery there is."""

    def put(self, transaction: Transaction, delivery: Delivery) -> Delivery:
        """Keep a delivery, or return the one of this revision, channel and destination."""
        ...

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, limit: int) -> Sequence[Delivery]:
        """Lease what is due, or whose lease ran out, oldest first; no two workers get the same.

        A claimed delivery is `sending`, and the claim counts as an attempt. Clocks jump: what was never tried is due
        whatever its time says; so is a time more than `LONGEST_WAIT` (copilot/delivery/schedule.py) from now, and a
        lease that ends more than a whole lease after the one asked for has run out: both can only come from a clock
        that was wrong.
        """
        ...

    def update(self, transaction: Transaction, delivery: Delivery) -> None:
        """Keep the new state of a delivery."""
        ...

    def lock(self, transaction: Transaction, id: str) -> Delivery | None:
        """Return a delivery for changing: others who want to change it wait for the end of the transaction."""
        ...

    def get(self, id: str) -> Delivery | None:
        """Return a delivery."""
        ...

    def of(self, draft: DraftId) -> Sequence[Delivery]:
        """Return the deliveries of a draft, oldest first."""
        ...

    def list(self, status: DeliveryStatus | None, limit: int) -> Sequence[Delivery]:
        """Return deliveries, the newest first; None: in any state."""
        ...
