"""Publications on SQL."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, or_, select, update

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import publications
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.curating.publishing.publication import Publication, PublicationStatus
from copilot.transaction import Transaction

_TIMES = ("due_at", "created_at", "published_at")


class SqlPublicationStore:
    """Implements `PublicationStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, transaction: Transaction, publication: Publication, now: datetime, until: datetime) -> bool:
        """Take a revision in hand until a time; a first claim keeps it."""
        connection, table = connection_of(transaction), publications
        if insert_new(connection, table, _row(publication) | {"leased_until": utc(until)}):
            return True
        free = or_(table.c.leased_until.is_(None), table.c.leased_until <= utc(now))
        taken = connection.execute(
            update(table)
            .where(table.c.draft_id == publication.draft_id, table.c.revision == publication.revision)
            .where(table.c.status == PublicationStatus.QUEUED.value, table.c.due_at <= utc(now), free)
            .values(leased_until=utc(until))
        )
        return taken.rowcount > 0

    def put(self, transaction: Transaction, publication: Publication) -> None:
        """Change a revision that was claimed, and let go of it."""
        row = _row(publication) | {"leased_until": None}
        key = (publications.c.draft_id == publication.draft_id, publications.c.revision == publication.revision)
        connection_of(transaction).execute(update(publications).where(*key).values(row))

    def get(self, draft_id: str, revision: int) -> Publication | None:
        """Return one."""
        query = select(publications).where(publications.c.draft_id == draft_id, publications.c.revision == revision)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _publication(row)

    def list(self, status: PublicationStatus | None, limit: int) -> Sequence[Publication]:
        """Return the newest first; None: in any state."""
        query = select(publications).order_by(publications.c.created_at.desc(), publications.c.draft_id).limit(limit)
        if status is not None:
            query = query.where(publications.c.status == status.value)
        return self._found(query)

    def of_document(self, document_id: str) -> Sequence[Publication]:
        """Return what stands in a document now, the oldest first."""
        query = (
            select(publications)
            .where(publications.c.document_id == document_id)
            .where(publications.c.status == PublicationStatus.PUBLISHED.value)
            .order_by(publications.c.published_at, publications.c.draft_id, publications.c.revision)
        )
        return self._found(query)

    def _found(self, query: Any) -> builtins.list[Publication]:
        with self._engine.connect() as connection:
            return [_publication(row) for row in connection.execute(query)]


def _row(one: Publication) -> dict[str, Any]:
    row = vars(one) | {"status": one.status.value}
    return row | {name: None if row[name] is None else utc(row[name]) for name in _TIMES}


def _publication(row: Row[Any]) -> Publication:
    values = {name: value for name, value in row._mapping.items() if name != "leased_until"}
    values |= {name: None if values[name] is None else aware(values[name]) for name in _TIMES}
    return Publication(**values | {"status": PublicationStatus(row.status)})
