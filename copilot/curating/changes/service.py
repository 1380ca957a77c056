"""Edit → trial → the questions it touches, before and after → a report; and the gate before publishing."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.curating.changes.asked import Asked, Holds
from copilot.curating.changes.questions import kept, written
from copilot.curating.changes.report import ChangeReport, QuestionChange
from copilot.curating.changes.seen import Seen, seen_of
from copilot.curating.changes.touching import Touch, Touching, question_of
from copilot.curating.changes.trial import Edit, Publication, Side, Trial, Trials
from copilot.curating.changes.verdict import SaysIt, Verdict, judge, reworded
from copilot.curating.evaluation_question import EvaluationQuestionStore
from copilot.errors import ChangeBreaksAnswers, CheckCancelled, IndexChanged, InvalidRequest, UnknownChange
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.transaction import Transactions
from knowledge.errors import InvalidQuery, NothingIngested
from knowledge.text import is_storable

#: Reports that can still be published; an older one is checked again.
_REMEMBERED = 50
#: How often a check begins anew when somebody else changes the index meanwhile.
_ATTEMPTS = 2
_LONGEST_REASON = 500
_ORDER = (Verdict.BROKEN, Verdict.CHANGED, Verdict.MENDED)

#: done, total, the question at hand
Listener = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class _Checked:
    report: ChangeReport
    publication: Publication
    person: str


class ChangeService:
    """Checks edits, and publishes those that break nothing, or whose harm a person has accepted with a reason."""

    def __init__(
        self,
        *,
        trials: Trials,
        kept_questions: EvaluationQuestionStore,
        holds: Holds,
        says_it: SaysIt,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._trials = trials
        self._kept = kept_questions
        self._holds = holds
        self._says_it = says_it
        self._transactions = transactions
        self._audit = audit
        self._now = now
        self._new_id = new_id
        self._lock = threading.Lock()
        self._checked: OrderedDict[str, _Checked] = OrderedDict()

    def check(
        self,
        caller: Caller,
        edit: Edit,
        given: Sequence[Asked] = (),
        listen: Listener = lambda *_: None,
        *,
        thorough: bool = False,
        id: str | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ChangeReport:
        """Try an edit on a copy and tell what it does to the questions it touches, as this caller would be answered.

        With `thorough`, every question is searched for, however many there are. `id` names the report; None: a new
        name. `cancelled` is asked between questions.

        Raises:
            CheckCancelled: it was called off.
            NotPermitted: the caller does not ingest.
            UnknownDocument: what it replaces does not exist, or the caller may not read it.
            InvalidChange: it is no document.
            IndexChanged: others kept changing the index meanwhile.
        """
        caller.need(Scope.INGEST)
        id = id or self._new_id()
        for _ in range(_ATTEMPTS):
            _go_on(cancelled)
            started = time.monotonic()
            with self._trials.open(edit, caller.reader()) as trial:
                report = self._compared(caller, trial, given, listen, id, cancelled, thorough=thorough)
                report = replace(report, seconds=round(time.monotonic() - started, 3))
                if trial.still_right():
                    self._remember(_Checked(report=report, publication=trial.publication, person=caller.person.id))
                    return report
        raise IndexChanged("The index was changed during the check. Check again when nobody else changes it.")

    def look_at(self, caller: Caller, edit: Edit) -> None:
        """Tell at once what is wrong with an edit, as far as that can be told without trying it.

        Raises:
            NotPermitted, UnknownDocument, InvalidChange: as `check` does.
        """
        caller.need(Scope.INGEST)
        self._trials.look_at(edit, caller.reader())

    def forget(self, caller: Caller, id: str) -> None:
        """Let a report of this caller be published no more."""
        with self._lock:
            checked = self._checked.get(id)
            if checked is not None and checked.person == caller.person.id:
                del self._checked[id]

    def report(self, caller: Caller, id: str) -> ChangeReport:
        """Return what a check of this caller found.

        Raises:
            UnknownChange: they made none with this id, or it is long ago.
        """
        caller.need(Scope.INGEST)
        return self._mine(caller, id).report

    def publish(self, caller: Caller, id: str, accept_broken: str | None = None) -> ChangeReport:
        """Put a checked edit into the live index, as it was checked.

        `accept_broken` is why an edit that breaks answers is published all the same; it is in the audit log before
        anything changes.

        Raises:
            NotPermitted: the caller does not keep the knowledge.
            UnknownChange: they made no check with this id.
            ChangeBreaksAnswers: and nobody has said why that is right.
            StaleChange: a document is in another version than the one the check compared with.
        """
        caller.need(Scope.INGEST, Scope.DOCUMENTS_WRITE)
        checked = self._mine(caller, id)
        reason = _reason(accept_broken)
        report = checked.report
        if report.broken and reason is None:
            raise ChangeBreaksAnswers(_stopped(report), [one.text for one in report.broken])
        if report.broken:
            self._tell(caller, "change.accepted", report, reason)
        if report.documents:
            checked.publication.run()
            self._tell(caller, "change.published", report, reason if report.broken else None)
        with self._lock:
            self._checked.pop(id, None)
        return report

    def _compared(
        self,
        caller: Caller,
        trial: Trial,
        given: Sequence[Asked],
        listen: Listener,
        id: str,
        cancelled: Callable[[], bool],
        *,
        thorough: bool,
    ) -> ChangeReport:
        reader = caller.reader()
        every: list[Asked] = []
        if trial.documents:
            every = [*written(trial, reader), *kept(self._kept.list(), trial, reader), *given]
        touching = Touching(trial, reader)
        counts: Counter[Verdict] = Counter()
        found: list[QuestionChange] = []
        notes = list(trial.notes)
        candidates = sorted(touching.candidates(every, thorough=thorough))
        for done, asked in enumerate((every[i] for i in candidates), start=1):
            _go_on(cancelled)
            try:
                touch = touching.look(asked)
                if touch is Touch.DIFFERENT:
                    change = self._change(caller, trial, asked)
                    counts[change.verdict] += 1
                    found += [] if change.verdict is Verdict.UNCHANGED else [change]
                counts[Verdict.UNCHANGED] += touch is Touch.SAME
            except InvalidQuery as error:  # of this question alone
                notes.append(f"{asked.set} {asked.id}: {error.message}")
            listen(done, len(candidates), asked.text)
        return ChangeReport(
            id=id,
            documents=tuple(trial.documents),
            looked_at=len(every),
            searched=len(candidates),
            touched=counts.total(),
            counts={verdict: counts[verdict] for verdict in Verdict},
            questions=sorted(found, key=lambda one: _ORDER.index(one.verdict)),
            notes=notes,
            seconds=0.0,
        )

    def _change(self, caller: Caller, trial: Trial, asked: Asked) -> QuestionChange:
        edited = {document.id for document in trial.documents}
        before, after = (self._seen(caller, side, asked) for side in (trial.before, trial.after))
        after = reworded(asked, after, edited, self._says_it)
        judged = judge(asked, before, after, edited, self._says_it)
        return QuestionChange(
            set=asked.set,
            id=asked.id,
            text=asked.text,
            verdict=judged.verdict,
            why=judged.why,
            before=before,
            after=after,
        )

    def _seen(self, caller: Caller, side: Side, asked: Asked) -> Seen:
        question = question_of(asked, caller.reader(), caller.person.id)
        try:
            return seen_of(asked, side.answering.ask(question), self._holds)
        except NothingIngested as error:
            return Seen(status="abstained", answer=error.message, quotes=(), rank=None, passages=())

    def _remember(self, checked: _Checked) -> None:
        with self._lock:
            self._checked[checked.report.id] = checked
            while len(self._checked) > _REMEMBERED:
                self._checked.popitem(last=False)

    def _mine(self, caller: Caller, id: str) -> _Checked:
        with self._lock:
            checked = self._checked.get(id)
        if checked is None or checked.person != caller.person.id:
            raise UnknownChange(
                f"You have no checked change {id!r}. Checks are forgotten when they are published and when the copilot "
                "stops: check the edit again."
            )
        return checked

    def _tell(self, caller: Caller, action: str, report: ChangeReport, reason: str | None) -> None:
        event = Event(
            action=action,
            actor=caller.person.id,
            subject=report.id,
            surface=caller.surface,
            at=self._now(),
            details={
                "documents": ", ".join(document.id for document in report.documents[:20]),
                "changed": len(report.documents),
                "touched": report.touched,
                "broken": len(report.broken),
                "reason": reason,
            },
        )
        with self._transactions.begin() as transaction:
            self._audit.append(transaction, event)


def _go_on(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise CheckCancelled("The check was called off. Nothing was published.")


def _reason(text: str | None) -> str | None:
    reason = None if text is None else " ".join(text.split())
    if reason == "":
        raise InvalidRequest("The reason is empty. Say why the answers may be lost.")
    if reason is not None and len(reason) > _LONGEST_REASON:
        raise InvalidRequest(f"The reason has {len(reason)} characters; at most {_LONGEST_REASON} are kept.")
    if reason is not None and not is_storable(reason):
        raise InvalidRequest("The reason holds a NUL or half a character. Type it again.")
    return reason


def _stopped(report: ChangeReport) -> str:
    count = len(report.broken)
    return (
        f"这次修改会让 {count} 个问题失去答案,没有发布。The change takes the answer from {count} "
        f"question{'s' if count > 1 else ''} and was not published. Mend the text, or publish with a reason "
        "(--accept-broken, accept_broken)."
    )
