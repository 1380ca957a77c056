"""The use cases around written questions and feedback, on the services of this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from copilot.curating.feedback import FeedbackService
from copilot.curating.opinion import Opinion
from copilot.curating.store import Proposal, ProposalStatus
from copilot.curating.writing import WritingReport, WritingService
from copilot.interfaces.contract import (
    ErrorBody,
    FeedbackBody,
    ProposalBody,
    ProposalList,
    QuestionLine,
    QuestionList,
    QuestionPlanBody,
    QuestionReportBody,
    QuestionsDropped,
    RatingBody,
)
from copilot.people.caller import Caller
from knowledge.document import DocumentId
from knowledge.question_store import QuestionStore
from knowledge.store import KnowledgeStore

#: done, total, name of the item just finished
ProgressListener = Callable[[int, int, str], None]


class Curation(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def plan(self, paths: list[str], *, corpus: bool) -> QuestionPlanBody:
        """Tell what writing questions for the documents of these sources would take."""
        ...

    def write(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> QuestionReportBody:
        """Write questions for the documents of these sources that have none."""
        ...

    def show(self, source_or_id: str) -> QuestionList:
        """Return the written questions of a document."""
        ...

    def drop(self, source_or_id: str | None) -> QuestionsDropped:
        """Take machine-written questions out of the index: of one document, or of all."""
        ...

    def proposals(self, status: ProposalStatus | None) -> ProposalList:
        """Return the questions that helped people."""
        ...

    def decide(self, id: str, *, accept: bool) -> ProposalBody:
        """Accept or reject a proposed question."""
        ...

    def feedback(self, answer_id: str, body: RatingBody) -> FeedbackBody:
        """Keep what is said of an answer of one's own."""
        ...


class LocalCuration:
    """Implements `Curation`."""

    def __init__(
        self,
        *,
        writing: WritingService,
        feedback: FeedbackService,
        questions: QuestionStore,
        store: KnowledgeStore,
        origins: Callable[[list[str], bool], set[str]],
        operator: Caller,
    ) -> None:
        self._writing = writing
        self._feedback = feedback
        self._questions = questions
        self._store = store
        self._origins = origins
        self._operator = operator

    def plan(self, paths: list[str], *, corpus: bool) -> QuestionPlanBody:
        """Tell what writing questions would take."""
        writer = self._writing.require_writer()
        plan = self._writing.plan(self._documents(paths, corpus))
        return QuestionPlanBody(
            model=writer.model,
            documents=plan.documents,
            chunks=plan.chunks,
            requests=plan.requests,
            tokens_in=plan.expected.tokens_in,
            tokens_out=plan.expected.tokens_out,
            price=plan.price,
        )

    def write(self, paths: list[str], *, corpus: bool, listen: ProgressListener | None = None) -> QuestionReportBody:
        """Write questions for the documents of these sources that have none."""
        return _report(self._writing.run(self._documents(paths, corpus), listen or (lambda *_: None)))

    def show(self, source_or_id: str, *, caller: Caller | None = None) -> QuestionList:
        """Return the written questions of a document."""
        stored = self._store.find(source_or_id, (caller or self._operator).reader())
        document = self._questions.current(stored.id)
        homes = {chunk.id: chunk for chunk in document.chunks} if document else {}
        return QuestionList(
            source=stored.document.source,
            questions=[
                QuestionLine(
                    text=question.text,
                    writer=question.writer.value,
                    heading_path=list(homes[question.chunk_id].span.heading_path),
                )
                for question in (document.questions if document else [])
            ],
        )

    def drop(self, source_or_id: str | None, *, caller: Caller | None = None) -> QuestionsDropped:
        """Take machine-written questions out of the index: of one document, or of all that may be read."""
        reader = (caller or self._operator).reader()
        if source_or_id is not None:
            names = [self._store.find(source_or_id, reader).id]
        else:
            names = [summary.id for summary in self._store.summaries() if reader.may_read(summary.metadata)]
        return QuestionsDropped(dropped=self._writing.drop(names))

    def proposals(self, status: ProposalStatus | None, *, caller: Caller | None = None) -> ProposalList:
        """Return the questions that helped people."""
        found = self._feedback.proposals((caller or self._operator).person, status)
        return ProposalList(proposals=[_proposal(one) for one in found])

    def decide(self, id: str, *, accept: bool, caller: Caller | None = None) -> ProposalBody:
        """Accept or reject a proposed question."""
        decide = self._feedback.accept if accept else self._feedback.reject
        return _proposal(decide(id, (caller or self._operator).person))

    def feedback(self, answer_id: str, body: RatingBody, *, person: str | None = None) -> FeedbackBody:
        """Keep what is said of an answer, and propose its question if it helped."""
        said = Opinion(
            helpful=body.helpful,
            reason=body.reason,
            comment=body.comment,
            edited_text=body.edited_text,
            copied=body.copied,
            shared=body.shared,
        )
        came = self._feedback.rate(answer_id, person or self._operator.person.id, said)
        return FeedbackBody(
            answer_id=came.answer_id,
            helpful=came.stands.helpful,
            reason=came.stands.reason,
            comment=came.stands.comment,
            copied=came.stands.copied,
            shared=came.stands.shared,
            edited=came.stands.edited_text is not None,
            proposal=_proposal(came.proposal) if came.proposal else None,
            refused=came.refused.value if came.refused else None,
        )

    def _documents(self, paths: list[str], corpus: bool) -> list[DocumentId]:
        # A copy is never shown beside its original: questions for it would be paid for and lead nowhere.
        origins = self._origins(paths, corpus)
        return [one.id for one in self._store.summaries() if one.origin in origins and one.duplicate_of is None]


def _report(report: WritingReport) -> QuestionReportBody:
    return QuestionReportBody(
        documents=report.documents,
        chunks=report.chunks,
        requests=report.requests,
        written=report.written,
        refused={reason.value: count for reason, count in report.refused.most_common()},
        failed=report.failed,
        tokens_in=report.used.tokens_in if report.used else None,
        tokens_out=report.used.tokens_out if report.used else None,
        price=report.price,
        seconds=report.seconds,
        stopped=ErrorBody(code=report.stopped.code, message=report.stopped.message) if report.stopped else None,
    )


def _proposal(one: Proposal) -> ProposalBody:
    return ProposalBody(
        id=one.id,
        text=one.text,
        document_id=one.document_id,
        audience=one.audience,
        status=one.status.value,
        person=one.person,
        proposed_at=one.proposed_at,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
    )
