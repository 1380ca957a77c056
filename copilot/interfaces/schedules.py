"""The use cases around digests and schedules, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Protocol

from copilot.insight.digest_service import DigestService, check_may_have
from copilot.insight.week import calendar_week, last_week
from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.drafts import LocalDrafts
from copilot.interfaces.schedule_contract import (
    DigestBody,
    PauseBody,
    RunBody,
    RunList,
    ScheduleAsk,
    ScheduleBody,
    ScheduleList,
)
from copilot.people.caller import Caller
from copilot.people.person import Person
from copilot.people.scope import Scope as Permission
from copilot.scheduling.schedule import Run, Schedule
from copilot.scheduling.service import ScheduleService
from copilot.scheduling.weekly import DAYS, read_weekly


class Schedules(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def digest(self, body: DigestBody) -> DraftReply:
        """Make a digest now, as a draft."""
        ...

    def list(self) -> ScheduleList:
        """Return one's own schedules, and those of one's team."""
        ...

    def add(self, ask: ScheduleAsk) -> ScheduleBody:
        """Have a digest made once a week."""
        ...

    def runs(self, id: str, limit: int = 20) -> RunList:
        """Return runs of a schedule, the newest first."""
        ...

    def pause(self, id: str, body: PauseBody) -> ScheduleBody:
        """Let nothing be made by it until it is resumed."""
        ...

    def resume(self, id: str) -> ScheduleBody:
        """Let it go on with its next due time."""
        ...

    def remove(self, id: str) -> ScheduleBody:
        """Forget it; its drafts stay."""
        ...

    def run(self, id: str) -> RunBody:
        """Run it now, beside its times."""
        ...


class LocalSchedules:
    """Implements `Schedules` for whoever calls; without a caller, for the operator."""

    def __init__(
        self,
        service: ScheduleService,
        digests: DigestService,
        drafts: LocalDrafts,
        operator: Caller,
        person_of: Callable[[str], Person],
        *,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._service = service
        self._digests = digests
        self._drafts = drafts
        self._operator = operator
        self._person_of = person_of
        self._today = today

    def digest(self, body: DigestBody, *, caller: Caller | None = None) -> DraftReply:
        """Make a digest now, as a draft."""
        who = caller or self._operator
        who.need(Permission.DRAFTS_WRITE)
        person = self._person_of(body.person or who.person.id)
        check_may_have(who, person.id)
        covered = last_week(self._today()) if body.week is None else calendar_week(body.week, self._today())
        made = self._digests.make(person, body.scope, covered, body.language, surface=who.surface, asked_by=who.person)
        return self._drafts.as_caller(who.person.id, who.surface).show(made.draft.id)

    def list(self, *, caller: Caller | None = None) -> ScheduleList:
        """Return schedules."""
        return ScheduleList(schedules=[_schedule(one) for one in self._service.list(caller or self._operator)])

    def add(self, ask: ScheduleAsk, *, caller: Caller | None = None) -> ScheduleBody:
        """Have a digest made once a week."""
        return _schedule(
            self._service.add(
                caller or self._operator,
                person=ask.person,
                scope=ask.scope,
                weekly=read_weekly(ask.weekday, ask.at, ask.zone),
                language=ask.language,
                channel=ask.channel,
                destination=ask.destination,
            )
        )

    def runs(self, id: str, limit: int = 20, *, caller: Caller | None = None) -> RunList:
        """Return runs of a schedule."""
        return RunList(runs=[_run(one) for one in self._service.runs(caller or self._operator, id, limit)])

    def pause(self, id: str, body: PauseBody, *, caller: Caller | None = None) -> ScheduleBody:
        """Pause a schedule."""
        return _schedule(self._service.pause(caller or self._operator, id, body.reason))

    def resume(self, id: str, *, caller: Caller | None = None) -> ScheduleBody:
        """Resume a schedule."""
        return _schedule(self._service.resume(caller or self._operator, id))

    def remove(self, id: str, *, caller: Caller | None = None) -> ScheduleBody:
        """Forget a schedule."""
        return _schedule(self._service.remove(caller or self._operator, id))

    def run(self, id: str, *, caller: Caller | None = None) -> RunBody:
        """Run a schedule now."""
        return _run(self._service.run(caller or self._operator, id))


def _schedule(one: Schedule) -> ScheduleBody:
    return ScheduleBody(
        id=one.id,
        kind=one.kind,
        person=one.person,
        scope=one.scope,
        weekday=DAYS[one.weekly.weekday],
        at=one.weekly.at.strftime("%H:%M"),
        zone=one.weekly.zone,
        language=one.language,
        channel=one.channel,
        destination=one.destination,
        enabled=one.enabled,
        reason=one.reason,
        created_by=one.created_by,
        next_due_at=one.next_due_at if one.enabled else None,
        last_run_at=one.last_run_at,
        last_outcome=one.last_outcome,
    )


def _run(one: Run) -> RunBody:
    return RunBody(
        schedule_id=one.schedule_id,
        due_at=one.due_at,
        since=one.since,
        until=one.until,
        missed=one.missed,
        outcome=one.outcome.value,
        detail=one.detail,
        draft_id=one.draft_id,
        delivery_id=one.delivery_id,
        at=one.at,
    )
