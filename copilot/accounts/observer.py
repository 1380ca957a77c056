"""Port: who is told that a record has changed."""

from __future__ import annotations

from typing import Protocol

from copilot.accounts.account import Account
from copilot.transaction import Transaction


class Observer(Protocol):
    """Hears of every record that is kept, in the transaction that keeps it: both are kept or neither."""

    def changed(self, transaction: Transaction, before: Account | None, after: Account) -> None:
        """Take note of a record; `before` is None for a new one."""
        ...
