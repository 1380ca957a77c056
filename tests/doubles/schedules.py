"""Schedules in memory."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from copilot.drafting.draft import DraftId, DraftStatus
from copilot.scheduling.schedule import Outcome, Run, Schedule, ScheduleId
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemoryScheduleStore:
    """Implements `ScheduleStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def add(self, transaction: Transaction, schedule: Schedule) -> Schedule:
        """Keep a new schedule, or return the one there is."""
        for kept in self._database.schedules.values():
            if _place(kept) == _place(schedule):
                return kept
        self._database.schedules[schedule.id] = schedule
        return schedule

    def change(self, transaction: Transaction, schedule: Schedule) -> None:
        """Keep the new state of a schedule."""
        if schedule.id in self._database.schedules:
            self._database.schedules[schedule.id] = schedule

    def remove(self, transaction: Transaction, id: ScheduleId) -> None:
        """Forget a schedule and its runs."""
        self._database.schedules.pop(id, None)
        for key in [key for key in self._database.schedule_runs if key[0] == id]:
            del self._database.schedule_runs[key]

    def lock(self, transaction: Transaction, id: ScheduleId) -> Schedule | None:
        """Return a schedule for changing."""
        return self._database.schedules.get(id)

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, worker: str) -> Schedule | None:
        """Lease one schedule that is due."""

        def free(one: Schedule) -> bool:
            end, last = one.leased_until, leased_until + (leased_until - now)
            return end is None or not now < end <= last

        due = [one for one in self._database.schedules.values() if one.enabled and one.next_due_at <= now and free(one)]
        if not due:
            return None
        first = min(due, key=lambda one: (one.next_due_at, one.id))
        leased = replace(first, leased_until=leased_until, leased_by=worker)
        self._database.schedules[first.id] = leased
        return leased

    def begin(self, transaction: Transaction, run: Run) -> bool:
        """Keep a new run; False when there is one."""
        key = (run.schedule_id, run.due_at)
        if key in self._database.schedule_runs:
            return False
        self._database.schedule_runs[key] = run
        return True

    def settle(self, transaction: Transaction, run: Run) -> None:
        """Keep the new state of a run."""
        if (run.schedule_id, run.due_at) in self._database.schedule_runs:
            self._database.schedule_runs[run.schedule_id, run.due_at] = run

    def unfinished(self, transaction: Transaction, id: ScheduleId) -> Run | None:
        """Return the oldest run without an outcome."""
        return next((one for one in reversed(self.runs(id, 10_000)) if one.outcome is Outcome.RUNNING), None)

    def last(self, transaction: Transaction, id: ScheduleId) -> Run | None:
        """Return the run with the latest due time."""
        return next(iter(self.runs(id, 1)), None)

    def run(self, id: ScheduleId, due_at: datetime) -> Run | None:
        """Return the run of a due time."""
        return self._database.schedule_runs.get((id, due_at))

    def decided(self, limit: int) -> Sequence[Run]:
        """Return runs that wait for a decision that has been taken."""
        drafts = self._database.drafts
        waiting = [
            one
            for one in self._database.schedule_runs.values()
            if one.outcome is Outcome.WAITING
            and (draft := drafts.get(DraftId(one.draft_id or ""))) is not None
            and draft.status is not DraftStatus.OPEN
        ]
        return sorted(waiting, key=lambda one: one.due_at)[:limit]

    def get(self, id: ScheduleId) -> Schedule | None:
        """Return a schedule."""
        return self._database.schedules.get(id)

    def list(self) -> Sequence[Schedule]:
        """Return all schedules."""
        return sorted(self._database.schedules.values(), key=lambda one: (one.person, one.id))

    def runs(self, id: ScheduleId, limit: int) -> builtins.list[Run]:
        """Return runs of a schedule, the newest first."""
        own = [one for one in self._database.schedule_runs.values() if one.schedule_id == id]
        return sorted(own, key=lambda one: one.due_at, reverse=True)[:limit]


def _place(one: Schedule) -> tuple[str, str, str, str | None, str]:
    return (one.kind, one.person, one.scope, one.channel, one.destination)
