"""Backups through the HTTP of the process that owns the index."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.backup.making import StageListener
from copilot.backup.place import Place, moved, unfinished
from copilot.errors import ServerUnavailable
from copilot.interfaces.backup_contract import BackupBody, BackupRun

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

_POLL_S = 0.3


class RemoteBackups:
    """Implements `Backups`: the server writes into its home on this machine, and the file moves from there."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def make(self, place: Place, listen: StageListener = lambda *_: None) -> BackupBody:
        """Make a backup at a place on this machine."""
        place.refuse_taken()
        with unfinished(place) as folder:  # before the long work: it tells whether the place can be written
            run = self._copilot.call(BackupRun, "POST", "/v1/backups", json={"ending": place.ending})
            while run.status == "running":
                time.sleep(_POLL_S)
                run = self._copilot.call(BackupRun, "GET", f"/v1/backups/{run.id}")
                if run.total:
                    listen(run.done, run.total, run.stage)
            if run.backup is None:
                raise self._copilot.failure(run.error)
            made = Path(run.backup.path)
            if not made.is_file():
                raise ServerUnavailable(f"The copilot says that {str(made)!r} is the backup, and it is not there.")
            moved(made, folder / "archive")
            place.put(folder / "archive")
        return run.backup.model_copy(update={"path": str(place.path)})
