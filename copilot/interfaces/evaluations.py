"""The use cases around evaluations: kept, looked at, and begun in the background, one at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

from copilot.curating.evaluation_run import EvaluationRun, EvaluationRunStore
from copilot.errors import CheckCancelled, EvaluationRunning, UnknownEvaluation
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.evaluation_contract import (
    EvaluationAsk,
    EvaluationBody,
    EvaluationLine,
    EvaluationList,
    EvaluationProgress,
)
from copilot.interfaces.presentation import problem
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from knowledge.errors import ReportableError

#: done, total, the question just finished
Listener = Callable[[int, int, str], None]
#: Asks questions as a caller and judges the replies; asks its last argument, between questions, whether to end.
Evaluator = Callable[[EvaluationAsk, Caller, Listener, Callable[[], bool]], EvaluationBody]

_MOST = 200
_UNEXPECTED = ProblemBody(
    title="Unexpected error",
    status=500,
    code="internal_error",
    detail="Something went wrong on our side, and stands in the log. Try again.",
)
_log = logging.getLogger(__name__)


class Evaluations(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def keep(self, body: EvaluationBody) -> EvaluationLine:
        """Keep what was found."""
        ...


class LocalEvaluations:
    """Implements `Evaluations` for whoever calls; without a caller, for the operator."""

    def __init__(
        self,
        *,
        store: EvaluationRunStore,
        evaluator: Evaluator,
        operator: Caller,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._store = store
        self._evaluator = evaluator
        self._operator = operator
        self._now = now
        self._new_id = new_id
        self._lock = threading.Lock()
        self._run: EvaluationProgress | None = None
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None

    def keep(self, body: EvaluationBody, *, caller: Caller | None = None) -> EvaluationLine:
        """Keep what was found; who keeps it is the caller, whatever it says."""
        caller = caller or self._operator
        caller.need(Scope.DOCUMENTS_WRITE)
        kept = body.model_copy(update={"id": body.id or self._new_id(), "person": caller.person.id})
        line = EvaluationLine.model_validate(kept.model_dump())
        self._store.add(
            EvaluationRun(
                id=kept.id,
                at=kept.at,
                person=caller.person.id,
                summary=line.model_dump(mode="json", exclude={"id", "at", "person"}),
                detail=kept.model_dump_json(),
            )
        )
        return line

    def list(self, *, caller: Caller | None = None) -> EvaluationList:
        """Return runs, the newest first."""
        (caller or self._operator).need(Scope.DOCUMENTS_WRITE)
        return EvaluationList(evaluations=[_line(run) for run in self._store.list(_MOST)])

    def show(self, id: str, *, caller: Caller | None = None) -> EvaluationBody:
        """Return a run.

        Raises:
            UnknownEvaluation: none has this id.
        """
        (caller or self._operator).need(Scope.DOCUMENTS_WRITE)
        found = self._store.get(id)
        if found is None:
            raise UnknownEvaluation(f"There is no evaluation {id!r}. The list shows what is kept.")
        return EvaluationBody.model_validate_json(found.detail)

    def start(self, ask: EvaluationAsk, *, caller: Caller | None = None) -> EvaluationProgress:
        """Begin to ask questions in the background.

        Raises:
            EvaluationRunning: another one is under way.
        """
        caller = caller or self._operator
        caller.need(Scope.DOCUMENTS_WRITE)
        with self._lock:
            if self._run is not None and self._run.status == "running":
                raise EvaluationRunning("An evaluation is under way. Wait for its end, or cancel it.")
            run = self._run = EvaluationProgress(id=self._new_id(), status="running")
            self._cancelled = threading.Event()
            self._thread = threading.Thread(
                target=self._work, args=(run, ask, caller, self._cancelled), name="evaluation", daemon=True
            )
            self._thread.start()
        return run

    def progress(self, *, caller: Caller | None = None) -> EvaluationProgress | None:
        """Return how far the latest run of this process is; None before the first."""
        (caller or self._operator).need(Scope.DOCUMENTS_WRITE)
        with self._lock:
            return self._run

    def cancel(self, *, caller: Caller | None = None) -> EvaluationProgress | None:
        """End the run under way after the question at hand; nothing of it is kept."""
        (caller or self._operator).need(Scope.DOCUMENTS_WRITE)
        self._cancelled.set()
        return self.progress(caller=caller)

    def stop(self, wait_s: float = 5.0) -> None:
        """Cancel what is under way and wait for it, so long at most."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join(wait_s)

    def _work(self, run: EvaluationProgress, ask: EvaluationAsk, caller: Caller, cancelled: threading.Event) -> None:
        def listen(done: int, total: int, question: str) -> None:
            self._put(run.model_copy(update={"done": done, "total": total, "question": question}))

        try:
            found = self._evaluator(ask, caller, listen, cancelled.is_set)
            kept = self.keep(found, caller=caller)
            self._put(run.model_copy(update={"status": "finished", "evaluation": kept.id}))
        except CheckCancelled:
            self._put(run.model_copy(update={"status": "cancelled"}))
        except ReportableError as error:
            self._put(run.model_copy(update={"status": "failed", "error": problem(error)}))
        except Exception:  # noqa: BLE001  # the thread's boundary; logged with its cause
            _log.exception("evaluation %s failed", run.id)
            self._put(run.model_copy(update={"status": "failed", "error": _UNEXPECTED}))

    def _put(self, run: EvaluationProgress) -> None:
        with self._lock:
            self._run = run


def _line(run: EvaluationRun) -> EvaluationLine:
    return EvaluationLine.model_validate({**run.summary, "id": run.id, "at": run.at, "person": run.person})
