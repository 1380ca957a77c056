"""Port: where accounts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copilot.accounts.account import Account, AccountId
from copilot.transaction import Transaction


class AccountStore(Protocol):
    """Keeps the newest state of each record."""

    def put(self, transaction: Transaction, account: Account) -> None:
        """Keep a record in place of the one with this id."""
        ...

    def lock(self, transaction: Transaction, id: AccountId) -> Account | None:
        """Return a record; others who change it wait until the transaction ends."""
        ...

    def get(self, id: AccountId) -> Account | None:
        """Return a record."""
        ...

    def list(self, limit: int, after: AccountId | None = None) -> Sequence[Account]:
        """Return records in the order of their ids."""
        ...
