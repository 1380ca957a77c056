"""A circuit breaker: what failed several times in a row is left alone for a while, then tried by one caller.

Nygard, Release It! (2007). Times are of the monotonic clock, so that a clock that is set does not matter. The libraries
for this wrap a function, and a chat model's words come from a generator (decisions/0047).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

BreakerState = Literal["closed", "half_open", "open"]
Told = Callable[[str, BreakerState], None]


class Breaker:
    """Counts the failures of one dependency. Every admitted call is followed by one verdict.

    closed: calls go through. open: none does until the rest is over. half_open: one call finds out how it is.
    """

    def __init__(
        self,
        name: str,
        *,
        failures: int = 5,
        rest_s: float = 20.0,
        now: Callable[[], float] = time.monotonic,
        told: Told = lambda _, __: None,
    ) -> None:
        """`told` hears of every change of state, with the name."""
        self.name = name
        self._most = failures
        self._rest_s = rest_s
        self._now = now
        self._told = told
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until: float | None = None
        self._trying = False

    @property
    def state(self) -> BreakerState:
        """Return the state as the next caller would find it."""
        with self._lock:
            if self._open_until is None:
                return "closed"
            return "open" if self._now() < self._open_until else "half_open"

    @property
    def failing(self) -> bool:
        """Whether the last verdict was a failure."""
        with self._lock:
            return self._failed > 0

    def admit(self) -> float | None:
        """Let a call through (None), or return the seconds after which to come again, more than 0."""
        with self._lock:
            if self._open_until is None:
                return None
            left = self._open_until - self._now()
            if left > 0:
                return left
            if self._trying:
                return self._rest_s
            self._trying = True
        self._told(self.name, "half_open")
        return None

    def succeeded(self) -> None:
        """The dependency works: forget what was."""
        with self._lock:
            was_open = self._open_until is not None
            self._failed, self._open_until, self._trying = 0, None, False
        if was_open:
            self._told(self.name, "closed")

    def failed(self) -> None:
        """The dependency did not do what it is there for."""
        with self._lock:
            self._failed += 1
            opens = self._trying or self._failed >= self._most
            if opens:
                self._open_until, self._trying = self._now() + self._rest_s, False
        if opens:
            self._told(self.name, "open")

    def undecided(self) -> None:
        """Say that the call ended for another reason, as one that was cancelled: it tells nothing."""
        with self._lock:
            self._trying = False
