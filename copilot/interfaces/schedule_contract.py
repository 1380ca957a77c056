"""The shapes around digests and schedules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from copilot.delivery.delivery import ChannelName
from copilot.interfaces.contract import Body, Storable

Scope = Literal["person", "team"]
Language = Literal["zh", "en"]


class DigestBody(Body):
    """Which digest is wanted now."""

    person: Storable | None = Field(None, max_length=200, description="Whose; null: mine. Of others: managers.")
    scope: Scope = Field("person", description="`team`: a manager's, about everybody who shares a group with them.")
    week: Storable | None = Field(
        None, max_length=20, description="Of the calendar, as 2026-W47; null: the last that ended."
    )
    language: Language = "zh"


class ScheduleAsk(Body):
    """When a digest is to be made, for whom, and where it goes."""

    person: Storable | None = Field(None, max_length=200, description="Null: mine.")
    scope: Scope = "person"
    weekday: str = Field("mon", max_length=10, description="mon … sun.")
    at: str = Field("09:00", max_length=5, description="Local time.")
    zone: str = Field("Asia/Shanghai", max_length=64, description="Of the IANA database.")
    language: Language = "zh"
    channel: ChannelName | None = Field(None, description="Null: it is drafted and stays here.")
    destination: Storable = Field(
        "", max_length=2_000, description="In the form of the channel; of a file, its folder."
    )


class PauseBody(Body):
    """Why a schedule is paused."""

    reason: Storable | None = Field(None, max_length=500)


class ScheduleBody(Body):
    """A schedule, and how its last run went."""

    id: str
    kind: Literal["weekly_digest"]
    person: str
    scope: Scope
    weekday: str
    at: str
    zone: str
    language: Language
    channel: ChannelName | None
    destination: str
    enabled: bool
    reason: str | None = Field(None, description="Why it is paused.")
    created_by: str
    next_due_at: datetime | None = Field(None, description="UTC; null while it is paused.")
    last_run_at: datetime | None = None
    last_outcome: str | None = Field(
        None, description="running|waiting|queued|kept|rejected|blocked|paused|failed, its code and what it means."
    )


class ScheduleList(Body):
    """Schedules by person."""

    schedules: list[ScheduleBody]


class RunBody(Body):
    """What was made for a due time; both days belong to it."""

    schedule_id: str
    due_at: datetime
    since: date
    until: date
    missed: int = Field(description="Due times before this one that it covers too.")
    outcome: Literal["running", "waiting", "queued", "kept", "rejected", "blocked", "paused", "failed"]
    detail: str | None = None
    draft_id: str | None = None
    delivery_id: str | None = None
    at: datetime


class RunList(Body):
    """Runs of a schedule, the newest first."""

    runs: list[RunBody]
