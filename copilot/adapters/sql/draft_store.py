"""Drafts and their revisions on SQL."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, Row, insert, select, update

from copilot.accounts.account import AccountId
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import draft_revisions, drafts
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import insert_new
from copilot.audit.surface import Surface
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Finding, Revision, SourceQuote
from copilot.transaction import Transaction

#: Fewer than any database takes as parameters of one statement.
_AT_ONCE = 500


class SqlDraftStore:
    """Implements `DraftStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, transaction: Transaction, draft: Draft, revision: Revision) -> bool:
        """Keep a new draft with its first revision."""
        connection = connection_of(transaction)
        row = asdict(draft) | {"created_at": utc(draft.created_at), "updated_at": utc(draft.updated_at)}
        row["inputs"] = dict(draft.inputs)
        if not insert_new(connection, drafts, row | {"kind": draft.kind.value, "status": draft.status.value}):
            return False
        _keep(connection, revision)
        return True

    def lock(self, transaction: Transaction, id: DraftId) -> Draft | None:
        """Return a draft for changing; on SQLite the transaction as a whole keeps others waiting."""
        query = select(drafts).where(drafts.c.id == id).with_for_update()
        row = connection_of(transaction).execute(query).first()
        return None if row is None else _draft(row)

    def append(self, transaction: Transaction, revision: Revision) -> None:
        """Keep a further revision; the draft is open again."""
        connection = connection_of(transaction)
        _keep(connection, revision)
        values = {"revision": revision.number, "status": DraftStatus.OPEN.value, "updated_at": utc(revision.at)}
        connection.execute(update(drafts).where(drafts.c.id == revision.draft_id).values(values))

    def set_language(self, transaction: Transaction, id: DraftId, language: Literal["zh", "en"]) -> None:
        """Keep that the draft is in another language from now on."""
        connection_of(transaction).execute(update(drafts).where(drafts.c.id == id).values(language=language))

    def set_status(self, transaction: Transaction, id: DraftId, status: DraftStatus, at: datetime) -> None:
        """Keep where the latest revision stands."""
        values = {"status": status.value, "updated_at": utc(at)}
        connection_of(transaction).execute(update(drafts).where(drafts.c.id == id).values(values))

    def get(self, id: DraftId) -> Draft | None:
        """Return a draft."""
        with self._engine.connect() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == id)).first()
        return None if row is None else _draft(row)

    def revision(self, id: DraftId, number: int) -> Revision | None:
        """Return one revision."""
        query = select(draft_revisions).where(draft_revisions.c.draft_id == id, draft_revisions.c.number == number)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _revision(row)

    def revisions(self, id: DraftId) -> Sequence[Revision]:
        """Return all revisions, oldest first."""
        query = select(draft_revisions).where(draft_revisions.c.draft_id == id).order_by(draft_revisions.c.number)
        with self._engine.connect() as connection:
            return [_revision(row) for row in connection.execute(query)]

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: AccountId | None = None,
        created_by: str | None = None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Draft]:
        """Return drafts, the last changed first, changed before a time."""
        query = select(drafts).order_by(drafts.c.updated_at.desc(), drafts.c.id).limit(limit)
        if status is not None:
            query = query.where(drafts.c.status == status.value)
        if kind is not None:
            query = query.where(drafts.c.kind == kind.value)
        if account is not None:
            query = query.where(drafts.c.account_id == account)
        if created_by is not None:
            query = query.where(drafts.c.created_by == created_by)
        if before is not None:
            query = query.where(drafts.c.updated_at < utc(before))
        with self._engine.connect() as connection:
            return [_draft(row) for row in connection.execute(query)]

    def authors(self, ids: Sequence[DraftId]) -> dict[DraftId, str]:
        """Return who wrote the latest revision of each draft."""
        columns = (draft_revisions.c.draft_id, draft_revisions.c.author)
        latest = (drafts.c.id == draft_revisions.c.draft_id) & (drafts.c.revision == draft_revisions.c.number)
        found: dict[DraftId, str] = {}
        with self._engine.connect() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                query = select(*columns).join(drafts, latest).where(drafts.c.id.in_(ids[start : start + _AT_ONCE]))
                found |= {DraftId(row.draft_id): row.author for row in connection.execute(query)}
        return found


def _keep(connection: Connection, revision: Revision) -> None:
    connection.execute(
        insert(draft_revisions).values(
            draft_id=revision.draft_id,
            number=revision.number,
            content=revision.content,
            quotes=[asdict(quote) for quote in revision.quotes],
            findings=[asdict(finding) for finding in revision.findings],
            author=revision.author,
            surface=revision.surface.value,
            at=utc(revision.at),
            based_on=revision.based_on,
        )
    )


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        id=DraftId(row.id),
        kind=DraftKind(row.kind),
        account_id=None if row.account_id is None else AccountId(row.account_id),
        language=row.language,
        created_by=row.created_by,
        created_at=aware(row.created_at),
        revision=row.revision,
        status=DraftStatus(row.status),
        updated_at=aware(row.updated_at),
        inputs=row.inputs or {},
    )


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        draft_id=DraftId(row.draft_id),
        number=row.number,
        content=row.content,
        quotes=_quotes(row.quotes),
        findings=tuple(Finding(**finding) for finding in row.findings),
        author=row.author,
        surface=Surface(row.surface),
        at=aware(row.at),
        based_on=row.based_on,
    )


def _quotes(kept: builtins.list[dict[str, Any]]) -> tuple[SourceQuote, ...]:
    return tuple(SourceQuote(**quote | {"heading_path": tuple(quote["heading_path"])}) for quote in kept)
