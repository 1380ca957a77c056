"""How long the stages of an answer take, and how much of its time is left."""

from __future__ import annotations

import time
from collections.abc import Callable

Lapped = Callable[[str, float], None]


class AnswerClock:
    """Milliseconds per stage, by the monotonic clock; `budget_s` is what a person waits for in all."""

    def __init__(self, budget_s: float, lapped: Lapped, now: Callable[[], float] = time.monotonic) -> None:
        """`lapped` is told of every stage when it has ended, with its seconds."""
        self.laps: dict[str, int] = {}
        self._lapped = lapped
        self._now = now
        self._last = now()
        self._end = self._last + budget_s

    def lap(self, name: str) -> None:
        """End a stage; the next one begins."""
        now = self._now()
        self.laps[name] = self.laps.get(name, 0) + round((now - self._last) * 1000)
        self._lapped(name, now - self._last)
        self._last = now

    def left_s(self) -> float:
        """Return the seconds that are left of the budget, 0 or more."""
        return max(0.0, self._end - self._now())
