"""Schedules and their runs on SQL."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import Engine, Row, and_, delete, or_, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import drafts, schedule_runs, schedules
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new, upsert
from copilot.delivery.delivery import ChannelName
from copilot.drafting.draft import DraftStatus
from copilot.scheduling.schedule import Outcome, Run, Schedule, ScheduleId
from copilot.scheduling.weekly import Weekly
from copilot.transaction import Transaction


class SqlScheduleStore:
    """Implements `ScheduleStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, schedule: Schedule) -> Schedule:
        """Keep a new schedule, or return the one there is."""
        connection, row = connection_of(transaction), _row(schedule)
        connection.execute(upsert(connection, schedules).values(row).on_conflict_do_nothing())
        alike = (schedules.c[name] == row[name] for name in ("kind", "person", "scope", "channel", "destination"))
        return _schedule(connection.execute(select(schedules).where(*alike)).one())

    def change(self, transaction: Transaction, schedule: Schedule) -> None:
        """Keep the new state of a schedule."""
        changed = update(schedules).where(schedules.c.id == schedule.id).values(_row(schedule))
        connection_of(transaction).execute(changed)

    def remove(self, transaction: Transaction, id: ScheduleId) -> None:
        """Forget a schedule and its runs."""
        connection = connection_of(transaction)
        connection.execute(delete(schedule_runs).where(schedule_runs.c.schedule_id == id))
        connection.execute(delete(schedules).where(schedules.c.id == id))

    def lock(self, transaction: Transaction, id: ScheduleId) -> Schedule | None:
        """Return a schedule for changing."""
        query = select(schedules).where(schedules.c.id == id).with_for_update()
        row = connection_of(transaction).execute(query).first()
        return None if row is None else _schedule(row)

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, worker: str) -> Schedule | None:
        """Lease one schedule that is due."""
        connection = connection_of(transaction)
        now, leased_until = utc(now), utc(leased_until)
        free = or_(
            schedules.c.leased_until.is_(None),
            schedules.c.leased_until <= now,
            schedules.c.leased_until > leased_until + (leased_until - now),
        )
        due = and_(schedules.c.enabled, schedules.c.next_due_at <= now, free)
        query = select(schedules).where(due).order_by(schedules.c.next_due_at, schedules.c.id).limit(1)
        # SQLite has one writer at a time and knows no locks of rows; the condition below holds there and everywhere.
        row = connection.execute(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        leased = update(schedules).where(schedules.c.id == row.id, due)
        if connection.execute(leased.values(leased_until=leased_until, leased_by=worker)).rowcount != 1:
            return None
        return replace(_schedule(row), leased_until=leased_until, leased_by=worker)

    def begin(self, transaction: Transaction, run: Run) -> bool:
        """Keep a new run; False when there is one."""
        return insert_new(connection_of(transaction), schedule_runs, _run_row(run))

    def settle(self, transaction: Transaction, run: Run) -> None:
        """Keep the new state of a run."""
        same = (schedule_runs.c.schedule_id == run.schedule_id, schedule_runs.c.due_at == utc(run.due_at))
        connection_of(transaction).execute(update(schedule_runs).where(*same).values(_run_row(run)))

    def unfinished(self, transaction: Transaction, id: ScheduleId) -> Run | None:
        """Return the oldest run without an outcome."""
        query = select(schedule_runs).where(
            schedule_runs.c.schedule_id == id, schedule_runs.c.outcome == Outcome.RUNNING.value
        )
        row = connection_of(transaction).execute(query.order_by(schedule_runs.c.due_at).limit(1)).first()
        return None if row is None else _run(row)

    def last(self, transaction: Transaction, id: ScheduleId) -> Run | None:
        """Return the run with the latest due time."""
        query = select(schedule_runs).where(schedule_runs.c.schedule_id == id)
        row = connection_of(transaction).execute(query.order_by(schedule_runs.c.due_at.desc()).limit(1)).first()
        return None if row is None else _run(row)

    def run(self, id: ScheduleId, due_at: datetime) -> Run | None:
        """Return the run of a due time."""
        query = select(schedule_runs).where(schedule_runs.c.schedule_id == id, schedule_runs.c.due_at == utc(due_at))
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _run(row)

    def decided(self, limit: int) -> Sequence[Run]:
        """Return runs that wait for a decision that has been taken."""
        query = (
            select(schedule_runs)
            .join(drafts, drafts.c.id == schedule_runs.c.draft_id)
            .where(schedule_runs.c.outcome == Outcome.WAITING.value, drafts.c.status != DraftStatus.OPEN.value)
            .order_by(schedule_runs.c.due_at)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(query)]

    def get(self, id: ScheduleId) -> Schedule | None:
        """Return a schedule."""
        with self._engine.connect() as connection:
            row = connection.execute(select(schedules).where(schedules.c.id == id)).first()
        return None if row is None else _schedule(row)

    def list(self) -> Sequence[Schedule]:
        """Return all schedules."""
        query = select(schedules).order_by(schedules.c.person, schedules.c.id)
        with self._engine.connect() as connection:
            return [_schedule(row) for row in connection.execute(query)]

    def runs(self, id: ScheduleId, limit: int) -> builtins.list[Run]:
        """Return runs of a schedule, the newest first."""
        query = select(schedule_runs).where(schedule_runs.c.schedule_id == id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(schedule_runs.c.due_at.desc()).limit(limit))
            return [_run(row) for row in rows]


def _row(one: Schedule) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "person": one.person,
        "scope": one.scope,
        "weekday": one.weekly.weekday,
        "local_time": one.weekly.at.strftime("%H:%M"),
        "zone": one.weekly.zone,
        "language": one.language,
        "channel": "" if one.channel is None else one.channel.value,
        "destination": one.destination,
        "enabled": one.enabled,
        "reason": one.reason,
        "created_by": one.created_by,
        "created_at": utc(one.created_at),
        "next_due_at": utc(one.next_due_at),
        "leased_until": None if one.leased_until is None else utc(one.leased_until),
        "leased_by": one.leased_by,
        "last_run_at": None if one.last_run_at is None else utc(one.last_run_at),
        "last_outcome": one.last_outcome,
    }


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        id=ScheduleId(row.id),
        person=row.person,
        scope=row.scope,
        weekly=Weekly(weekday=row.weekday, at=time.fromisoformat(row.local_time), zone=row.zone),
        language=row.language,
        channel=ChannelName(row.channel) if row.channel else None,
        destination=row.destination,
        enabled=row.enabled,
        reason=row.reason,
        created_by=row.created_by,
        created_at=aware(row.created_at),
        next_due_at=aware(row.next_due_at),
        leased_until=None if row.leased_until is None else aware(row.leased_until),
        leased_by=row.leased_by,
        last_run_at=None if row.last_run_at is None else aware(row.last_run_at),
        last_outcome=row.last_outcome,
    )


def _run_row(one: Run) -> dict[str, Any]:
    return {
        "schedule_id": one.schedule_id,
        "due_at": utc(one.due_at),
        "since": one.since,
        "until": one.until,
        "asked": one.asked,
        "missed": one.missed,
        "attempts": one.attempts,
        "draft_id": one.draft_id,
        "delivery_id": one.delivery_id,
        "outcome": one.outcome.value,
        "detail": one.detail,
        "at": utc(one.at),
    }


def _run(row: Row[Any]) -> Run:
    return Run(
        schedule_id=ScheduleId(row.schedule_id),
        due_at=aware(row.due_at),
        since=row.since,
        until=row.until,
        asked=row.asked,
        missed=row.missed,
        attempts=row.attempts,
        draft_id=row.draft_id,
        delivery_id=row.delivery_id,
        outcome=Outcome(row.outcome),
        detail=row.detail,
        at=aware(row.at),
    )
