"""Routes around contacts of customers; the name stands in the body, since addresses are logged on their way."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.interfaces.contact_contract import (
    ContactErasureBody,
    ContactErasureOrder,
    ContactExportBody,
    ContactOrder,
)
from copilot.interfaces.contacts import LocalContacts


def add_contacts(app: FastAPI, contacts: LocalContacts) -> None:
    """Register the routes."""

    @app.post("/v1/accounts/{id}/contacts/export", tags=["accounts"])
    def export_contact(id: str, body: ContactOrder, request: Request) -> ContactExportBody:
        """Return everything that is kept of a contact; that it was taken stands in the audit log, without the name."""
        return contacts.of(request.state.caller).export(id, body.name)

    @app.post("/v1/accounts/{id}/contacts/erasure", tags=["accounts"])
    def erase_contact(id: str, body: ContactErasureOrder, request: Request) -> ContactErasureBody:
        """Erase a contact; without `confirm` tell what would be done. What was approved or sent stays."""
        return contacts.of(request.state.caller).erase(id, body)
