"""The replies that may show a gap, on SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, func, or_, select

from copilot.adapters.sql.moment import aware, utc
from copilot.adapters.sql.tables import answer_feedback, answer_passages, answers, conversations, gap_queue
from copilot.adapters.sql.transactions import connection_of
from copilot.adapters.sql.upsert import upsert
from copilot.curating.miss import MACHINE_SURFACES, NOT_GAPS, GivenReply
from copilot.curating.opinion import DownvoteReason, Opinion
from copilot.transaction import Transaction
from knowledge.document import DocumentId
from knowledge.text import is_chinese


class SqlReplyQueue:
    """Implements `ReplyQueue`; what is to be looked at is put there by the stores of answers and of feedback."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, limit: int, without: frozenset[str] = frozenset()) -> Sequence[GivenReply]:
        """Return replies that wait, the earliest first, but those of these ids."""
        query = _replies().join(gap_queue, gap_queue.c.answer_id == answers.c.id)
        if without:
            query = query.where(gap_queue.c.answer_id.not_in(without))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(gap_queue.c.at, gap_queue.c.answer_id).limit(limit)).all()
        return [_reply(row) for row in rows]

    def take(self, transaction: Transaction, answer_id: str) -> GivenReply | None:
        """Take a reply out of the queue and return it as it stands now; None when somebody else has taken it.

        Whoever speaks about it meanwhile waits for the end of this transaction and puts it into the queue again.
        """
        connection = connection_of(transaction)
        if not connection.execute(delete(gap_queue).where(gap_queue.c.answer_id == answer_id)).rowcount:
            return None
        row = connection.execute(_replies().where(answers.c.id == answer_id)).first()
        return None if row is None else _reply(row)

    def not_gaps(self, since: datetime) -> Mapping[str, int]:
        """Return how many questions of people were refused since then for each reason in `NOT_GAPS`."""
        by_people = or_(answers.c.surface.is_(None), answers.c.surface.not_in(MACHINE_SURFACES))
        talk = or_(answers.c.intent.is_(None), answers.c.intent != "smalltalk")
        query = (
            select(answers.c.reason, func.count())
            .where(answers.c.reason.in_(NOT_GAPS), answers.c.created_at >= utc(since), by_people, talk)
            .group_by(answers.c.reason)
        )
        with self._engine.connect() as connection:
            counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
        return {reason: counts.get(reason, 0) for reason in NOT_GAPS}


def put_in_queue(connection: Connection, answer_id: str, at: datetime) -> None:
    """Have a reply looked at, in the transaction that makes it worth a look."""
    values = {"answer_id": answer_id, "at": at.astimezone(UTC)}
    new = upsert(connection, gap_queue).values(values)
    connection.execute(new.on_conflict_do_update(index_elements=["answer_id"], set_={"at": values["at"]}))


def _replies() -> Select[Any]:
    closest = (answer_passages.c.answer_id == answers.c.id) & (answer_passages.c.rank == 1)
    return (
        select(
            answers,
            conversations.c.person,
            answer_passages.c.document_id.label("closest"),
            answer_passages.c.version.label("closest_version"),
            answer_feedback.c.helpful,
            answer_feedback.c.reason.label("why"),
            answer_feedback.c.comment,
            answer_feedback.c.edited_text,
        )
        .join(conversations, conversations.c.id == answers.c.conversation_id)
        .outerjoin(answer_passages, closest)
        .outerjoin(
            answer_feedback,
            (answer_feedback.c.answer_id == answers.c.id) & (answer_feedback.c.person == conversations.c.person),
        )
    )


def _reply(row: Row[Any]) -> GivenReply:
    question = row.body.get("standalone_question") or row.question
    cited = row.body.get("citations") or [{"document_id": row.closest, "version": row.closest_version}]
    return GivenReply(
        answer_id=row.id,
        conversation_id=row.conversation_id,
        person=row.person,
        question=question,
        language=row.language or ("zh" if is_chinese(question) else "en"),
        status=row.status,
        at=aware(row.created_at),
        reason=row.reason,
        intent=row.intent,
        surface=row.surface,
        account_id=row.account_id,
        missing=tuple(row.body.get("missing", ())),
        document_id=DocumentId(cited[0]["document_id"]) if cited[0]["document_id"] else None,
        version=cited[0]["version"],
        opinion=Opinion(
            helpful=row.helpful,
            reason=DownvoteReason(row.why) if row.why else None,
            comment=row.comment,
            edited_text=row.edited_text,
        ),
    )
