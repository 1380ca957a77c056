"""The shapes of what is kept of a contact of a customer, and of erasing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from copilot.interfaces.contract import Body
from copilot.interfaces.people_contract import ErasedTable


class ContactOrder(Body):
    """Whose. In the body: what stands in an address is written into logs on its way."""

    name: str = Field(description="As `kp` of the record has it.")


class ContactErasureOrder(ContactOrder):
    """What is to be erased; without `confirm` nothing is, and the reply tells what would be."""

    confirm: str | None = Field(None, description="The name once more: erasing cannot be undone.")


class ContactBody(Body):
    """Whom it is about, and what to know beside."""

    account: str
    name: str
    limited: str | None = Field(description="Why only fields were looked at, and no free text; null: all was.")
    limited_zh: str | None
    again: str = Field(description="What happens when the CRM sends the record again.")
    again_zh: str


class ContactExportBody(ContactBody):
    """Everything that is kept of a contact, by table, and the documents that name them."""

    made_at: datetime
    tables: dict[str, list[dict[str, Any]]]
    documents: list[str]


class ContactErasureBody(ContactBody):
    """What was done, or would be where `preview` is true; the lists are of what names them, by id."""

    preview: bool
    tables: list[ErasedTable]
    drafts: list[str]
    answers: list[str]
    conversations: list[str]
    documents: list[str] = Field(description="They name the contact and stay as they are: change their files.")
