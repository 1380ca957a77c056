"""Three short documents in memory, and a writer that says what the test wrote down for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from copilot.chat_model import Usage
from copilot.curating.checks import QuestionChecks
from copilot.curating.cost import Price
from copilot.curating.feedback import FeedbackService
from copilot.curating.prompt import PassageText
from copilot.curating.writer import Written
from copilot.curating.writing import WritingService
from ingest.questions import QuestionIndexing
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import Chunk, ChunkQuestion, Span, Writer, chunk_id, embedded_sentences, embedded_text
from knowledge.document import Audience, Document, DocumentId, Metadata, StoredDocument, document_id
from knowledge.question_store import QuestionedDocument
from knowledge.reader import access_label
from knowledge.retriever import Retriever
from knowledge.store import Indexed
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryLexicalIndex, InMemoryQuestionStore
from tests.doubles.stores import InMemoryAnswerStore, InMemoryFeedbackStore, InMemoryOutcomeStore
from tests.doubles.vector_index import InMemoryVectorIndex

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RENEWAL = "客户合同到期前九十天开始准备续费,由客户成功经理负责。"
TRIAL = "试用一般给一周,需要时销售经理可以再批一周。"
SUPPORT = "Every outage is acknowledged within ten minutes and gets a written report."
#: What fits each text: shared words mean nearness here.
GOOD = {
    RENEWAL: ["续费要提前多少天准备", "合同到期前谁负责续费", "Who 负责 renewals"],
    TRIAL: ["试用一般给几周", "再批一周试用找谁批"],
    SUPPORT: ["How fast is an outage acknowledged?", "Who gets a written outage report?"],
}

Reply = Sequence[str] | BaseException


@dataclass
class ScriptedWriter:
    """Implements `QuestionWriter`: replies by the text of the passage; `asked` holds what it was given."""

    replies: Callable[[str], Reply] = lambda text: GOOD[text]
    model: str = "scripted"
    version: str = "questions@1x5"
    count: int = 5
    usage: Usage | None = field(default_factory=lambda: Usage(tokens_in=100, tokens_out=20))
    asked: list[PassageText] = field(default_factory=list)

    def expect(self, passage: PassageText) -> Usage:
        return Usage(tokens_in=len(passage.text), tokens_out=10)

    def write(self, passage: PassageText) -> Written:
        self.asked.append(passage)
        reply = self.replies(passage.text)
        if isinstance(reply, BaseException):
            raise reply
        return Written(candidates=reply, usage=self.usage)


class Bench:
    """Everything that writing and feedback need, on doubles."""

    def __init__(self, writer: ScriptedWriter | None = None) -> None:
        self.writer = writer or ScriptedWriter()
        self.embedder = HashingEmbedder()
        self.vectors = InMemoryVectorIndex()
        self.documents = InMemoryKnowledgeStore()
        self.store = InMemoryQuestionStore(self.documents)
        self.outcomes = InMemoryOutcomeStore()
        self.answers = InMemoryAnswerStore()
        self.ratings = InMemoryFeedbackStore(self.answers)
        self._indexing = QuestionIndexing(embedder=self.embedder, vectors=self.vectors, store=self.store)
        self._clock = START

    def add_questions(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        return self._indexing.add(document, version, questions)

    def remove_questions(self, document: DocumentId, ids: Sequence[str]) -> int:
        return self._indexing.remove(document, ids)

    def now(self) -> datetime:
        self._clock += timedelta(minutes=1)
        return self._clock

    def put(
        self,
        source: str,
        *texts: str,
        audience: Audience = Audience.INTERNAL,
        groups: tuple[str, ...] = (),
        own: Sequence[str] = (),
        duplicate_of: str | None = None,
    ) -> DocumentId:
        """Index a document, a chunk per text, each under a heading of its own; added questions are not carried."""
        name = document_id("/notes", source)
        version = self.documents.next_version(name)
        chunks, start = [], 0
        for ordinal, text in enumerate(texts):
            span = Span(start=start, end=start + len(text), text=text, heading_path=(f"{source}{ordinal}",))
            chunks.append(
                Chunk(
                    id=chunk_id(name, version, ordinal),
                    document_id=name,
                    version=version,
                    ordinal=ordinal,
                    span=span,
                )
            )
            start += len(text) + 1
        questions = [
            ChunkQuestion(id=f"{chunks[0].id}.q{i}", chunk_id=chunks[0].id, text=text) for i, text in enumerate(own)
        ]
        vectors = self.embedder.embed_sentences(
            [embedded_text("", None, chunk.span) for chunk in chunks],
            [embedded_sentences("", None, chunk.span) for chunk in chunks],
        )
        asked = self.embedder.embed_queries(list(own))
        ids = [chunk.id for chunk in chunks]
        identity = self.embedder.identity
        self.vectors.add("chunk", name, version, ids, ids, vectors.whole, access_label(audience, groups), identity)
        self.vectors.add(
            "question",
            name,
            version,
            [q.id for q in questions],
            [q.chunk_id for q in questions],
            asked,
            access_label(audience, groups),
            identity,
        )
        self.documents.save(
            Indexed(
                stored=StoredDocument(
                    id=name,
                    origin="/notes",
                    version=version,
                    document=Document(
                        source=source,
                        title="",
                        text="\n".join(texts),
                        metadata=Metadata(audience=audience, groups=groups),
                    ),
                    duplicate_of=duplicate_of,
                ),
                chunks=chunks,
                questions=questions,
                sentences=vectors.sentences,
                content_hash="",
                fingerprint="",
                recipe="1",
                at=START,
            )
        )
        for document, old in self.documents.leftovers():
            self.vectors.remove(document, old)
            self.documents.settle(document, old)
        return name

    def current(self, name: DocumentId) -> QuestionedDocument:
        found = self.store.current(name)
        assert found is not None
        return found

    def machine_written(self, name: DocumentId) -> list[str]:
        return [question.text for question in self.current(name).questions if question.writer is Writer.MACHINE]

    @property
    def checks(self) -> QuestionChecks:
        retriever = Retriever(
            embedder=self.embedder,
            vectors=self.vectors,
            lexical=InMemoryLexicalIndex(self.documents),
            store=self.documents,
        )
        return QuestionChecks(retriever=retriever, embedder=self.embedder, store=self.store)

    def writing(self, *, price: Price | None = None, writer: ScriptedWriter | None = None) -> WritingService:
        """A service as a new process would have it."""
        return WritingService(
            writer=writer or self.writer,
            checks=self.checks,
            outcomes=self.outcomes,
            questions=self.store,
            index=self,
            price=price,
            now=self.now,
        )

    def feedback(self) -> FeedbackService:
        return FeedbackService(store=self.ratings, questions=self.store, checks=self.checks, index=self, now=self.now)
