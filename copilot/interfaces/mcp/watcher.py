"""Whoever waits for an answer: told how far it is, and heard when they go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from copilot.answering.service import Stage
from copilot.errors import AskingCancelled

#: Number of the stage, of how many, and what is told.
Tell = Callable[[int, int, str], None]

_STAGES: Mapping[Stage, tuple[int, str]] = {
    "searching": (1, "在找原文 Searching"),
    "reading": (2, "在读原文 Reading"),
    "wording": (3, "在写回答 Wording"),
}


class Watcher:
    """Implements `Viewer`. A tool's result comes whole, so words on the way are not shown."""

    def __init__(self, tell: Tell = lambda *_: None) -> None:
        self._tell = tell
        self._gone = threading.Event()

    def stage(self, stage: Stage) -> None:
        """Tell of the stage that begins.

        Raises:
            AskingCancelled: nobody waits any more.
        """
        if self._gone.is_set():
            raise AskingCancelled("The call was cancelled before the answer was there.")
        number, words = _STAGES[stage]
        self._tell(number, len(_STAGES), words)

    def show(self, text: str) -> None:
        """Take checked words of the answer."""

    def gone(self) -> bool:
        """Tell whether nobody waits any more."""
        return self._gone.is_set()

    def leave(self) -> None:
        """Say that nobody waits any more."""
        self._gone.set()
