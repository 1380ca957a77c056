"""The use cases around changes of the knowledge, on the services of this process."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Literal, Protocol

from copilot.answering.question import Turn
from copilot.curating.changes.asked import Asked, Expected
from copilot.curating.changes.report import ChangeReport, QuestionChange
from copilot.curating.changes.runs import ChangeRuns, CheckRun
from copilot.curating.changes.seen import Seen
from copilot.curating.changes.service import ChangeService
from copilot.curating.changes.trial import Edit
from copilot.curating.changes.verdict import Why
from copilot.errors import InvalidChange
from copilot.interfaces.change_contract import (
    ChangeBody,
    ChangeList,
    ChangeReportBody,
    EditedLine,
    GivenQuestion,
    PublicationBody,
    QuestionChangeLine,
    QuoteLine,
    SideBody,
)
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.curation import ProgressListener
from copilot.interfaces.presentation import problem
from copilot.people.caller import Caller
from knowledge.errors import ReportableError

_WHY = {
    Why.NO_ANSWER: ("不再有答案", "it is not answered any more"),
    Why.EVIDENCE_LOST: ("应有的依据不在前五段", "its evidence is not among the first five passages"),
    Why.QUOTE_GONE: ("原来引用的话没有了", "the words it quoted are gone"),
}
_UNEXPECTED = ProblemBody(
    title="Unexpected error",
    status=500,
    code="internal_error",
    detail="Something went wrong on our side, and stands in the log. Check the edit again.",
)


class Changes(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def check(self, body: ChangeBody, *, listen: ProgressListener | None = None) -> ChangeReportBody:
        """Try an edit and tell what it does to the questions it touches; nothing is published."""
        ...

    def publish(self, id: str, body: PublicationBody) -> ChangeReportBody:
        """Publish what was checked."""
        ...


class LocalChanges:
    """Implements `Changes` for whoever calls; without a caller, for the operator."""

    def __init__(self, service: ChangeService, runs: ChangeRuns, operator: Caller) -> None:
        self._service = service
        self._runs = runs
        self._operator = operator

    def check(
        self, body: ChangeBody, *, listen: ProgressListener | None = None, caller: Caller | None = None
    ) -> ChangeReportBody:
        """Try an edit and tell what it does to the questions it touches."""
        report = self._service.check(
            caller or self._operator,
            _edit(body),
            [_asked(one) for one in body.questions],
            listen or (lambda *_: None),
            thorough=body.thorough,
        )
        return _body(report)

    def start(self, body: ChangeBody, *, caller: Caller | None = None) -> ChangeReportBody:
        """Begin a check in the background."""
        asked = [_asked(one) for one in body.questions]
        return _run(self._runs.start(caller or self._operator, _edit(body), asked, thorough=body.thorough))

    def show(self, id: str, *, caller: Caller | None = None) -> ChangeReportBody:
        """Return how far a check is, and what it found."""
        return _run(self._runs.get(caller or self._operator, id))

    def edit(self, id: str, *, caller: Caller | None = None) -> Edit:
        """Return what is to be changed, to be looked at or edited further."""
        return self._runs.get(caller or self._operator, id).edit

    def list(self, *, caller: Caller | None = None) -> ChangeList:
        """Return one's own checks, the newest first."""
        found = [_run(one) for one in self._runs.list(caller or self._operator)]
        return ChangeList(changes=[one.model_copy(update={"questions": []}) for one in found])

    def cancel(self, id: str, *, caller: Caller | None = None) -> ChangeReportBody:
        """Call a check off, or discard what was checked."""
        return _run(self._runs.cancel(caller or self._operator, id))

    def publish(self, id: str, body: PublicationBody, *, caller: Caller | None = None) -> ChangeReportBody:
        """Publish what was checked."""
        report = self._runs.publish(caller or self._operator, id, body.accept_broken)
        return _body(report, published=bool(report.documents))

    def stop(self) -> None:
        """Call every check off that is under way."""
        self._runs.stop()


def _edit(body: ChangeBody) -> Edit:
    data = None if body.text is None else body.text.encode("utf-8", "surrogatepass")
    if body.upload is not None:
        try:
            data = base64.b64decode(body.upload, validate=True)
        except ValueError as error:  # that of base64, or signs that no such text has
            raise InvalidChange(f"`upload` is not base64 ({error}). Send the bytes of the file in base64.") from error
    return Edit(path=body.path, source=body.source, data=data, delete=body.delete, new=body.new)


def _asked(given: GivenQuestion) -> Asked:
    expected = [
        *(Expected(quote=quote) for quote in given.quotes),
        *(Expected(source=source) for source in given.sources),
    ]
    return Asked(
        set=given.set,
        id=given.id,
        text=given.question,
        answerable=given.answerable,
        expected=tuple(expected),
        history=tuple(Turn(role=turn.role, content=turn.content) for turn in given.history),
    )


def _run(run: CheckRun) -> ChangeReportBody:
    told = {"source": run.source, "started_at": run.started_at, "done": run.done, "total": run.total}
    if run.report is not None and run.status != "cancelled":
        return _body(run.report, published=run.status == "published").model_copy(update=told)
    error = None
    if run.error is not None:
        error = problem(run.error) if isinstance(run.error, ReportableError) else _UNEXPECTED
    status: Literal["cancelled", "failed", "running"] = (
        "cancelled" if run.status == "cancelled" else "failed" if run.status == "failed" else "running"
    )
    return ChangeReportBody(id=run.id, status=status, question=run.question, error=error, **told)


def _body(report: ChangeReport, *, published: bool = False) -> ChangeReportBody:
    return ChangeReportBody(
        id=report.id,
        status="published" if published else _status(report),
        documents=[EditedLine.model_validate(vars(document)) for document in report.documents],
        looked_at=report.looked_at,
        searched=report.searched,
        touched=report.touched,
        counts={verdict.value: count for verdict, count in report.counts.items()},
        questions=_lines(report.questions),
        notes=list(report.notes),
        seconds=report.seconds,
    )


def _status(report: ChangeReport) -> Literal["nothing", "passes", "breaks"]:
    if not report.documents:
        return "nothing"
    return "breaks" if report.broken else "passes"


def _lines(changes: Sequence[QuestionChange]) -> list[QuestionChangeLine]:
    return [
        QuestionChangeLine(
            set=one.set,
            id=one.id,
            question=one.text,
            verdict=one.verdict.value,
            why=one.why.value if one.why else None,
            why_zh=_WHY[one.why][0] if one.why else None,
            why_en=_WHY[one.why][1] if one.why else None,
            before=_side(one.before),
            after=_side(one.after),
        )
        for one in changes
    ]


def _side(seen: Seen) -> SideBody:
    return SideBody(
        status=seen.status,
        rank=seen.rank,
        citations=[QuoteLine.model_validate(vars(quoted)) for quoted in seen.quotes],
        answer=seen.answer,
    )
