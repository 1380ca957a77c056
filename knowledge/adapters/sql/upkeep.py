"""How much is kept, what is overdue for review, and what could not be ingested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, func, select

from knowledge.adapters.sql.tables import chunks, documents, ingest_failures


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """`overdue` are ids; `failures` are counted by stage."""

    documents: int
    chunks: int
    overdue: frozenset[str]
    failures: Mapping[str, int]


def read_upkeep(engine: Engine, today: date) -> Upkeep:
    """Count in one transaction; no text is read."""
    overdue = select(documents.c.id).where(documents.c.review_by < today)
    failed = select(ingest_failures.c.stage, func.count()).group_by(ingest_failures.c.stage)
    with engine.connect() as connection:
        return Upkeep(
            documents=connection.execute(select(func.count()).select_from(documents)).scalar_one(),
            chunks=connection.execute(select(func.count()).select_from(chunks)).scalar_one(),
            overdue=frozenset(connection.execute(overdue).scalars()),
            failures={row[0]: row[1] for row in connection.execute(failed)},
        )
