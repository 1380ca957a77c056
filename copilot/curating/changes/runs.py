"""Checks in the background: each has an id, tells how far it is, can be called off, and is published or discarded."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from copilot.curating.changes.asked import Asked
from copilot.curating.changes.report import ChangeReport
from copilot.curating.changes.service import ChangeService, Listener
from copilot.curating.changes.trial import Edit
from copilot.errors import CheckCancelled, UnknownChange
from copilot.people.caller import Caller
from copilot.people.scope import Scope
from copilot.telemetry.context import carried
from knowledge.errors import ReportableError

#: Runs that are still told about; the reports of the service last as long (service.py).
_REMEMBERED = 50
#: How soon a check that waits for another notices that it was called off, in seconds.
_LOOK_S = 0.2
_log = logging.getLogger(__name__)

RunStatus = Literal["running", "checked", "published", "cancelled", "failed"]


@dataclass(frozen=True, kw_only=True)
class CheckRun:
    """A check that was asked for; `report` is there once it is checked."""

    id: str
    person: str
    source: str  #: what is edited, for people
    edit: Edit
    status: RunStatus
    started_at: datetime
    done: int = 0
    total: int = 0  #: of the questions that are searched for; 0 until the edit has been read
    question: str = ""  #: looked at last
    report: ChangeReport | None = None
    error: Exception | None = None


class ChangeRuns:
    """Runs checks one at a time, since each is heavy; those who ask see their own."""

    def __init__(
        self,
        service: ChangeService,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._service = service
        self._now = now
        self._new_id = new_id
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, CheckRun] = OrderedDict()
        self._cancelled: dict[str, threading.Event] = {}
        self._threads: set[threading.Thread] = set()

    def start(self, caller: Caller, edit: Edit, given: Sequence[Asked] = (), *, thorough: bool = False) -> CheckRun:
        """Begin a check; it waits for one that is under way.

        Raises:
            NotPermitted, UnknownDocument, InvalidChange: as far as that can be told without reading the edit.
        """
        self._service.look_at(caller, edit)
        run = CheckRun(
            id=self._new_id(),
            person=caller.person.id,
            source=edit.source or edit.path or "",
            edit=edit,
            status="running",
            started_at=self._now(),
        )
        cancelled = threading.Event()
        work = threading.Thread(
            target=carried(self._run), args=(run, caller, given, thorough, cancelled), name="change-check", daemon=True
        )
        with self._lock:
            self._runs[run.id], self._cancelled[run.id] = run, cancelled
            self._threads = {one for one in self._threads if one.is_alive()} | {work}
            work.start()
        return run

    def get(self, caller: Caller, id: str) -> CheckRun:
        """Return a check of this caller.

        Raises:
            UnknownChange: they began none with this id, or it is long ago.
        """
        caller.need(Scope.INGEST)
        with self._lock:
            run = self._runs.get(id)
        if run is None or run.person != caller.person.id:
            raise UnknownChange(
                f"You have no check {id!r}. Checks are forgotten when the copilot stops: check the edit again."
            )
        return run

    def list(self, caller: Caller) -> Sequence[CheckRun]:
        """Return the checks of this caller, the newest first."""
        caller.need(Scope.INGEST)
        with self._lock:
            return [run for run in reversed(self._runs.values()) if run.person == caller.person.id]

    def cancel(self, caller: Caller, id: str) -> CheckRun:
        """Call a check off after the question at hand; one that has ended is forgotten, and nothing of it published.

        Raises:
            UnknownChange: what `get` raises.
        """
        run = self.get(caller, id)
        with self._lock:
            cancelled = self._cancelled.get(id)
        if run.status == "running":
            if cancelled is not None:
                cancelled.set()
            return run
        with self._lock:
            self._runs.pop(id, None)
        self._service.forget(caller, id)
        return run if run.status == "published" else replace(run, status="cancelled")

    def publish(self, caller: Caller, id: str, accept_broken: str | None = None) -> ChangeReport:
        """Put a checked edit into the live index; see `ChangeService.publish`."""
        report = self._service.publish(caller, id, accept_broken)
        with self._lock:
            run = self._runs.get(id)
            if run is not None and report.documents:
                self._runs[id] = replace(run, status="published")
        return report

    def stop(self, wait_s: float = 5.0) -> None:
        """Call every check off and wait, so long at most, for those under way."""
        ends = time.monotonic() + wait_s
        with self._lock:
            threads, events = list(self._threads), list(self._cancelled.values())
        for event in events:
            event.set()
        for thread in threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _run(
        self, run: CheckRun, caller: Caller, given: Sequence[Asked], thorough: bool, cancelled: threading.Event
    ) -> None:
        def listen(done: int, total: int, question: str) -> None:
            self._put(replace(run, done=done, total=total, question=question))

        while not self._one_at_a_time.acquire(timeout=_LOOK_S):
            if cancelled.is_set():
                self._put(replace(run, status="cancelled"))
                return
        try:
            self._check(run, caller, given, listen, cancelled, thorough=thorough)
        finally:
            self._one_at_a_time.release()

    def _check(
        self,
        run: CheckRun,
        caller: Caller,
        given: Sequence[Asked],
        listen: Listener,
        cancelled: threading.Event,
        *,
        thorough: bool,
    ) -> None:
        try:
            report = self._service.check(
                caller, run.edit, given, listen, thorough=thorough, id=run.id, cancelled=cancelled.is_set
            )
            self._put(replace(run, status="checked", report=report, done=report.searched, total=report.searched))
        except CheckCancelled:
            self._put(replace(run, status="cancelled"))
        except ReportableError as error:
            self._put(replace(run, status="failed", error=error))
        except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
            _log.exception("check %s failed", run.id)
            self._put(replace(run, status="failed", error=error))

    def _put(self, run: CheckRun) -> None:
        with self._lock:
            self._runs[run.id] = run
            ended = [id for id, one in self._runs.items() if one.status != "running"]
            for id in ended[: max(0, len(ended) - _REMEMBERED)]:
                del self._runs[id]
            for id in self._cancelled.keys() - {id for id, one in self._runs.items() if one.status == "running"}:
                del self._cancelled[id]
