"""Ingestions that run inside the server, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Literal
from uuid import uuid4

from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.ingestion_contract import IngestBody, IngestionBody, IngestProgress, IngestReport
from copilot.interfaces.local import IngestListener
from copilot.interfaces.presentation import problem
from copilot.telemetry.context import carried
from knowledge.errors import ReportableError

#: Finished runs that are still remembered, so that a late poll finds its report.
_REMEMBERED = 50

Ingest = Callable[[IngestBody, IngestListener, Callable[[], bool]], IngestReport]


class Ingestions:
    """Starts runs in the background, answers how far they are, and ends them early."""

    def __init__(self, ingest: Ingest) -> None:
        """`ingest` asks its last argument, between documents, whether to end."""
        self._ingest = ingest
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._runs: dict[str, IngestionBody] = {}
        self._cancelled: dict[str, threading.Event] = {}

    def start(self, body: IngestBody) -> IngestionBody:
        """Begin a run; it waits for one that is under way."""
        run = IngestionBody(id=uuid4().hex, status="running")
        cancelled = self._cancelled[run.id] = threading.Event()
        self._put(run)
        work = carried(self._run)
        threading.Thread(target=work, args=(run.id, body, cancelled), name="ingestion", daemon=True).start()
        return run

    def get(self, run_id: str) -> IngestionBody | None:
        """Return the state of a run."""
        with self._lock:
            return self._runs.get(run_id)

    def recent(self, limit: int = 10) -> Sequence[IngestionBody]:
        """Return the latest runs, the newest first."""
        with self._lock:
            return list(reversed(self._runs.values()))[:limit]

    def cancel(self, run_id: str) -> IngestionBody | None:
        """End a run after the document at hand; returns its state, which is final for one that has ended before."""
        cancelled = self._cancelled.get(run_id)
        if cancelled is not None:
            cancelled.set()
        return self.get(run_id)

    def _run(self, run_id: str, body: IngestBody, cancelled: threading.Event) -> None:
        def listen(progress: IngestProgress) -> None:
            self._put(IngestionBody(id=run_id, status="running", **dict(progress)))

        with self._one_at_a_time:
            try:
                self._end(run_id, self._ingest(body, listen, cancelled.is_set))
            except ReportableError as error:
                self._fail(run_id, problem(error))
            except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
                self._fail(run_id, unexpected(error))

    def _end(self, run_id: str, report: IngestReport) -> None:
        count = len(report.documents)
        status: Literal["cancelled", "finished"] = "cancelled" if report.cancelled else "finished"
        known = self._runs[run_id]
        done = IngestionBody(
            id=run_id, status=status, done=count, total=count + report.left, stages=known.stages, report=report
        )
        self._put(done)

    def _fail(self, run_id: str, error: ProblemBody) -> None:
        self._put(IngestionBody(id=run_id, status="failed", error=error))

    def _put(self, run: IngestionBody) -> None:
        with self._lock:
            self._runs[run.id] = run
            finished = [name for name, one in self._runs.items() if one.status != "running"]
            for name in finished[: max(0, len(finished) - _REMEMBERED)]:
                del self._runs[name]
                self._cancelled.pop(name, None)
