"""The use cases around deliveries, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from copilot.delivery.delivery import DeliveryStatus
from copilot.interfaces.deliveries import wait_for
from copilot.interfaces.delivery_contract import DeliverBody, DeliveryBody, DeliveryList

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

#: What we say of ourselves for the record; it decides nothing.
_SURFACE = {"X-Copilot-Surface": "cli"}


class RemoteDeliveries:
    """Implements `Deliveries`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def request(self, draft_id: str, body: DeliverBody) -> DeliveryBody:
        """Have a draft sent."""
        path = f"/v1/drafts/{quote(draft_id, safe='')}/deliveries"
        return self._copilot.call(DeliveryBody, "POST", path, json=body.model_dump(mode="json"), headers=_SURFACE)

    def of(self, draft_id: str) -> DeliveryList:
        """Return the deliveries of a draft."""
        return self._copilot.call(DeliveryList, "GET", f"/v1/drafts/{quote(draft_id, safe='')}/deliveries")

    def list(self, status: DeliveryStatus | None = None, limit: int = 50) -> DeliveryList:
        """Return deliveries."""
        parameters: dict[str, Any] = {"limit": limit} | ({} if status is None else {"status": status.value})
        return self._copilot.call(DeliveryList, "GET", "/v1/deliveries", params=parameters)

    def show(self, id: str) -> DeliveryBody:
        """Return a delivery."""
        return self._copilot.call(DeliveryBody, "GET", f"/v1/deliveries/{quote(id, safe='')}")

    def retry(self, id: str) -> DeliveryBody:
        """Send a delivery as soon as possible."""
        path = f"/v1/deliveries/{quote(id, safe='')}/retry"
        return self._copilot.call(DeliveryBody, "POST", path, headers=_SURFACE)

    def wait(self, id: str, within_s: float) -> DeliveryBody:
        """Look until the worker there has settled it."""
        return wait_for(lambda: self.show(id), within_s)
