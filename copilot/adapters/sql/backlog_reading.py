"""What waits and what has gone stale, counted in the tables; no body, text or person is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, and_, func, or_, select

from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.tables import (
    answer_citations,
    answers,
    deliveries,
    drafts,
    gaps,
    handovers,
    notices,
    publications,
    schedules,
    slack_events,
)
from copilot.telemetry.backlog import Backlog

_USED_WITHIN = timedelta(days=30)
_DAY = timedelta(days=1)
_DUE = ("queued", "sending")


def read_backlog(engine: Engine, now: datetime | None = None) -> tuple[Backlog, frozenset[str]]:
    """Count in one transaction; also returns the ids of the documents that were cited within 30 days.

    What the knowledge keeps is not of these tables, and stays 0.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    with engine.connect() as connection:
        sending = deliveries.c.status == "sending"
        waits = or_(and_(deliveries.c.status == "queued", deliveries.c.due_at <= now), sending)
        reader = _Reader(connection, now)
        cited = select(answer_citations.c.document_id).distinct().join_from(answer_citations, answers)
        used = connection.execute(cited.where(answers.c.created_at >= now - _USED_WITHIN)).scalars()
        backlog = Backlog(
            deliveries=reader.pairs(deliveries, deliveries.c.channel, deliveries.c.status),
            delivery_oldest_s=reader.age(deliveries.c.created_at, waits),
            deliveries_stuck=reader.count(deliveries, and_(sending, deliveries.c.leased_until < now)),
            gaps=reader.by(gaps, gaps.c.status),
            gap_oldest_s=reader.age(gaps.c.first_at, gaps.c.status == "open"),
            drafts=reader.by(drafts, drafts.c.status),
            draft_oldest_s=reader.age(drafts.c.updated_at, drafts.c.status == "open"),
            handovers_open=reader.count(handovers, handovers.c.status == "open"),
            handover_oldest_s=reader.age(handovers.c.created_at, handovers.c.status == "open"),
            publications_waiting=reader.count(publications, publications.c.status == "queued"),
            notices_waiting=reader.count(notices, notices.c.sending == "waits"),
            slack_waiting=reader.count(slack_events, slack_events.c.status == "claimed"),
            schedule_lag_s=reader.age(schedules.c.next_due_at, schedules.c.enabled),
            answers=reader.pairs(answers, answers.c.status, answers.c.reason, answers.c.created_at >= now - _DAY),
        )
        return backlog, frozenset(used)


class _Reader:
    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def count(self, table: FromClause, which: ColumnElement[bool]) -> int:
        return int(self._connection.execute(select(func.count()).select_from(table).where(which)).scalar_one())

    def by(self, table: FromClause, column: ColumnElement[Any]) -> Mapping[str, int]:
        query = select(column, func.count()).select_from(table).group_by(column)
        return {str(row[0]): row[1] for row in self._connection.execute(query)}

    def pairs(
        self,
        table: FromClause,
        first: ColumnElement[Any],
        second: ColumnElement[Any],
        which: ColumnElement[bool] | None = None,
    ) -> Mapping[tuple[str, str], int]:
        query = select(first, second, func.count()).select_from(table).group_by(first, second)
        rows = self._connection.execute(query if which is None else query.where(which))
        return {(str(row[0]), row[1] or ""): row[2] for row in rows}

    def age(self, column: ColumnElement[Any], which: ColumnElement[bool]) -> float:
        """Return how long ago the oldest was; 0 where there is none, or where its time is still to come."""
        oldest = self._connection.execute(select(func.min(column)).where(which)).scalar_one()
        return max(0.0, (self._now - aware(oldest)).total_seconds()) if oldest is not None else 0.0
