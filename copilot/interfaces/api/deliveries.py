"""Routes around deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Query, Request

from copilot.audit.surface import Surface
from copilot.delivery.delivery import DeliveryStatus
from copilot.interfaces.deliveries import LocalDeliveries
from copilot.interfaces.delivery_contract import DeliverBody, DeliveryBody, DeliveryList


def add_deliveries(app: FastAPI, deliveries: LocalDeliveries, surface_of: Callable[[Request], Surface]) -> None:
    """Register the routes. `surface_of` tells where a request comes from."""

    def of(request: Request) -> LocalDeliveries:
        return deliveries.as_caller(request.state.person, surface_of(request))

    @app.post("/v1/drafts/{id}/deliveries", tags=["deliveries"], status_code=202)
    def deliver_draft(id: str, body: DeliverBody, request: Request) -> DeliveryBody:
        """Have an approved draft sent; the same again returns the delivery there is."""
        return of(request).request(id, body)

    @app.get("/v1/drafts/{id}/deliveries", tags=["deliveries"])
    def list_deliveries_of_draft(id: str, request: Request) -> DeliveryList:
        """List the deliveries of a draft, oldest first."""
        return of(request).of(id)

    @app.get("/v1/deliveries", tags=["deliveries"])
    def list_deliveries(
        request: Request,
        status: DeliveryStatus | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> DeliveryList:
        """List deliveries, the newest first."""
        return of(request).list(status, limit)

    @app.get("/v1/deliveries/{id}", tags=["deliveries"])
    def show_delivery(id: str, request: Request) -> DeliveryBody:
        """Show a delivery and where it stands."""
        return of(request).show(id)

    @app.post("/v1/deliveries/{id}/retry", tags=["deliveries"], status_code=202)
    def retry_delivery(id: str, request: Request) -> DeliveryBody:
        """Send a delivery that was given up, blocked or waits as soon as possible, under the same key."""
        return of(request).retry(id)
