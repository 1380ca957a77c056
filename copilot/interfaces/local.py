"""The use cases of every surface, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Protocol

from copilot.answering.checked_wording import Viewer
from copilot.answering.question import Question, Turn
from copilot.answering.service import AnsweringService, StageListener
from copilot.interfaces.contract import (
    AnswerBody,
    AskBody,
    Deleted,
    DocumentBody,
    DocumentList,
    IngestBody,
    IngestReport,
    NavigationBody,
    SearchBody,
)
from copilot.interfaces.curation import Curation, LocalCuration, ProgressListener
from copilot.interfaces.presentation import answer_body, document_body, document_line, navigation_body, passage_bodies
from copilot.people.person import owner, reader_of
from knowledge.document import Audience, DocumentId
from knowledge.errors import UnknownDocument
from knowledge.query import Query
from knowledge.retriever import Retriever
from knowledge.store import KnowledgeStore


class Indexing(Protocol):
    """Port to the write path, which only the composition root may touch."""

    def ingest(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> IngestReport:
        """Bring the index into the state of these sources, with or without the shipped corpus."""
        ...

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index."""
        ...

    def origins(self, paths: list[str], *, corpus: bool) -> set[str]:
        """Return the origins that ingesting these would cover."""
        ...


class Copilot(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    @property
    def curation(self) -> Curation:
        """Return the use cases around written questions."""
        ...

    def ask(self, body: AskBody) -> AnswerBody:
        """Answer a question."""
        ...

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        ...

    def documents(self) -> DocumentList:
        """List all current documents."""
        ...

    def navigation(self) -> NavigationBody:
        """Return the map of the knowledge: lifecycle stage × topic."""
        ...

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a document with its stored text, in its current or an older version."""
        ...

    def delete_document(self, source_or_id: str) -> Deleted:
        """Delete a document; its versions stay readable for the answers that cite them."""
        ...

    def ingest(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> IngestReport:
        """Ingest folders and files."""
        ...


class LocalCopilot:
    """Implements `Copilot`."""

    def __init__(
        self,
        *,
        answering: AnsweringService,
        retriever: Retriever,
        store: KnowledgeStore,
        indexing: Indexing,
        person: str,
        curation: LocalCuration,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._answering = answering
        self._retriever = retriever
        self._store = store
        self._indexing = indexing
        self._person = person
        self.curation = curation
        self._today = today

    def ask(
        self,
        body: AskBody,
        *,
        person: str | None = None,
        listen: StageListener = lambda _: None,
        viewer: Viewer | None = None,
    ) -> AnswerBody:
        """Answer a question."""
        question = Question(
            text=body.question,
            person=person or self._person,
            reader=reader_of(owner(), body.audience),
            conversation_id=body.conversation_id,
            history=tuple(Turn(role=turn.role, content=turn.content) for turn in body.history),
            may_clarify=body.clarify,
        )
        return answer_body(self._answering.ask(question, listen, viewer), self._today())

    def search(self, text: str, limit: int, audience: Audience) -> SearchBody:
        """Return passages, best first."""
        passages = self._retriever.retrieve(Query(text=text, reader=reader_of(owner(), audience), limit=limit))
        return SearchBody(id="1", passages=passage_bodies(passages))

    def documents(self) -> DocumentList:
        """List all current documents."""
        return DocumentList(documents=[document_line(summary) for summary in self._store.summaries()])

    def navigation(self) -> NavigationBody:
        """Return the map of the knowledge."""
        return navigation_body(self._store.summaries())

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a document with its stored text."""
        if version is None:
            stored = self._store.find(source_or_id)
        else:
            # By id a version opens even after its document was deleted: old answers still cite it.
            stored = self._store.find_version(self._id(source_or_id), version)
        return document_body(stored, self._store.history(stored.id))

    def _id(self, source_or_id: str) -> DocumentId:
        try:
            return self._store.find(source_or_id).id
        except UnknownDocument:
            return DocumentId(source_or_id)

    def delete_document(self, source_or_id: str) -> Deleted:
        """Delete a document."""
        stored = self._store.find(source_or_id)
        self._indexing.delete(stored.id)
        return Deleted(source=stored.document.source)

    def ingest(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> IngestReport:
        """Ingest folders and files."""
        return self._indexing.ingest(paths, corpus=corpus, listen=listen)

    def ingest_body(self, body: IngestBody, listen: ProgressListener | None = None) -> IngestReport:
        """Ingest as asked for over HTTP, and write questions when that was asked for too."""
        if body.questions:
            self.curation.plan(body.paths, corpus=body.corpus)  # says now that no chat model is set
        report = self.ingest(body.paths, corpus=body.corpus, listen=listen)
        if body.questions:
            report.questions = self.curation.write(body.paths, corpus=body.corpus, listen=listen)
        return report
