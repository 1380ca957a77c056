"""Ingestions that run inside a server, one at a time, and are told by every server that shares the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from copilot.background import BEAT_S, BackgroundRun, BackgroundRuns
from copilot.errors import ProcessEnded
from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.ingestion_contract import IngestBody, IngestionBody, IngestProgress, IngestReport
from copilot.interfaces.local import IngestListener
from copilot.interfaces.presentation import problem
from copilot.telemetry.context import carried
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

_KIND = "ingestion"
#: Finished runs that are still remembered here, so that a late poll finds its report.
_REMEMBERED = 50

Ingest = Callable[[IngestBody, IngestListener, Callable[[], bool]], IngestReport]


class Ingestions:
    """Starts runs in the background, answers how far they are, and ends them early."""

    def __init__(
        self,
        ingest: Ingest,
        kept: BackgroundRuns,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`ingest` asks its last argument, between documents, whether to end; `kept` is where others find runs."""
        self._ingest = ingest
        self._kept = kept
        self._now = now
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._runs: dict[str, IngestionBody] = {}
        self._cancelled: dict[str, threading.Event] = {}

    def start(self, body: IngestBody, person: str = "") -> IngestionBody:
        """Begin a run; it waits for one that is under way."""
        run = IngestionBody(id=uuid4().hex, status="running")
        cancelled = self._cancelled[run.id] = threading.Event()
        self._put(run)
        now = self._now()
        self._kept.begin(
            BackgroundRun(
                id=run.id,
                kind=_KIND,
                person=person,
                running=True,
                body=run.model_dump_json(),
                begun_at=now,
                seen_at=now,
            )
        )
        work = carried(self._run)
        threading.Thread(target=work, args=(run.id, body, cancelled), name="ingestion", daemon=True).start()
        return run

    def get(self, run_id: str) -> IngestionBody | None:
        """Return the state of a run, wherever it runs."""
        with self._lock:
            here = self._runs.get(run_id)
        if here is not None:
            return here
        kept = self._kept.get(run_id)
        return self._told(kept) if kept is not None and kept.kind == _KIND else None

    def recent(self, limit: int = 10) -> Sequence[IngestionBody]:
        """Return the latest runs, the newest first."""
        with self._lock:
            here = dict(self._runs)
        kept = self._kept.recent(_KIND, limit)
        known = {one.id for one in kept}
        forgotten = [run for name, run in reversed(here.items()) if name not in known]
        return [*forgotten, *(here.get(one.id) or self._told(one) for one in kept)][:limit]

    def cancel(self, run_id: str) -> IngestionBody | None:
        """End a run after the document at hand; returns its state, which is final for one that has ended before."""
        cancelled = self._cancelled.get(run_id)
        if cancelled is not None:
            cancelled.set()
        else:
            self._kept.cancel(run_id)
        return self.get(run_id)

    def _told(self, kept: BackgroundRun) -> IngestionBody:
        told = IngestionBody.model_validate_json(kept.body)
        if not kept.died(self._now()):
            return told
        ended = ProcessEnded("The process that ingested has ended. What was finished is kept; ingest again to go on.")
        return told.model_copy(update={"status": "failed", "error": problem(ended)})

    def _run(self, run_id: str, body: IngestBody, cancelled: threading.Event) -> None:
        def listen(progress: IngestProgress) -> None:
            self._put(IngestionBody(id=run_id, status="running", **dict(progress)))

        ended = threading.Event()
        work = (run_id, cancelled, ended)
        threading.Thread(target=self._beat, args=work, name="ingestion-beat", daemon=True).start()
        with self._one_at_a_time:
            try:
                self._end(run_id, self._ingest(body, listen, cancelled.is_set))
            except ReportableError as error:
                self._put(IngestionBody(id=run_id, status="failed", error=problem(error)))
            except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
                self._put(IngestionBody(id=run_id, status="failed", error=unexpected(error)))
            finally:
                ended.set()
                self._tell_others(lambda: self._kept.end(run_id, self._written(run_id), self._now()))

    def _beat(self, run_id: str, cancelled: threading.Event, ended: threading.Event) -> None:
        """Write how far a run is until it has ended, and learn whether somebody asked another server to end it."""

        def beat() -> None:
            if self._kept.beat(run_id, self._written(run_id), self._now()):
                cancelled.set()

        while not ended.wait(BEAT_S):
            self._tell_others(beat)

    def _tell_others(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except ReportableError as error:  # the database is away: the run itself finds that out too
            _log.warning("an ingestion is not told to other processes: %s", error.message)

    def _written(self, run_id: str) -> str:
        with self._lock:
            return self._runs[run_id].model_dump_json()

    def _end(self, run_id: str, report: IngestReport) -> None:
        count = len(report.documents)
        status: Literal["cancelled", "finished"] = "cancelled" if report.cancelled else "finished"
        known = self._runs[run_id]
        done = IngestionBody(
            id=run_id, status=status, done=count, total=count + report.left, stages=known.stages, report=report
        )
        self._put(done)

    def _put(self, run: IngestionBody) -> None:
        with self._lock:
            self._runs[run.id] = run
            finished = [name for name, one in self._runs.items() if one.status != "running"]
            for name in finished[: max(0, len(finished) - _REMEMBERED)]:
                del self._runs[name]
                self._cancelled.pop(name, None)
