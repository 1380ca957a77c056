"""Runs of evaluations on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, select

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import evaluations
from copilot.adapters.sql.upsert import insert_new
from copilot.curating.evaluation_run import EvaluationRun


class SqlEvaluationRunStore:
    """Implements `EvaluationRunStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, run: EvaluationRun) -> None:
        """Keep a run."""
        values = {
            "id": run.id,
            "at": utc(run.at),
            "person": run.person,
            "summary": dict(run.summary),
            "report": run.detail,
        }
        with self._engine.begin() as connection:
            insert_new(connection, evaluations, values)

    def list(self, limit: int) -> Sequence[EvaluationRun]:
        """Return runs, the newest first, without their details."""
        columns = [column for column in evaluations.c if column.name != "report"]
        query = select(*columns).order_by(evaluations.c.at.desc(), evaluations.c.id).limit(limit)
        with self._engine.connect() as connection:
            return [_run(row, "") for row in connection.execute(query)]

    def get(self, id: str) -> EvaluationRun | None:
        """Return one run with its detail."""
        with self._engine.connect() as connection:
            row = connection.execute(select(evaluations).where(evaluations.c.id == id)).first()
        return None if row is None else _run(row, row.report)


def _run(row: Row[Any], detail: str) -> EvaluationRun:
    return EvaluationRun(id=row.id, at=aware(row.at), person=row.person, summary=row.summary, detail=detail)
