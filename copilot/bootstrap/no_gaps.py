"""No gap is known: until a store of gaps is wired, nothing can be answered and nothing is told."""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Sequence

from copilot.curating.gap import Gap, GapId, GapStatus, Observation
from copilot.transaction import Transaction


class NoGaps:
    """Implements `GapStore`."""

    def add(self, transaction: Transaction, observation: Observation, gap: GapId) -> bool:
        """Keep nothing."""
        return False

    def lock(self, transaction: Transaction, id: GapId) -> Gap | None:
        """Know none."""
        return None

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
        """Change nothing."""

    def get(self, id: GapId) -> Gap | None:
        """Know none."""
        return None

    def list(self, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Know none."""
        return ()

    def by_draft(self, draft_id: str) -> Gap | None:
        """Know none."""
        return None

    def observations(self, id: GapId, limit: int) -> Sequence[Observation]:
        """Know none."""
        return ()

    def askers(self, id: GapId) -> Sequence[str]:
        """Know none."""
        return ()
