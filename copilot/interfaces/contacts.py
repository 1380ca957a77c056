"""The use cases around contacts of customers, on the services of this process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from copilot.accounts.contact import Contact
from copilot.accounts.contact_erasure import AGAIN, ContactErasureService
from copilot.errors import InvalidRequest
from copilot.interfaces.contact_contract import ContactErasureBody, ContactErasureOrder, ContactExportBody
from copilot.interfaces.people_contract import ErasedTable
from copilot.people.caller import Caller


class Contacts(Protocol):
    """What a surface can ask for, whether the database is in this process or in a server."""

    def export(self, account: str, name: str) -> ContactExportBody:
        """Return everything that is kept of a contact."""
        ...

    def erase(self, account: str, order: ContactErasureOrder) -> ContactErasureBody:
        """Erase a contact where that is confirmed; else tell what would be done."""
        ...


class LocalContacts:
    """Implements `Contacts` for one caller."""

    def __init__(self, service: ContactErasureService, caller: Caller) -> None:
        self._service = service
        self._caller = caller

    def of(self, caller: Caller) -> LocalContacts:
        """Return the same for somebody else."""
        return LocalContacts(self._service, caller)

    def export(self, account: str, name: str) -> ContactExportBody:
        """Return everything that is kept of a contact."""
        made = self._service.export(self._caller, account, name)
        return ContactExportBody(
            **_told(account, made.contact),
            made_at=datetime.now(UTC),
            tables={table: list(map(dict, rows)) for table, rows in made.rows.items()},
            documents=list(made.documents),
        )

    def erase(self, account: str, order: ContactErasureOrder) -> ContactErasureBody:
        """Erase a contact where that is confirmed; else tell what would be done."""
        if order.confirm is not None and order.confirm != order.name:
            raise InvalidRequest("`confirm` is not the `name` that was addressed. Nothing was erased.")
        made = self._service.erase(self._caller, account, order.name, preview=order.confirm is None)
        return ContactErasureBody(
            **_told(account, made.contact),
            preview=made.preview,
            tables=[
                ErasedTable(table=one.table, done=one.done, rows=one.rows, why=one.why, why_zh=one.why_zh)
                for one in made.outcomes
            ],
            drafts=list(made.mentions.drafts),
            answers=list(made.mentions.answers),
            conversations=list(made.mentions.conversations),
            documents=list(made.mentions.documents),
        )


def _told(account: str, contact: Contact) -> dict[str, Any]:
    zh, en = contact.limit or (None, None)
    return {
        "account": account,
        "name": contact.name,
        "limited": None if en is None else f"Only the fields that hold their name were looked at, no free text: {en}.",
        "limited_zh": None if zh is None else f"只处理了写明此人的字段,没有改动自由文字:{zh}。",
        "again": AGAIN[1],
        "again_zh": AGAIN[0],
    }
