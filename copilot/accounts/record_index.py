"""Port: which account a record of a CRM belongs to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.accounts.account import AccountId
from copilot.accounts.crm_record import CrmRecord
from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Known:
    """What an account is recognised by besides its records."""

    id: AccountId
    name: str | None
    website: str | None  #: as its record has it


class RecordIndex(Protocol):
    """Keeps what accounts say of themselves apart from what people have said; the latter counts first."""

    def accounts(self, record: CrmRecord) -> Sequence[AccountId]:
        """Return the account that a person has bound a record to, else all accounts that name it, by id."""
        ...

    def named(self, transaction: Transaction, account: AccountId, records: Collection[CrmRecord]) -> None:
        """Take note of the records that an account names now."""
        ...

    def bind(
        self, transaction: Transaction, record: CrmRecord, account: AccountId, person: str, at: datetime
    ) -> AccountId | None:
        """Keep what a person says; returns the account that the record was bound to before."""
        ...

    def known(self) -> Sequence[Known]:
        """Return what every account is recognised by, in the order of their ids."""
        ...
