"""What has happened around an account, read from the tables of signals, drafts, suggestions and answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, literal, select

from copilot.accounts.account import AccountId
from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import (
    account_signals,
    answers,
    conversations,
    decisions,
    deliveries,
    draft_revisions,
    drafts,
    suggestion_reactions,
    suggestions,
)
from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import shown
from copilot.insight.timeline import Happened, Kind


class SqlTimeline:
    """Implements `TimelineStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def happened(
        self, account: AccountId, *, before: datetime | None, limit: int, drafts: bool, asker: str | None
    ) -> Sequence[Happened]:
        """Return what happened around an account, newest first."""
        asked = [_signals(account), _reactions(account), _questions(account, asker)]
        if drafts:
            asked += [_revisions(account), _decisions(account), _deliveries(account)]
        found: list[Happened] = []
        with self._engine.connect() as connection:
            for kind, query, at in asked:
                if before is not None:
                    query = query.where(at < utc(before))
                rows = connection.execute(query.order_by(at.desc()).limit(limit))
                found += _told(kind, rows)
        return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


_Asked = tuple[Kind, Select[Any], ColumnElement[Any]]


def _told(kind: Kind, rows: Any) -> Iterator[Happened]:
    for row in rows:
        yield Happened(
            kind=kind,
            at=aware(row.at),
            person=row.person,
            what=row.what,
            state=str(row.state or ""),
            text=_text(kind, row),
            subject=row.subject or "",
        )


def _text(kind: Kind, row: Any) -> str:
    """Say what a row says; the paths of web addresses often are secrets."""
    if row.text is None:
        return ""
    return shown(ChannelName(row.what), row.text) if kind is Kind.DELIVERY else str(row.text)


def _signals(account: AccountId) -> _Asked:
    table = account_signals.c
    query = select(
        table.at,
        table.source.label("person"),
        table.name.label("what"),
        literal("").label("state"),
        table.value.label("text"),
        table.id.label("subject"),
    )
    return Kind.SIGNAL, query.where(table.account_id == account), table.at


def _reactions(account: AccountId) -> _Asked:
    table = suggestion_reactions.c
    query = select(
        table.at,
        table.person,
        suggestions.c.action.label("what"),
        table.verdict.label("state"),
        table.reason.label("text"),
        suggestions.c.id.label("subject"),
    ).join(suggestions, suggestions.c.id == table.suggestion_id)
    return Kind.REACTION, query.where(suggestions.c.account_id == account), table.at


def _questions(account: AccountId, asker: str | None) -> _Asked:
    query = select(
        answers.c.created_at.label("at"),
        conversations.c.person,
        answers.c.status.label("what"),
        answers.c.reason.label("state"),
        answers.c.question.label("text"),
        answers.c.conversation_id.label("subject"),
    ).join(conversations, conversations.c.id == answers.c.conversation_id)
    query = query.where(answers.c.account_id == account)
    if asker is not None:
        query = query.where(conversations.c.person == asker)
    return Kind.QUESTION, query, answers.c.created_at


def _revisions(account: AccountId) -> _Asked:
    table = draft_revisions.c
    query = select(
        table.at,
        table.author.label("person"),
        drafts.c.kind.label("what"),
        table.number.label("state"),
        table.surface.label("text"),
        drafts.c.id.label("subject"),
    ).join(drafts, drafts.c.id == table.draft_id)
    return Kind.REVISION, query.where(drafts.c.account_id == account), table.at


def _decisions(account: AccountId) -> _Asked:
    table = decisions.c
    query = select(
        table.at,
        table.person,
        drafts.c.kind.label("what"),
        table.verdict.label("state"),
        table.reason.label("text"),
        drafts.c.id.label("subject"),
    ).join(drafts, drafts.c.id == table.draft_id)
    return Kind.DECISION, query.where(drafts.c.account_id == account), table.at


def _deliveries(account: AccountId) -> _Asked:
    table = deliveries.c
    query = select(
        table.created_at.label("at"),
        table.requested_by.label("person"),
        table.channel.label("what"),
        table.status.label("state"),
        table.destination.label("text"),
        drafts.c.id.label("subject"),
    ).join(drafts, drafts.c.id == table.draft_id)
    return Kind.DELIVERY, query.where(drafts.c.account_id == account), table.created_at
