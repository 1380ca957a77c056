"""The record of an account, as the CRM gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", str)
#: Facts of a record by name; what a name means is said where it is read. JSON values only.
Facts = Mapping[str, object]


class RecordType(StrEnum):
    """A lead becomes an opportunity, an opportunity an account (B7)."""

    LEAD = "lead"
    OPPORTUNITY = "opportunity"
    ACCOUNT = "account"


@dataclass(frozen=True, kw_only=True)
class Account:
    """One record. Only the id is sure; every fact may be missing, and unknown ones are kept."""

    id: AccountId
    type: RecordType = RecordType.ACCOUNT
    facts: Facts = field(default_factory=dict)  #: under the names of the account record, unknown ones beside them
    updated_at: datetime

    def text(self, name: str) -> str | None:
        """Return a fact that is text and not blank."""
        value = self.facts.get(name)
        return value.strip() if isinstance(value, str) and value.strip() else None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.text("name") or self.id
