"""Gaps and drafts of knowledge, kept beside the messages until something better takes them (ports.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from copilot.interfaces.slack.claims import Kept, KeptStore
from copilot.interfaces.slack.expert_blocks import NewKnowledge
from copilot.interfaces.slack.ports import Unanswered
from copilot.people.caller import Caller


class KeptRequests:
    """Implements `AskExpert` and `SaveKnowledge`: nothing that was taken is lost."""

    def __init__(self, kept: KeptStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._kept = kept
        self._now = now

    def record(self, unanswered: Unanswered) -> str:
        """Keep a question that nobody could answer; the same answer again is the same gap."""
        gap = f"gap-{unanswered.answer_id}"
        self._keep("gap", gap, unanswered.asker, vars(unanswered))
        return gap

    def save(self, knowledge: NewKnowledge, caller: Caller, *, gap: str | None) -> str:
        """Keep what somebody wants to be known."""
        id = f"knowledge-{uuid4().hex[:16]}"
        self._keep("knowledge", id, caller.person.id, vars(knowledge) | {"gap": gap})
        return id

    def _keep(self, kind: str, id: str, person: str, body: dict[str, str | None]) -> None:
        self._kept.keep(
            Kept(
                id=f"{kind}:{id}"[:120],
                kind=kind,
                subject=id,
                channel="",
                thread="",
                ts="",
                person=person.removeprefix("slack:")[:32],
                body=body,
                at=self._now(),
            )
        )
