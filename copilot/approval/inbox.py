"""Drafts as one person has to do with them: what waits for them, what is theirs, what has become of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from copilot.accounts.account import AccountId
from copilot.approval.service import ApprovalService
from copilot.drafting.draft import Draft, DraftKind, DraftStatus
from copilot.drafting.store import DraftStore
from copilot.people.person import Person

#: Of one status, the last changed ones. Who has more open drafts than this looks for them by account or kind.
MOST_DRAFTS = 2_000


class Box(StrEnum):
    """One view of the drafts."""

    WAITING = "waiting"  #: open, and this person may approve them
    MINE = "mine"  #: begun by this person, wherever they stand
    APPROVED = "approved"  #: and not delivered yet
    DELIVERED = "delivered"
    REJECTED = "rejected"  #: or not decided in time
    ALL = "all"


_STATUSES: dict[Box, tuple[DraftStatus | None, ...]] = {
    Box.WAITING: (DraftStatus.OPEN,),
    Box.MINE: (None,),
    Box.APPROVED: (DraftStatus.APPROVED,),
    Box.DELIVERED: (DraftStatus.DELIVERED,),
    Box.REJECTED: (DraftStatus.REJECTED, DraftStatus.EXPIRED),
    Box.ALL: (None,),
}


class Inbox:
    """Reads the drafts for one person; decides nothing."""

    def __init__(
        self, *, drafts: DraftStore, approvals: ApprovalService, may_see: Callable[[Draft, Person], bool]
    ) -> None:
        self._drafts = drafts
        self._approvals = approvals
        self._may_see = may_see

    def list(
        self, person: Person, box: Box, *, kind: DraftKind | None = None, account: str | None = None
    ) -> Sequence[Draft]:
        """Return the drafts of a view that a person may see, the last changed first."""
        found = [
            draft
            for status in _STATUSES[box]
            for draft in self._drafts.list(
                status=status,
                kind=kind,
                account=None if account is None else AccountId(account),
                created_by=person.id if box is Box.MINE else None,
                limit=MOST_DRAFTS,
            )
        ]
        if box is Box.WAITING:
            authors = self._drafts.authors([draft.id for draft in found])
            found = [one for one in found if self._approvals.may_approve(one, authors.get(one.id, ""), person)]
        shown = [draft for draft in found if self._may_see(draft, person)]
        return sorted(shown, key=lambda draft: draft.updated_at, reverse=True)
