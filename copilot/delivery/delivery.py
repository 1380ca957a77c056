"""A delivery: one approved revision on its way to one destination."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from copilot.drafting.draft import DraftId


class ChannelName(StrEnum):
    """The ways out."""

    FILE = "file"
    WEBHOOK = "webhook"
    EMAIL = "email"
    SLACK = "slack"
    CRM = "crm"


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"  #: waits for its time, or for the worker
    SENDING = "sending"  #: leased by a worker
    SENT = "sent"
    BLOCKED = "blocked"  #: a check at the moment of sending said no; nothing left
    DEAD = "dead"  #: given up after too many failures


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """`id` is also the idempotency key the receiver sees: the same on every attempt."""

    id: str
    draft_id: DraftId
    revision: int
    channel: ChannelName
    destination: str
    status: DeliveryStatus
    attempts: int = 0
    due_at: datetime
    leased_until: datetime | None = None
    code: str | None = None  #: of the last failure or refusal
    detail: str | None = None
    receipt: str | None = None  #: what the receiver answered: path, message id
    requested_by: str
    created_at: datetime
    sent_at: datetime | None = None

    @property
    def settled(self) -> bool:
        """Tell whether nothing more happens to it unless a person asks."""
        return self.status not in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)

    def claimed(self, leased_until: datetime) -> Delivery:
        """Return it in the hands of a worker; that counts as an attempt, so what kills workers ends too."""
        return replace(self, status=DeliveryStatus.SENDING, leased_until=leased_until, attempts=self.attempts + 1)
