"""Port: where signals are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copilot.accounts.account import AccountId
from copilot.accounts.signal import Signal
from copilot.transaction import Transaction


class SignalStore(Protocol):
    """Keeps every signal as it came; nothing is changed or taken away."""

    def append(self, transaction: Transaction, signal: Signal) -> bool:
        """Keep a signal; False, and nothing is changed, when its account has one with its id."""
        ...

    def list(self, account_id: AccountId, limit: int, *, newest_first: bool = True) -> Sequence[Signal]:
        """Return signals of an account in the order of `at`, then of `recorded_at` and id."""
        ...
