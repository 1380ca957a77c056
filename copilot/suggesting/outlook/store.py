"""Port: where moves are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from copilot.accounts.account import AccountId
from copilot.suggesting.outlook.move import Move, Transition
from copilot.transaction import Transaction


class TransitionStore(Protocol):
    """Keeps every move there was; nothing is changed or removed."""

    def add(self, transaction: Transaction, transition: Transition) -> bool:
        """Keep a move; False when it is kept already."""
        ...

    def of(self, account: AccountId, limit: int = 100) -> Sequence[Transition]:
        """Return the last moves of an account, oldest first."""
        ...

    def counts(self) -> Mapping[Move, int]:
        """Return how often each move was made, by all accounts."""
        ...

    def size(self) -> int:
        """Return how many moves are kept; while it stays, so do the counts."""
        ...
