"""Conversations and answers on SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from copilot.adapters.sql.tables import answer_passages, answers, conversations
from copilot.adapters.sql.upsert import upsert
from copilot.answering.answer import Answer, Clarification, Outcome
from copilot.answering.question import Turn
from knowledge.document import DocumentId

#: Bodies of answers read at a time.
_AT_ONCE = 500


class SqlAnswerStore:
    """Implements `AnswerStore`, and counts citations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        query = select(conversations.c.id).where(
            conversations.c.id == conversation_id, conversations.c.person == person
        )
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def save(self, reply: Outcome, at: datetime) -> None:
        """Keep a reply with the passages and versions it was made from."""
        conversation = reply.conversation_id
        with self._engine.begin() as connection:
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

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        """Return the last messages of this person's conversation, oldest first."""
        query = (
            select(answers.c.question, answers.c.body)
            .join(conversations, conversations.c.id == answers.c.conversation_id)
            .where(conversations.c.id == conversation_id, conversations.c.person == person)
            .order_by(answers.c.created_at.desc())
            .limit((limit + 1) // 2)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        turns = []
        for row in reversed(rows):
            said = row.body.get("text") or row.body.get("explanation") or ""
            turns += [Turn(role="user", content=row.question), Turn(role="assistant", content=str(said))]
        return turns[-limit:] if limit else []

    def cited(self, since: datetime) -> Mapping[DocumentId, int]:
        """Return for each document in how many answers since then it was cited."""
        query = select(answers.c.body).where(
            answers.c.created_at >= since, answers.c.status.in_(["answered", "partial"])
        )
        count: Counter[DocumentId] = Counter()
        with self._engine.connect() as connection:
            for body in connection.execute(query.execution_options(yield_per=_AT_ONCE)).scalars():
                count.update({DocumentId(citation["document_id"]) for citation in body.get("citations", ())})
        return count


def _status(reply: Outcome) -> str:
    if isinstance(reply, Answer):
        return "partial" if reply.uncovered else "answered"
    return "clarify" if isinstance(reply, Clarification) else "abstained"


def _body(reply: Outcome) -> dict[str, Any]:
    asked = {"standalone_question": reply.standalone_question, "intent": reply.intent.value}
    if isinstance(reply, Clarification):
        choices = [{"label": c.label, "action": c.action, "payload": dict(c.payload)} for c in reply.choices]
        return asked | {"explanation": reply.explanation, "choices": choices}
    if not isinstance(reply, Answer):
        return asked | {"reason": reply.reason.value, "explanation": reply.explanation}
    composition = reply.composition
    return asked | {
        "text": composition.text,
        "explanation": composition.explanation,
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
