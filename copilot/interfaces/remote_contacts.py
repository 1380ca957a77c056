"""Contacts of customers, by way of the process that serves the home."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.interfaces.contact_contract import ContactErasureBody, ContactErasureOrder, ContactExportBody

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot


class RemoteContacts:
    """Implements `Contacts`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def export(self, account: str, name: str) -> ContactExportBody:
        """Return everything that is kept of a contact."""
        path = f"/v1/accounts/{quote(account, safe='')}/contacts/export"
        return self._copilot.call(ContactExportBody, "POST", path, json={"name": name})

    def erase(self, account: str, order: ContactErasureOrder) -> ContactErasureBody:
        """Erase a contact where that is confirmed; else tell what would be done."""
        path = f"/v1/accounts/{quote(account, safe='')}/contacts/erasure"
        return self._copilot.call(ContactErasureBody, "POST", path, json=order.model_dump())
