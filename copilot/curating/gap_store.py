"""Port: where observations and gaps are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from copilot.curating.gap import Gap, GapId, GapStatus, Observation
from copilot.transaction import Transaction


class GapStore(Protocol):
    """Changes belong to a transaction of the caller's; reading sees what was committed."""

    def add(self, transaction: Transaction, observation: Observation, gap: GapId) -> bool:
        """Put an observation into a gap, which begins with it when it is new; False: it is there already."""
        ...

    def lock(self, transaction: Transaction, id: GapId) -> Gap | None:
        """Return a gap that nobody else may change before the transaction ends."""
        ...

    def change(
        self,
        transaction: Transaction,
        id: GapId,
        *,
        status: GapStatus | None = None,
        owner: str | None = None,
        draft_id: str | None = None,
        published_id: str | None = None,
        reason: str | None = None,
        question: str | None = None,
    ) -> None:
        """Change what is named; None leaves it as it is."""
        ...

    def get(self, id: GapId) -> Gap | None:
        """Return one gap."""
        ...

    def list(self, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return gaps: those that most people asked first, then by observations and the newest; None: in any state."""
        ...

    def by_draft(self, draft_id: str) -> Gap | None:
        """Return the gap that a draft answers."""
        ...

    def observations(self, id: GapId, limit: int) -> Sequence[Observation]:
        """Return observations of a gap, the newest first."""
        ...

    def askers(self, id: GapId) -> Sequence[str]:
        """Return everybody who asked, by their first observation."""
        ...
