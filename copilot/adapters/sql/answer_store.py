"""Conversations and answers on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from copilot.adapters.sql.reading import reading
from copilot.adapters.sql.reply_queue import put_in_queue
from copilot.adapters.sql.tables import answer_citations, answer_passages, answers, conversations
from copilot.adapters.sql.upsert import upsert
from copilot.answering.answer import Abstention, AbstentionReason, Answer, Clarification, Outcome
from copilot.answering.question import Turn
from copilot.errors import AlreadyAnswered
from knowledge.document import DocumentId


class SqlAnswerStore:
    """Implements `AnswerStore`, and counts citations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = reading(engine)

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        query = select(conversations.c.id).where(
            conversations.c.id == conversation_id, conversations.c.person == person
        )
        with self._reading.connect() as connection:
            return connection.execute(query).first() is not None

    def save(self, reply: Outcome, at: datetime) -> None:
        """Keep a reply with the passages and versions it was made from; a miss is looked at later."""
        try:
            with self._engine.begin() as connection:
                self._keep(connection, reply, at)
        except IntegrityError as error:
            if reply.question.request is None or not self._answered(reply.question.request):
                raise
            raise AlreadyAnswered("This request was answered already. Read its conversation.") from error

    def _answered(self, request: str) -> bool:
        with self._reading.connect() as connection:
            return connection.execute(select(answers.c.id).where(answers.c.request == request)).first() is not None

    def _keep(self, connection: Connection, reply: Outcome, at: datetime) -> None:
        conversation = reply.conversation_id
        values = {"id": conversation, "person": reply.question.person, "created_at": at}
        connection.execute(upsert(connection, conversations).values(values).on_conflict_do_nothing())
        connection.execute(
            insert(answers).values(
                id=reply.id,
                conversation_id=conversation,
                question=reply.question.text,
                status=_status(reply),
                body=_body(reply),
                created_at=at,
                request=reply.question.request,
                **_counted(reply),
            )
        )
        rows = [
            {
                "answer_id": reply.id,
                "rank": rank,
                "document_id": passage.chunk.document_id,
                "version": passage.chunk.version,
                "start": passage.chunk.span.start,
                "end": passage.chunk.span.end,
                "score": passage.score,
            }
            for rank, passage in enumerate(reply.passages, start=1)
        ]
        if rows:
            connection.execute(insert(answer_passages), rows)
        if cited := _cited(reply):
            connection.execute(insert(answer_citations), cited)
        if _misses(reply):
            put_in_queue(connection, reply.id, at)

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        """Return the last messages of this person's conversation, oldest first."""
        query = (
            select(answers.c.question, answers.c.body)
            .join(conversations, conversations.c.id == answers.c.conversation_id)
            .where(conversations.c.id == conversation_id, conversations.c.person == person)
            .order_by(answers.c.created_at.desc())
            .limit((limit + 1) // 2)
        )
        with self._reading.connect() as connection:
            rows = connection.execute(query).all()
        turns = []
        for row in reversed(rows):
            said = row.body.get("text") or row.body.get("explanation") or ""
            turns += [Turn(role="user", content=row.question), Turn(role="assistant", content=str(said))]
        return turns[-limit:] if limit else []

    def cited(self, since: datetime) -> Mapping[DocumentId, int]:
        """Return for each document in how many answers since then it was cited."""
        query = (
            select(answer_citations.c.document_id, func.count())
            .join(answers, answers.c.id == answer_citations.c.answer_id)
            .where(answers.c.created_at >= since)
            .group_by(answer_citations.c.document_id)
        )
        with self._reading.connect() as connection:
            return {DocumentId(document): count for document, count in connection.execute(query)}


def _status(reply: Outcome) -> str:
    if isinstance(reply, Answer):
        return "partial" if reply.uncovered else "answered"
    return "clarify" if isinstance(reply, Clarification) else "abstained"


def _misses(reply: Outcome) -> bool:
    if isinstance(reply, Abstention):
        return reply.reason is AbstentionReason.NOT_IN_KNOWLEDGE
    return isinstance(reply, Answer) and bool(reply.missing)


def _counted(reply: Outcome) -> dict[str, str | None]:
    """Return what is counted of a reply."""
    question = reply.question
    return {
        "reason": reply.reason.value if isinstance(reply, Abstention) else None,
        "intent": reply.intent.value,
        "language": question.language,
        "audience": question.reader.audience.value,
        "account_id": question.account_id,
        "surface": question.surface,
        "composer": reply.composition.composer if isinstance(reply, Answer) else None,
    }


def _cited(reply: Outcome) -> list[dict[str, Any]]:
    """Return each cited document once; of two versions of one, the first that is quoted."""
    if not isinstance(reply, Answer):
        return []
    cited: dict[DocumentId, int] = {}
    for citation in reply.composition.citations:
        cited.setdefault(citation.passage.chunk.document_id, citation.passage.chunk.version)
    return [{"answer_id": reply.id, "document_id": document, "version": v} for document, v in cited.items()]


def _body(reply: Outcome) -> dict[str, Any]:
    choices = [{"label": c.label, "action": c.action, "payload": dict(c.payload)} for c in reply.choices]
    asked = {"standalone_question": reply.standalone_question, "intent": reply.intent.value, "choices": choices}
    if isinstance(reply, Clarification):
        return asked | {"explanation": reply.explanation}
    if not isinstance(reply, Answer):
        return asked | {"reason": reply.reason.value, "explanation": reply.explanation}
    composition = reply.composition
    return asked | {
        "text": composition.text,
        "explanation": composition.explanation,
        "missing": list(reply.missing),
        "composer": composition.composer,
        "call": asdict(composition.call) if composition.call else None,
        "citations": [
            {
                "n": citation.number,
                "document_id": citation.passage.chunk.document_id,
                "version": citation.passage.chunk.version,
                "quote": citation.quote,
                "start": citation.start,
                "end": citation.end,
                "source": citation.passage.source,
                "title": citation.passage.title,
                "kind": citation.passage.metadata.kind.value,
                "heading_path": list(citation.heading_path),
                "page": citation.page,
                "url": citation.passage.metadata.url,
                "verified_until": _day(citation.passage.metadata.review_by),
            }
            for citation in composition.citations
        ],
        "grounding": [
            {"sentence": s.text, "status": s.status, "citations": list(s.citations)} for s in composition.grounding
        ],
        "conflicts": [
            {"topic": c.topic, "sides": [{"claim": side.claim, "citation": side.citation} for side in c.sides]}
            for c in composition.conflicts
        ],
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
