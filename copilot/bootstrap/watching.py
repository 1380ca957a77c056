"""The folders of `COPILOT_WATCH`, ingested by `serve` and `up` whenever something in them changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from copilot.interfaces.ingestion_contract import IngestReport
from ingest.sources.folder_watch import FolderWatch
from knowledge.errors import ReportableError

__all__ = ["FolderWatch", "WatchedFolders"]

_log = logging.getLogger(__name__)

#: The end of a run is waited for elsewhere; this is for the loop around it.
_STOP_S = 2.0

Listener = Callable[[Path, IngestReport | ReportableError], None]


class WatchedFolders:
    """A thread that nothing but `stop` ends; a folder that could not be ingested is tried again."""

    def __init__(self, folders: Sequence[Path], ingest: Callable[[Path], IngestReport]) -> None:
        self._ingest = ingest
        self._stopping = threading.Event()
        self._watch = FolderWatch(folders, self._stopping)
        self._folders = folders
        self._thread: threading.Thread | None = None

    def start(self, listen: Listener) -> None:
        """Ingest every folder and go on watching, beside the rest of the process; `listen` hears what became of it."""
        if self._folders and not self._stopping.is_set():
            self._thread = threading.Thread(target=self._run, args=(listen,), name="watched folders", daemon=True)
            self._thread.start()

    def ask_to_stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()

    def stop(self) -> None:
        """Wait for the thread; what it was ingesting must have been told to end."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_STOP_S)

    def _run(self, listen: Listener) -> None:
        for folder in self._watch:
            if self._stopping.is_set():
                return
            try:
                listen(folder, self._ingest(folder))
            except ReportableError as error:
                listen(folder, error)
                self._watch.again(folder)
            except Exception:  # noqa: BLE001  # the loop's boundary
                _log.exception("a watched folder cannot be ingested; it is tried again")
                self._watch.again(folder)
