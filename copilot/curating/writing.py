"""Questions for documents that have none, written by a chat model, checked, and never paid for twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from copilot.chat_model import Usage
from copilot.curating.candidate import Refusal
from copilot.curating.checks import QuestionChecks
from copilot.curating.cost import Price
from copilot.curating.prompt import Language, PassageText
from copilot.curating.store import Order, OutcomeStore, QuestionIndex
from copilot.curating.writer import QuestionWriter
from copilot.errors import ChatModelRequired, ChatModelUnavailable
from knowledge.chunk import Chunk, ChunkId, Writer, added_question, embedded_text
from knowledge.document import DocumentId
from knowledge.question_store import QuestionedDocument, QuestionStore

#: A shorter chunk (a lone heading, a link line) answers nothing.
_TOO_SHORT = 20
#: So many failures in a row are not the passages' fault.
_GIVE_UP_AFTER = 3

#: done, total, name of the document
Listener = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class WritingPlan:
    """What a run would do; `requests` are what has to be paid for, the other chunks are known already."""

    documents: int
    chunks: int
    requests: int
    expected: Usage
    price: float | None  #: None without prices in the settings


@dataclass(kw_only=True)
class WritingReport:
    """What a run did."""

    documents: int = 0
    chunks: int = 0
    requests: int = 0
    written: int = 0  #: questions that are in the index now and were not before
    refused: Counter[Refusal] = field(default_factory=Counter)
    failed: int = 0  #: chunks for which the model gave nothing; the next run tries again
    used: Usage | None = None  #: None when the server counted nothing
    price: float | None = None
    seconds: float = 0.0
    stopped: ChatModelUnavailable | None = None  #: why the run ended early


@dataclass(frozen=True, kw_only=True)
class _Job:
    document: QuestionedDocument
    chunk: Chunk
    order: Order

    @property
    def passage(self) -> PassageText:
        place, _, text = embedded_text(self.document.title, self.document.metadata.context, self.chunk.span).partition(
            "\n"
        )
        return PassageText(place=place, text=text)


class WritingService:
    """One request per chunk; every outcome is kept before anything else happens with it."""

    def __init__(
        self,
        *,
        writer: QuestionWriter | None,
        checks: QuestionChecks,
        outcomes: OutcomeStore,
        questions: QuestionStore,
        index: QuestionIndex,
        price: Price | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._writer = writer
        self._checks = checks
        self._outcomes = outcomes
        self._questions = questions
        self._index = index
        self._price = price
        self._now = now
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End a run after the chunk it is at; what is left is for the next run."""
        self._stopping.set()

    def require_writer(self) -> QuestionWriter:
        """Return who writes.

        Raises:
            ChatModelRequired: nobody does.
        """
        if self._writer is None:
            raise ChatModelRequired(
                "Writing questions needs a chat model. Set COPILOT_CHAT_MODEL (for example openai:gpt-4o-mini) and "
                "COPILOT_CHAT_API_KEY, or COPILOT_CHAT_BASE_URL for a server of your own; without one, accept the "
                "questions that helped people: `copilot questions list`."
            )
        return self._writer

    def plan(self, documents: Sequence[DocumentId]) -> WritingPlan:
        """Tell what writing for those of `documents` that have no questions of their own would take.

        Raises:
            ChatModelRequired: nobody writes.
        """
        writer = self.require_writer()
        known = self._outcomes.checked(writer.model, writer.version)
        jobs = [job for job in self._jobs(documents, writer) if known.get(job.order.passage) != job.chunk.id]
        unpaid = {job.order.passage: job for job in jobs if job.order.passage not in known}
        expected = sum((writer.expect(job.passage) for job in unpaid.values()), Usage())
        return WritingPlan(
            documents=len({job.document.id for job in jobs}),
            chunks=len(jobs),
            requests=len(unpaid),
            expected=expected,
            price=self._price.of(expected) if self._price else None,
        )

    def run(self, documents: Sequence[DocumentId], listen: Listener = lambda *_: None) -> WritingReport:
        """Write, check and index. A run that was ended anywhere goes on where it was.

        Raises:
            ChatModelRequired: nobody writes.
        """
        writer = self.require_writer()
        started = time.monotonic()
        report = WritingReport()
        known = self._outcomes.checked(writer.model, writer.version)
        jobs = [job for job in self._jobs(documents, writer) if known.get(job.order.passage) != job.chunk.id]
        in_a_row = 0
        for done, job in enumerate(jobs, start=1):
            if self._stopping.is_set():
                break
            try:
                candidates = self._written(job, writer, report)
                in_a_row = 0
            except ChatModelUnavailable as error:
                report.failed += 1
                in_a_row += 1
                if in_a_row == _GIVE_UP_AFTER:
                    report.stopped = error
                    break
                continue
            self._index_one(job, candidates, writer, report)
            listen(done, len(jobs), job.document.source)
        report.documents = len({job.document.id for job in jobs})
        report.seconds = round(time.monotonic() - started, 3)
        report.price = self._price.of(report.used) if self._price and report.used else None
        return report

    def drop(self, documents: Sequence[DocumentId]) -> int:
        """Take machine-written questions out of the index. They stay paid for: a next run puts them back."""
        dropped = 0
        for name in documents:
            document = self._questions.current(name)
            if document is None:
                continue
            gone = [question for question in document.questions if question.writer is Writer.MACHINE]
            keys = document.keys()
            self._outcomes.reopen(list(keys.values()))
            if gone:
                dropped += self._index.remove_questions(name, [question.id for question in gone])
        return dropped

    def _jobs(self, documents: Sequence[DocumentId], writer: QuestionWriter) -> Iterator[_Job]:
        for name in documents:
            document = self._questions.current(name)
            if document is None or any(question.writer is Writer.DOCUMENT for question in document.questions):
                continue
            keys: Mapping[ChunkId, str] = document.keys()
            for chunk in document.chunks:
                if len(chunk.span.text.strip()) >= _TOO_SHORT:
                    order = Order(passage=keys[chunk.id], model=writer.model, version=writer.version)
                    yield _Job(document=document, chunk=chunk, order=order)

    def _written(self, job: _Job, writer: QuestionWriter, report: WritingReport) -> Sequence[str]:
        known = self._outcomes.candidates(job.order)
        if known is not None:
            return known
        written = writer.write(job.passage)
        self._outcomes.keep(job.order, written.candidates, written.usage, self._now())
        report.requests += 1
        if written.usage is not None:
            report.used = written.usage + (report.used or Usage())
        return written.candidates

    def _index_one(self, job: _Job, candidates: Sequence[str], writer: QuestionWriter, report: WritingReport) -> None:
        document = self._questions.current(job.document.id)
        if document is None or document.version != job.document.version:
            return  # replaced in the meantime; its new version is for the next run
        own = job.passage.language
        room: dict[Language, int] = {"zh": 1, "en": 1}
        room[own] = writer.count - 1
        checked = self._checks.choose(document, job.chunk, candidates, room)
        added = [added_question(job.chunk.id, text, Writer.MACHINE) for text in checked.kept]
        if added and not self._index.add_questions(document.id, document.version, added):
            return
        self._outcomes.mark_checked(job.order, job.chunk.id)
        report.chunks += 1
        report.written += len(added)
        report.refused.update(checked.refused)
