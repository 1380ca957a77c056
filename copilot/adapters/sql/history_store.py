"""What was asked and answered, looked back on, on SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, Select, func, select

from copilot.adapters.sql.moment import aware
from copilot.adapters.sql.tables import answers, conversations
from copilot.answering.history import KeptConversation, KeptReply


class SqlHistoryStore:
    """Implements `HistoryStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def conversations(self, person: str, limit: int, offset: int) -> Sequence[KeptConversation]:
        """Return a person's conversations, the one with the newest reply first."""
        counted = (
            select(
                answers.c.conversation_id.label("id"),
                func.count().label("replies"),
                func.min(answers.c.created_at).label("started_at"),
                func.max(answers.c.created_at).label("last_at"),
            )
            .join(conversations, conversations.c.id == answers.c.conversation_id)
            .where(conversations.c.person == person)
            .group_by(answers.c.conversation_id)
            .order_by(func.max(answers.c.created_at).desc(), answers.c.conversation_id)
            .limit(limit)
            .offset(offset)
            .subquery()
        )
        first = (
            select(answers.c.question)
            .where(answers.c.conversation_id == counted.c.id)
            .order_by(answers.c.created_at, answers.c.id)
            .limit(1)
            .scalar_subquery()
        )
        query = select(counted, first.label("question")).order_by(counted.c.last_at.desc(), counted.c.id)
        with self._engine.connect() as connection:
            return [
                KeptConversation(
                    id=row.id,
                    question=row.question,
                    replies=row.replies,
                    started_at=aware(row.started_at),
                    last_at=aware(row.last_at),
                )
                for row in connection.execute(query)
            ]

    def holder(self, conversation_id: str) -> str | None:
        """Return whose conversation it is."""
        query = select(conversations.c.person).where(conversations.c.id == conversation_id)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def replies(self, conversation_id: str, limit: int) -> Sequence[KeptReply]:
        """Return the last replies of a conversation, oldest first."""
        query = (
            _REPLIES.where(answers.c.conversation_id == conversation_id)
            .order_by(answers.c.created_at.desc(), answers.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [_reply(row) for row in reversed(connection.execute(query).all())]

    def reply(self, id: str) -> KeptReply | None:
        """Return one reply."""
        return self._one(_REPLIES.where(answers.c.id == id))

    def reply_to(self, request: str) -> KeptReply | None:
        """Return the reply to a request, by the name its asker gave it."""
        return self._one(_REPLIES.where(answers.c.request == request))

    def _one(self, query: Select[Any]) -> KeptReply | None:
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _reply(row)


_REPLIES = select(answers, conversations.c.person).join(conversations, conversations.c.id == answers.c.conversation_id)


def _reply(row: Row[Any]) -> KeptReply:
    return KeptReply(
        id=row.id,
        conversation_id=row.conversation_id,
        person=row.person,
        question=row.question,
        status=row.status,
        language="en" if row.language == "en" else "zh",
        at=aware(row.created_at),
        body=row.body,
    )
