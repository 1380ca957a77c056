"""Routes around backups, which are made in the background."""

from __future__ import annotations

import threading
from uuid import uuid4

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException

from copilot.interfaces.api.problems import unexpected
from copilot.interfaces.backup_contract import BackupRun, NewBackupBody
from copilot.interfaces.backups import LocalBackups
from copilot.interfaces.presentation import problem
from copilot.people.caller import Caller
from knowledge.errors import ReportableError

#: Finished runs that are still remembered, so that a late poll finds its result.
_REMEMBERED = 20


def add_backups(app: FastAPI, backups: LocalBackups) -> None:
    """Register the routes."""
    runs = BackupRuns(backups)

    @app.post("/v1/backups", tags=["backups"], status_code=202)
    def start_backup(body: NewBackupBody, request: Request) -> BackupRun:
        """Back everything up into the folder `backups` of the home, while everything goes on."""
        return runs.start(body, request.state.caller)

    @app.get("/v1/backups/{id}", tags=["backups"])
    def show_backup(id: str) -> BackupRun:
        """Show how far a backup is, and what is in it when it is finished."""
        run = runs.get(id)
        if run is None:
            raise HTTPException(404, f"No backup {id!r}")
        return run


class BackupRuns:
    """Makes backups one after the other and answers how far they are."""

    def __init__(self, backups: LocalBackups) -> None:
        self._backups = backups
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._runs: dict[str, BackupRun] = {}

    def start(self, body: NewBackupBody, caller: Caller) -> BackupRun:
        """Begin a run; it waits for one that is under way."""
        run = BackupRun(id=uuid4().hex, status="running")
        self._put(run)
        threading.Thread(target=self._run, args=(run, body, caller), name="backup", daemon=True).start()
        return run

    def get(self, id: str) -> BackupRun | None:
        """Return the state of a run."""
        with self._lock:
            return self._runs.get(id)

    def _run(self, run: BackupRun, body: NewBackupBody, caller: Caller) -> None:
        def listen(done: int, total: int, stage: str) -> None:
            self._put(run.model_copy(update={"done": done, "total": total, "stage": stage}))

        with self._one_at_a_time:
            try:
                made = self._backups.make_here(run.id, body.ending, listen, caller=caller)
                self._put(run.model_copy(update={"status": "finished", "backup": made}))
            except ReportableError as error:
                self._put(run.model_copy(update={"status": "failed", "error": problem(error)}))
            except Exception as error:  # noqa: BLE001  # the thread's boundary; logged with its cause
                self._put(run.model_copy(update={"status": "failed", "error": unexpected(error)}))

    def _put(self, run: BackupRun) -> None:
        with self._lock:
            self._runs[run.id] = run
            ended = [name for name, one in self._runs.items() if one.status != "running"]
            for name in ended[: max(0, len(ended) - _REMEMBERED)]:
                del self._runs[name]
