"""Work in the background on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import background_runs
from copilot.background import KEPT, BackgroundRun


class SqlBackgroundRuns:
    """Implements `BackgroundRuns`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, run: BackgroundRun) -> None:
        """Insert a row, and delete old ones."""
        values = {
            "id": run.id,
            "kind": run.kind,
            "person": run.person,
            "running": run.running,
            "cancelled": False,
            "body": run.body,
            "begun_at": utc(run.begun_at),
            "seen_at": utc(run.seen_at),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(background_runs).where(background_runs.c.begun_at < utc(run.begun_at - KEPT)))
            connection.execute(background_runs.insert().values(values))

    def beat(self, id: str, body: str, now: datetime) -> bool:
        """Change a row that runs."""
        beat = update(background_runs).where(background_runs.c.id == id, background_runs.c.running)
        beat = beat.values(body=body, seen_at=utc(now))
        with self._engine.begin() as connection:
            return bool(connection.execute(beat.returning(background_runs.c.cancelled)).scalar())

    def end(self, id: str, body: str, now: datetime) -> None:
        """Change a row for the last time."""
        ended = update(background_runs).where(background_runs.c.id == id)
        with self._engine.begin() as connection:
            connection.execute(ended.values(body=body, seen_at=utc(now), running=False))

    def get(self, id: str) -> BackgroundRun | None:
        """Return a row."""
        with self._engine.connect() as connection:
            row = connection.execute(select(background_runs).where(background_runs.c.id == id)).first()
        return None if row is None else _run(row)

    def recent(self, kind: str, limit: int) -> Sequence[BackgroundRun]:
        """Return rows of a kind."""
        query = select(background_runs).where(background_runs.c.kind == kind)
        newest = query.order_by(background_runs.c.begun_at.desc(), background_runs.c.id).limit(limit)
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(newest)]

    def cancel(self, id: str) -> None:
        """Mark a row."""
        with self._engine.begin() as connection:
            connection.execute(update(background_runs).where(background_runs.c.id == id).values(cancelled=True))


def _run(row: Row[Any]) -> BackgroundRun:
    return BackgroundRun(
        id=row.id,
        kind=row.kind,
        person=row.person,
        running=row.running,
        body=row.body,
        begun_at=aware(row.begun_at),
        seen_at=aware(row.seen_at),
    )
