"""What a digest tells item by item. Texts of drafts and bodies of answers are never read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Engine, select

from copilot.accounts.account import AccountId
from copilot.accounts.events import AccountEvent
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import account_signals, deliveries, drafts, notices
from copilot.delivery.delivery import DeliveryStatus
from copilot.drafting.draft import DraftId, DraftKind, DraftStatus
from copilot.insight.counts import Window
from copilot.insight.digest_sources import AnsweredQuestion, FailedDelivery, Observed, WaitingDraft
from knowledge.document import DocumentId

_MOST = 50


class SqlDigestReading:
    """Implements `DigestReading`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, persons: frozenset[str] | None, accounts: Collection[AccountId]) -> Sequence[WaitingDraft]:
        """Return drafts that wait, oldest first; digests themselves are left out."""
        columns = (drafts.c.id, drafts.c.kind, drafts.c.account_id, drafts.c.created_by, drafts.c.updated_at)
        query = (
            select(*columns)
            .where(drafts.c.status == DraftStatus.OPEN.value, drafts.c.kind != DraftKind.WEEKLY_DIGEST.value)
            .order_by(drafts.c.updated_at, drafts.c.id)
        )
        wanted = frozenset(accounts)
        with self._engine.connect() as connection:
            return [
                WaitingDraft(
                    id=DraftId(row.id),
                    kind=row.kind,
                    account_id=None if row.account_id is None else AccountId(row.account_id),
                    created_by=row.created_by,
                    since=aware(row.updated_at),
                )
                for row in connection.execute(query)
                if persons is None or row.created_by in persons or row.account_id in wanted
            ]

    def observed(self, window: Window, accounts: Collection[AccountId]) -> Sequence[Observed]:
        """Return events that were told in the time, the newest first."""
        at = account_signals.c.recorded_at
        query = (
            select(account_signals.c.account_id, account_signals.c.name, account_signals.c.at)
            .where(at >= utc(window.since), at < utc(window.until))
            .where(account_signals.c.name.in_([event.value for event in AccountEvent]))
            .order_by(account_signals.c.at.desc(), account_signals.c.id)
        )
        wanted = frozenset(accounts)
        with self._engine.connect() as connection:
            return [
                Observed(account_id=AccountId(row.account_id), name=row.name, at=aware(row.at))
                for row in connection.execute(query)
                if row.account_id in wanted
            ]

    def failed(self, window: Window) -> Sequence[FailedDelivery]:
        """Return deliveries that were given up or stopped, the newest first."""
        query = (
            select(deliveries)
            .where(deliveries.c.status.in_([DeliveryStatus.DEAD.value, DeliveryStatus.BLOCKED.value]))
            .where(deliveries.c.created_at >= utc(window.since), deliveries.c.created_at < utc(window.until))
            .order_by(deliveries.c.created_at.desc(), deliveries.c.id)
            .limit(_MOST)
        )
        if window.persons is not None:
            query = query.where(deliveries.c.requested_by.in_(sorted(window.persons)))
        with self._engine.connect() as connection:
            return [
                FailedDelivery(
                    id=row.id,
                    channel=row.channel,
                    status=row.status,
                    code=row.code,
                    requested_by=row.requested_by,
                )
                for row in connection.execute(query)
            ]

    def answered(self, window: Window) -> Sequence[AnsweredQuestion]:
        """Return what people were told of in the time, the newest first."""
        query = (
            select(notices.c.question, notices.c.document_id)
            .where(notices.c.created_at >= utc(window.since), notices.c.created_at < utc(window.until))
            .order_by(notices.c.created_at.desc(), notices.c.id)
            .limit(_MOST)
        )
        if window.persons is not None:
            query = query.where(notices.c.person.in_(sorted(window.persons)))
        with self._engine.connect() as connection:
            return [
                AnsweredQuestion(question=row.question, document_id=DocumentId(row.document_id))
                for row in connection.execute(query)
            ]
