"""Who decided what on which revision, when, where and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copilot.audit.surface import Surface
from copilot.drafting.draft import DraftId


class Verdict(StrEnum):
    """What a person can decide. An edit is no decision but a new revision."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Recorded once and never changed. `key` is the caller's: deciding twice with it changes nothing."""

    id: str
    draft_id: DraftId
    revision: int
    verdict: Verdict
    person: str
    on_behalf_of: str | None = None  #: who delegated the right to decide
    reason: str | None = None
    surface: Surface
    at: datetime
    key: str
    findings: tuple[str, ...] = ()  #: codes that the person was shown


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """A person lets another decide for them until a time."""

    giver: str
    taker: str
    until: datetime
