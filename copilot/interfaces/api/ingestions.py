"""Ingestions that run inside the server, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import uuid4

from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.contract import IngestBody, IngestionBody, IngestReport, ProblemBody
from copilot.interfaces.curation import ProgressListener
from copilot.interfaces.presentation import problem
from knowledge.errors import ReportableError

#: Finished runs that are still remembered, so that a late poll finds its report.
_REMEMBERED = 50


class Ingestions:
    """Starts runs in the background and answers how far they are."""

    def __init__(self, ingest: Callable[[IngestBody, ProgressListener], IngestReport]) -> None:
        self._ingest = ingest
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._runs: dict[str, IngestionBody] = {}

    def start(self, body: IngestBody) -> IngestionBody:
        """Begin a run; it waits for one that is under way."""
        run = IngestionBody(id=uuid4().hex, status="running")
        self._put(run)
        threading.Thread(target=self._run, args=(run.id, body), name="ingestion", daemon=True).start()
        return run

    def get(self, run_id: str) -> IngestionBody | None:
        """Return the state of a run."""
        with self._lock:
            return self._runs.get(run_id)

    def _run(self, run_id: str, body: IngestBody) -> None:
        def listen(done: int, total: int, _name: str) -> None:
            self._put(IngestionBody(id=run_id, status="running", done=done, total=total))

        with self._one_at_a_time:
            try:
                report = self._ingest(body, listen)
                count = len(report.documents)
                self._put(IngestionBody(id=run_id, status="finished", done=count, total=count, report=report))
            except ReportableError as error:
                self._fail(run_id, problem(error))
            except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
                self._fail(run_id, unexpected(error))

    def _fail(self, run_id: str, error: ProblemBody) -> None:
        self._put(IngestionBody(id=run_id, status="failed", error=error))

    def _put(self, run: IngestionBody) -> None:
        with self._lock:
            self._runs[run.id] = run
            finished = [name for name, one in self._runs.items() if one.status != "running"]
            for name in finished[: max(0, len(finished) - _REMEMBERED)]:
                del self._runs[name]
