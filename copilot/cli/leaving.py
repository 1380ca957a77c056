"""A server that says it is leaving before it does, so that nobody is sent to it any more."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

import uvicorn


class LeavingServer(uvicorn.Server):
    """After SIGTERM it goes on as ever for `drain_s`, then takes nothing new and lets what is under way end.

    A second signal, and Ctrl-C, skip the first part.
    """

    def __init__(self, config: uvicorn.Config, *, drain_s: float, leaving: Callable[[], None]) -> None:
        """`leaving` is called once, when the first signal comes."""
        super().__init__(config)
        self._drain_s = drain_s
        self._leaving = leaving
        self._until: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal."""
        super().handle_exit(sig, frame)
        if self._until is None:
            self._until = time.monotonic() + (self._drain_s if sig == signal.SIGTERM else 0.0)
            self._leaving()
            self.should_exit = time.monotonic() >= self._until

    async def on_tick(self, counter: int) -> bool:
        """Tell, ten times a second, whether it is time to go."""
        if self._until is not None and time.monotonic() >= self._until:
            self.should_exit = True
        return await super().on_tick(counter)
