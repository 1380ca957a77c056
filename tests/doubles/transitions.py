"""Moves of accounts in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from copilot.accounts.account import AccountId
from copilot.suggesting.outlook.move import Move, Transition
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase, InMemoryTransaction


class InMemoryTransitionStore:
    """Implements `TransitionStore`."""

    def __init__(self, database: InMemoryDatabase | None = None) -> None:
        self._database = database or InMemoryDatabase()

    def add(self, transaction: Transaction, transition: Transition) -> bool:
        """Keep a move."""
        if transition.id in self._database.transitions:
            return False
        self._database.transitions[transition.id] = transition
        return True

    def of(self, account: AccountId, limit: int = 100) -> Sequence[Transition]:
        """Return the last moves of an account, oldest first."""
        kept = [one for one in self._database.transitions.values() if one.account_id == account]
        return sorted(kept, key=lambda one: (one.at, one.id))[-limit:] if limit else []

    def counts(self) -> Mapping[Move, int]:
        """Return how often each move was made."""
        return Counter(one.move for one in self._database.transitions.values())

    def size(self) -> int:
        """Return how many moves are kept."""
        return len(self._database.transitions)


def keeping(*transitions: Transition) -> InMemoryTransitionStore:
    """Return a store that keeps these."""
    store = InMemoryTransitionStore()
    for one in transitions:
        store.add(InMemoryTransaction(), one)
    return store
