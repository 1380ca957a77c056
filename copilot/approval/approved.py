"""An approved revision: the only thing a channel accepts, and only the approval service can make one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from copilot.approval.decision import Decision
from copilot.drafting.draft import Draft, Revision


class ApprovedRevision:
    """A revision with the decisions that approve it; never stored, but made anew from the record for each sending."""

    __slots__ = ("decisions", "draft", "revision")

    def __init__(self, seal: object, draft: Draft, revision: Revision, decisions: Sequence[Decision]) -> None:
        """Only `copilot/approval/service.py` holds the seal.

        Raises:
            TypeError: somebody else tries.
        """
        if seal is not SEAL:
            raise TypeError("An approved revision comes from ApprovalService.approved, and from nowhere else.")
        self.draft: Final = draft
        self.revision: Final = revision
        self.decisions: Final = tuple(decisions)


#: Held by the approval service alone; a test sees to it that no other module names it.
SEAL: Final = object()
