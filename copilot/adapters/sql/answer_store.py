"""Conversations and answers on SQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from copilot.adapters.sql.tables import answer_passages, answers, conversations
from copilot.answering.answer import Abstention, Answer


class SqlAnswerStore:
    """Implements `AnswerStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        query = select(conversations.c.id).where(
            conversations.c.id == conversation_id, conversations.c.person == person
        )
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def save(self, reply: Answer | Abstention, at: datetime) -> None:
        """Keep a reply with the passages and versions it was made from."""
        conversation = reply.conversation_id
        with self._engine.begin() as connection:
            known = select(conversations.c.id).where(conversations.c.id == conversation)
            if connection.execute(known).first() is None:
                values = {"id": conversation, "person": reply.question.person, "created_at": at}
                connection.execute(insert(conversations).values(values))
            connection.execute(
                insert(answers).values(
                    id=reply.id,
                    conversation_id=conversation,
                    question=reply.question.text,
                    status="answered" if isinstance(reply, Answer) else "abstained",
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


def _body(reply: Answer | Abstention) -> dict[str, Any]:
    if isinstance(reply, Abstention):
        return {"reason": reply.reason.value, "explanation": reply.explanation}
    composition = reply.composition
    return {
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
    }
