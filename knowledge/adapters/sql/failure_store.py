"""Failed items on SQL. Every public method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, select

from knowledge.adapters.sql.ordering import by_code_point
from knowledge.adapters.sql.tables import ingest_failures
from knowledge.adapters.sql.upsert import upsert
from knowledge.document import DocumentId, document_id
from knowledge.failures import Failure, Stage

#: SQLite allows a limited number of bound values in one statement.
_AT_ONCE = 500


class SqlFailureStore:
    """Implements `FailureStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def failures(self) -> Sequence[Failure]:
        """Return all of them, by origin and source."""
        query = select(ingest_failures).order_by(
            by_code_point(ingest_failures.c.origin), by_code_point(ingest_failures.c.source)
        )
        with self._engine.connect() as connection:
            return [
                Failure(
                    id=DocumentId(row.id),
                    origin=row.origin,
                    source=row.source,
                    stage=row.stage,
                    code=row.code,
                    reason=row.reason,
                    attempts=row.attempts,
                    first_at=_aware(row.first_at),
                    last_at=_aware(row.last_at),
                )
                for row in connection.execute(query)
            ]

    def record(self, *, origin: str, source: str, stage: Stage, code: str, reason: str, at: datetime) -> None:
        """Remember a failed attempt."""
        now = at.astimezone(UTC)
        latest = {"stage": stage, "code": code, "reason": reason, "last_at": now}
        first = {"id": document_id(origin, source), "origin": origin, "source": source, "attempts": 1, "first_at": now}
        with self._engine.begin() as connection:
            connection.execute(
                upsert(connection, ingest_failures)
                .values(first | latest)
                .on_conflict_do_update(
                    index_elements=[ingest_failures.c.id],
                    set_=latest | {"attempts": ingest_failures.c.attempts + 1},
                )
            )

    def forget(self, ids: Collection[DocumentId]) -> None:
        """Take away what succeeded or is gone."""
        names = list(ids)
        if not names:
            return
        with self._engine.begin() as connection:
            for start in range(0, len(names), _AT_ONCE):
                some = ingest_failures.c.id.in_(names[start : start + _AT_ONCE])
                connection.execute(delete(ingest_failures).where(some))


def _aware(moment: datetime) -> datetime:
    """SQLite hands moments back without their time zone, which is always UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
