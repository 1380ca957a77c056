"""Small documents and replies that the contracts put into stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from copilot.answering.answer import (
    Abstention,
    AbstentionReason,
    Answer,
    Choice,
    Clarification,
    Composition,
    GroundedSentence,
)
from copilot.answering.question import Question
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of
from knowledge.adapters.sql.question_store import SqlQuestionStore
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from knowledge.chunk import Chunk, ChunkId, ChunkQuestion, Span, chunk_id
from knowledge.document import Audience, Document, DocumentId, Metadata, StoredDocument, content_hash, document_id
from knowledge.index import Field, LexicalIndex
from knowledge.passage import Passage, cite
from knowledge.question_store import QuestionStore
from knowledge.reader import STAFF, Reader
from knowledge.store import Indexed, KnowledgeStore
from knowledge.text import sentence_spans
from knowledge.vector_sets import VectorSets

ORIGIN = "/data/playbooks"
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """A store and the index beside it."""

    store: KnowledgeStore
    lexical: LexicalIndex
    questions: QuestionStore
    sets: VectorSets

    def found(
        self, text: str, *, field: Field = "chunk", limit: int = 10, reader: Reader = STAFF
    ) -> dict[ChunkId, float]:
        return dict(self.lexical.search_text(field, text, limit, reader))


def sql_knowledge(engine: Engine, folder: Path) -> Knowledge:
    """The stores on a database."""
    full_text = full_text_of(engine, folder / "cache")
    return Knowledge(
        store=SqlKnowledgeStore(engine, full_text),
        lexical=full_text,
        questions=SqlQuestionStore(engine, full_text),
        sets=SqlVectorSets(engine),
    )


def after(minutes: int) -> datetime:
    """A moment that many minutes after the start."""
    return START + timedelta(minutes=minutes)


def identity(source: str, origin: str = ORIGIN) -> DocumentId:
    """The id that `indexed` gives a document."""
    return document_id(origin, source)


def chunk_of(source: str, ordinal: int = 0, *, version: int = 1) -> ChunkId:
    """The id that `indexed` gives a chunk."""
    return chunk_id(identity(source), version, ordinal)


def indexed(
    source: str,
    *paragraphs: str,
    version: int = 1,
    origin: str = ORIGIN,
    title: str = "",
    audience: Audience = Audience.INTERNAL,
    metadata: Metadata | None = None,
    questions: Sequence[str] = (),
    warnings: tuple[str, ...] = (),
    fingerprint: str = "f1",
    duplicate_of: str | None = None,
    at: datetime = START,
) -> Indexed:
    """A version with one chunk per paragraph; every written question points at the first chunk."""
    name = identity(source, origin)
    text = "\n\n".join(paragraphs)
    chunks: list[Chunk] = []
    start = 0
    for ordinal, paragraph in enumerate(paragraphs):
        span = Span(start=start, end=start + len(paragraph), text=paragraph, heading_path=("章", paragraph[:4]))
        chunks.append(
            Chunk(id=chunk_id(name, version, ordinal), document_id=name, version=version, ordinal=ordinal, span=span)
        )
        start += len(paragraph) + 2
    document = Document(
        source=source, title=title, text=text, metadata=metadata or Metadata(audience=audience), warnings=warnings
    )
    return Indexed(
        stored=StoredDocument(id=name, origin=origin, version=version, document=document, duplicate_of=duplicate_of),
        chunks=chunks,
        questions=[
            ChunkQuestion(id=f"{chunks[0].id}.q{i}", chunk_id=chunks[0].id, text=question)
            for i, question in enumerate(questions)
        ],
        sentences=[
            np.full((len(sentence_spans(chunk.span.text)), 3), 0.5, dtype=np.float32) + n
            for n, chunk in enumerate(chunks)
        ],
        content_hash=content_hash(text.encode()),
        fingerprint=fingerprint,
        recipe="1",
        at=at,
    )


def passage(text: str = "续约前九十天开始复盘。") -> Passage:
    """A passage that fills its document."""
    name = identity("renewal.md")
    span = Span(start=0, end=len(text), text=text, heading_path=("续约",))
    chunk = Chunk(id=chunk_id(name, 1, 0), document_id=name, version=1, ordinal=0, span=span)
    return Passage(chunk=chunk, source="renewal.md", title="续约", metadata=Metadata(), score=0.9, similarity=0.8)


def answer(reply: str, conversation: str, person: str) -> Answer:
    """An answer that quotes one passage."""
    found = passage()
    quote = cite(1, found, 0, len(found.text))
    return Answer(
        id=reply,
        conversation_id=conversation,
        question=Question(text="什么时候准备续约？", person=person),
        passages=[found],
        timings_ms={"retrieve": 3},
        composition=Composition(
            text=f"{found.text}[1]",
            explanation="",
            citations=[quote],
            grounding=[GroundedSentence(text=found.text, status="grounded", citations=(1,))],
            composer="extractive",
        ),
    )


def clarification(reply: str, conversation: str, person: str) -> Clarification:
    """A question back with one choice."""
    return Clarification(
        id=reply,
        conversation_id=conversation,
        question=Question(text="什么时候准备续约？", person=person),
        passages=[passage()],
        timings_ms={},
        choices=[Choice(label="大型", action="ask", payload={"question": "什么时候准备续约？(大型)"})],
        explanation="请选择:大型、小微。",
    )


def abstention(reply: str, conversation: str, person: str) -> Abstention:
    """An abstention that found nothing at all."""
    return Abstention(
        id=reply,
        conversation_id=conversation,
        question=Question(text="What is the weather?", person=person),
        passages=[],
        timings_ms={},
        reason=AbstentionReason.OUT_OF_SCOPE,
        explanation="That is not about our customers.",
    )
