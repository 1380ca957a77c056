"""Signals in memory."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.accounts.account import AccountId
from copilot.accounts.signal import Signal
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemorySignalStore:
    """Implements `SignalStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def append(self, transaction: Transaction, signal: Signal) -> bool:
        """Keep a signal; False when there is one with its id."""
        return self._database.signals.setdefault((signal.account_id, signal.id), signal) is signal

    def list(self, account_id: AccountId, limit: int, *, newest_first: bool = True) -> Sequence[Signal]:
        """Return signals of an account by time."""
        own = [one for one in self._database.signals.values() if one.account_id == account_id]
        return sorted(own, key=lambda one: (one.at, one.recorded_at, one.id), reverse=newest_first)[:limit]
