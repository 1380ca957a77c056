"""What was on its way when a backup was made has mostly arrived since: nothing of it is sent by itself."""

from __future__ import annotations

from sqlalchemy import Connection, update

from copilot.adapters.sql.tables import deliveries, notices, slack_events
from copilot.delivery.delivery import DeliveryStatus
from copilot.interfaces.slack.claims import ClaimStatus

CODE = "restored"
_DETAIL = (
    "It waited when the backup was made that this copilot was restored from, and may have been sent since. See whether "
    "it has arrived; if not, `copilot deliveries retry` sends it."
)


def hold_back(connection: Connection) -> int:
    """Let deliveries wait for a person, and end what would be told or answered again; returns how many there were."""
    on_its_way = deliveries.c.status.in_([DeliveryStatus.QUEUED.value, DeliveryStatus.SENDING.value])
    held = update(deliveries).where(on_its_way)
    changes = [
        held.values(status=DeliveryStatus.BLOCKED.value, code=CODE, detail=_DETAIL, leased_until=None),
        update(notices).where(notices.c.sending.is_not(None)).values(sending=None, due_at=None),
        update(slack_events)
        .where(slack_events.c.status == ClaimStatus.CLAIMED.value)
        .values(status=ClaimStatus.REFUSED.value, reason=CODE),
    ]
    return sum(connection.execute(change).rowcount for change in changes)
