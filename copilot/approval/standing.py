"""Where a revision stands by its decisions, the policy and the clock. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from copilot.approval.decision import Decision, Verdict
from copilot.approval.policy import Rule
from copilot.drafting.draft import Draft, DraftStatus, Revision


def counted(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the approvals that count: each by a person, and for a person, who is in none before it.

    Who decides on behalf of somebody is still one person, and two who decide for the same person are one voice.
    """
    seen: set[str] = set()
    counting = []
    for decision in decisions:
        involved = {decision.person, decision.on_behalf_of or decision.person}
        if decision.verdict is Verdict.APPROVE and not involved & seen:
            counting.append(decision)
            seen |= involved
    return counting


def of_revision(decisions: Iterable[Decision], number: int) -> list[Decision]:
    """Return the decisions on one revision."""
    return [decision for decision in decisions if decision.revision == number]


def is_rejected(decisions: Iterable[Decision]) -> bool:
    """Tell whether somebody rejected it."""
    return any(decision.verdict is Verdict.REJECT for decision in decisions)


def approved_at(decisions: Sequence[Decision], rule: Rule) -> datetime | None:
    """Return when the last approval that was needed came; None when they are too few."""
    counting = counted(decisions)
    return counting[rule.approvals - 1].at if len(counting) >= rule.approvals else None


def status_now(draft: Draft, latest: Revision, decisions: Sequence[Decision], rule: Rule, now: datetime) -> DraftStatus:
    """Return the status of the latest revision now; `decisions` are those on it. What has expired stays so."""
    if draft.status is DraftStatus.OPEN and now - latest.at > rule.undecided:
        return DraftStatus.EXPIRED
    if draft.status is DraftStatus.APPROVED:
        at = approved_at(decisions, rule)
        if at is not None and now - at > rule.approved:
            return DraftStatus.EXPIRED
    return draft.status
