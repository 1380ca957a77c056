"""Folders that are watched: which of them changed, told when they have come to rest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.sources.folder import skipped

if TYPE_CHECKING:
    from watchfiles import Change

_log = logging.getLogger(__name__)

#: A folder in which nothing was written for so long is at rest: a file that is being copied is written all the time.
QUIET_S = 2.0
#: One that never comes to rest is told all the same; a file that was not finished then is read again when it is.
LONGEST_S = 300.0
#: After something went wrong.
REST_S = 30.0


class Settling:
    """Changes wait here until their folder is at rest. Times are seconds of one clock."""

    def __init__(self, quiet_s: float, longest_s: float) -> None:
        self._quiet_s = quiet_s
        self._longest_s = longest_s
        self._first: dict[Path, float] = {}
        self._last: dict[Path, float] = {}

    def note(self, folder: Path, at: float) -> None:
        """Remember that something in the folder changed."""
        self._first.setdefault(folder, at)
        self._last[folder] = at

    def take(self, now: float) -> list[Path]:
        """Return the folders that are at rest, and forget them, in the order of their first change."""
        found = [
            folder
            for folder, first in self._first.items()
            if now - self._last[folder] >= self._quiet_s or now - first >= self._longest_s
        ]
        for folder in found:
            del self._first[folder], self._last[folder]
        return found


class FolderWatch:
    """Yields folders (or single files) to be ingested: each once at the start, then whenever it changed and rests.

    One that is not there, or goes away, is waited for. Where the system cannot watch so many folders they are looked
    through every second instead.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        stop: threading.Event,
        *,
        quiet_s: float = QUIET_S,
        longest_s: float = LONGEST_S,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is watched before the first folder is asked for; `stop` ends the iteration within a second."""
        self._folders = [folder.absolute() for folder in folders]
        self._stop = stop
        self._settling = Settling(quiet_s, longest_s)
        self._quiet_s = quiet_s
        self._rest_s = rest_s
        self._clock = clock
        self._polling: bool | None = None  # as the system is

    def again(self, folder: Path) -> None:
        """Tell the folder once more after a rest: it could not be ingested now. One that is gone is waited for."""
        if _place(folder):
            self._settling.note(folder, self._clock() + self._rest_s)

    def __iter__(self) -> Iterator[Path]:
        """Yield until `stop`."""
        while not self._stop.is_set():
            there = {folder: place for folder in self._folders if (place := _place(folder))}
            for folder in there:
                # What happened while nobody watched; an unchanged folder costs a look at its files.
                self._settling.note(folder, self._clock() - self._quiet_s)
            try:
                yield from self._watched(there)
            except (OSError, RuntimeError) as error:
                _log.warning("folders cannot be watched (%s); they are looked through instead", error)
                self._stop.wait(self._rest_s if self._polling else self._quiet_s)
                self._polling = True

    def _watched(self, there: dict[Path, tuple[int, int]]) -> Iterator[Path]:
        """Yield until a folder appears, disappears or becomes another: then they are watched anew."""
        for changes in self._ticks(list(there)):
            for folder in self._folders:
                if any(_counts(folder, Path(path)) for _, path in changes):
                    self._settling.note(folder, self._clock())
            yield from self._settling.take(self._clock())
            if {folder: place for folder in self._folders if (place := _place(folder))} != there:
                return

    def _ticks(self, folders: list[Path]) -> Iterator[set[tuple[Change, str]]]:
        """Yield changes as they happen, and nothing when none did for half the time of rest."""
        if not folders:
            while not self._stop.wait(self._quiet_s / 2):
                yield set()
            return
        from watchfiles import watch  # here, because most commands watch nothing

        yield from watch(
            *folders,
            watch_filter=None,
            debounce=200,
            step=50,
            rust_timeout=int(self._quiet_s * 500),
            yield_on_timeout=True,
            stop_event=self._stop,
            force_polling=self._polling,
            poll_delay_ms=1000,
            ignore_permission_denied=True,
        )


def _place(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _counts(folder: Path, path: Path) -> bool:
    """Tell whether a change lies in the folder and would be seen by an ingestion: our own home may lie there too."""
    return path.is_relative_to(folder) and not any(map(skipped, path.relative_to(folder).parts))
