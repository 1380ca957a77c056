"""The shapes of deliveries, the same on every surface."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from copilot.delivery.delivery import ChannelName, Delivery
from copilot.interfaces.contract import Body
from knowledge.document import Audience


class DeliverBody(Body):
    """Where to send a draft."""

    channel: ChannelName
    destination: str = Field("", description="In the form of the channel; a file may be left without a name.")
    revision: int | None = Field(
        None, ge=1, le=2**31 - 1, description="What you have in front of you; null: the latest."
    )


class ForeseenBody(Body):
    """What would come of a delivery that has not been asked for yet."""

    channel: ChannelName
    destination: str
    revision: int
    audience: Audience = Field(description="Who reads it there.")
    against: str | None = Field(description="What they may not see, so that it would be refused.")


class DeliveryBody(Body):
    """A delivery and where it stands. `id` is the idempotency key that the receiver sees."""

    id: str
    draft_id: str
    revision: int
    channel: ChannelName
    destination: str
    status: Literal["queued", "sending", "sent", "blocked", "dead"]
    attempts: int
    due_at: datetime = Field(description="Of the next attempt, while `queued`.")
    code: str | None = Field(None, description="Of the last failure, or of what blocks it.")
    detail: str | None = None
    receipt: str | None = Field(None, description="Path, message id, or status that the receiver answered.")
    requested_by: str
    created_at: datetime
    sent_at: datetime | None = None


class DeliveryList(Body):
    """Deliveries."""

    deliveries: list[DeliveryBody]


def delivery_body(one: Delivery) -> DeliveryBody:
    """Show a delivery."""
    return DeliveryBody(
        id=one.id,
        draft_id=one.draft_id,
        revision=one.revision,
        channel=one.channel,
        destination=one.destination,
        status=one.status.value,
        attempts=one.attempts,
        due_at=one.due_at,
        code=one.code,
        detail=one.detail,
        receipt=one.receipt,
        requested_by=one.requested_by,
        created_at=one.created_at,
        sent_at=one.sent_at,
    )
