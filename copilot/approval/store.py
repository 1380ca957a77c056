"""Port: where decisions and delegations are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from copilot.approval.decision import Decision, Delegation
from copilot.drafting.draft import DraftId
from copilot.transaction import Transaction


class DecisionStore(Protocol):
    """Decisions are only ever added."""

    def add(self, transaction: Transaction, decision: Decision) -> None:
        """Keep a decision."""
        ...

    def by_key(self, transaction: Transaction, person: str, key: str) -> Decision | None:
        """Return what this person decided under this key."""
        ...

    def of(self, draft: DraftId, transaction: Transaction | None = None) -> Sequence[Decision]:
        """Return the decisions on a draft, oldest first."""
        ...

    def delegate(self, transaction: Transaction, delegation: Delegation) -> None:
        """Keep a delegation in place of one between the same people."""
        ...

    def delegations(self, taker: str, now: datetime) -> Sequence[Delegation]:
        """Return what others let this person decide now."""
        ...
