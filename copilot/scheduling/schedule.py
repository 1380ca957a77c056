"""A schedule, and its runs: one for each due time, or one for several that nobody was there to run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType

from copilot.delivery.delivery import ChannelName
from copilot.scheduling.weekly import Weekly

ScheduleId = NewType("ScheduleId", str)
#: Whose digest: that of a CSM about their own accounts, or that of a manager about a team.
Scope = Literal["person", "team"]


class Outcome(StrEnum):
    """What became of a run."""

    RUNNING = "running"  #: begun; a worker holds the schedule, or was lost with it
    WAITING = "waiting"  #: drafted; a person has to approve it
    QUEUED = "queued"  #: approved and handed to the outbox
    KEPT = "kept"  #: approved; the schedule sends it nowhere
    REJECTED = "rejected"  #: somebody rejected the draft, or nobody decided in time
    BLOCKED = "blocked"  #: approved, and may not go where the schedule says
    PAUSED = "paused"  #: the person has left or may no longer have it; nothing was drafted
    FAILED = "failed"  #: no draft could be made


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Who gets a digest when, in which language and by which way."""

    id: ScheduleId
    kind: Literal["weekly_digest"] = "weekly_digest"
    person: str
    scope: Scope
    weekly: Weekly
    language: Literal["zh", "en"]
    channel: ChannelName | None  #: None: it is drafted and stays here
    destination: str
    enabled: bool
    reason: str | None = None  #: why it is paused
    created_by: str
    created_at: datetime
    next_due_at: datetime
    leased_until: datetime | None = None
    leased_by: str | None = None
    last_run_at: datetime | None = None
    last_outcome: str | None = None  #: `Outcome`, with its code behind a colon where it has one


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was made for a due time; `since` and `until` are the days it covers, both included."""

    schedule_id: ScheduleId
    due_at: datetime
    since: date
    until: date
    asked: bool = False  #: whether a person wanted it beside the times; `due_at` is when they did
    missed: int = 0  #: due times before this one that it covers too
    attempts: int = 0
    draft_id: str | None = None
    delivery_id: str | None = None
    outcome: Outcome = Outcome.RUNNING
    detail: str | None = None
    at: datetime  #: of the outcome
