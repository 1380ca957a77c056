"""Port: where observations and gaps are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from copilot.curating.gap import Gap, GapId, GapStatus, Observation
from copilot.transaction import Transaction


class GapStore(Protocol):
    """Changes belong to a transaction of the caller's; reading sees what was committed.

    In place of a gap that was merged into another, `lock`, `get` and `by_draft` return the other.
    """

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
        language: str | None = None,
        former_owner: str | None = None,
    ) -> None:
        """Change what is named; None leaves it as it is, an empty text takes an owner or a former owner away.

        A status that changes is dated; from answered or dismissed to open, the gap counts as reopened.
        """
        ...

    def merge(self, transaction: Transaction, id: GapId, into: GapId) -> None:
        """Move all observations of a gap to another; it is asked for there from then on, as are those merged before."""
        ...

    def alone(self, transaction: Transaction) -> None:
        """Wait until nobody else puts observations into gaps; until the transaction ends nobody else does."""
        ...

    def find(self, transaction: Transaction, observation: str) -> GapId | None:
        """Return the gap that an observation was put into, withdrawn or not."""
        ...

    def repeated(self, transaction: Transaction, observation: Observation) -> bool:
        """Tell whether another observation of its kind in its conversation asks the same, in the normal form."""
        ...

    def refresh(self, transaction: Transaction, observation: Observation) -> None:
        """Keep what was said of a miss since; one that was withdrawn counts again."""
        ...

    def withdraw(self, transaction: Transaction, observation: str) -> None:
        """Let an observation count no more: who made it has taken it back."""
        ...

    def of_person(self, person: str, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return the gaps that a person asked about or owns, in the order of `list`."""
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

    def last_asked(self, person: str, ids: Collection[GapId]) -> Mapping[GapId, Observation]:
        """Return the newest observation of a person in each of these gaps that they asked about."""
        ...

    def askers(self, id: GapId) -> Sequence[str]:
        """Return everybody who asked, by their first observation."""
        ...
