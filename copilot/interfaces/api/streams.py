"""The streams of this process: a request is asked once, however often its client comes back for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from copilot.answering.question import request_key
from copilot.errors import TooManyQuestions
from copilot.interfaces.api.streaming import AnswerStream, Asking
from copilot.interfaces.contract import AnswerBody

#: A client that lost its connection comes back within seconds; longer, and somebody closed the page.
GRACE_S = 20.0
#: How long a finished stream is kept here; afterwards its answer is read from where answers are kept.
_KEPT_S = 120.0
#: Finished streams kept in all, about 60 kB each; questions under way of one person (a tab each), and of everybody.
_MOST_KEPT, _MOST_OF_ONE, _MOST_RUNNING = 200, 10, 64
#: Before what stands for the key of a request without a name, which nobody comes back for.
_UNNAMED = "unnamed "


class Streams:
    """Finds, starts and ends streams. Only who made a request can name it."""

    def __init__(
        self,
        *,
        grace_s: float = GRACE_S,
        kept_s: float = _KEPT_S,
        most_kept: int = _MOST_KEPT,
        most_of_one: int = _MOST_OF_ONE,
        most_running: int = _MOST_RUNNING,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._grace_s = grace_s
        self._kept_s = kept_s
        self._most_kept = most_kept
        self._most_of_one = most_of_one
        self._most_running = most_running
        self._now = now
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[str, AnswerStream]] = {}

    def open(
        self,
        person: str,
        request_id: str | None,
        ask: Callable[[Asking], AnswerBody],
        answered: Callable[[str], AnswerBody | None] = lambda _: None,
        *,
        html: bool = False,
    ) -> AnswerStream:
        """Return the stream of a request: the one under way, its answer from before, or a new one.

        Args:
            person: whose request it is.
            request_id: what they call it; without one it ends with its connection.
            ask: does the work, in a thread of its own.
            answered: returns what a request of this key was answered with before.
            html: also tell the answer as HTML.

        Raises:
            TooManyQuestions: this person, or everybody together, has too many under way.
        """
        key = request_key(person, request_id) if request_id else None
        with self._lock:
            self._tidy()
            if key is not None and key in self._kept and not self._kept[key][1].lost:
                return self._kept[key][1]
        # Reads the database, so not under the lock; two who come at once find the same or meet below.
        before = answered(key) if key is not None else None
        if before is not None:
            stream = AnswerStream(grace_s=self._grace_s, html=html, now=self._now)
            stream.work(lambda _: before)
            return stream
        with self._lock:
            if key is not None and key in self._kept and not self._kept[key][1].lost:
                return self._kept[key][1]
            self._check(person)
            stream = AnswerStream(grace_s=self._grace_s if key is not None else 0.0, html=html, now=self._now)
            self._kept[key or f"{_UNNAMED}{id(stream)}"] = person, stream
        stream.start(ask)
        return stream

    def stop(self, person: str, request_id: str) -> bool:
        """End a request for good, also one that has not arrived yet; False when it had its answer already."""
        key = request_key(person, request_id)
        with self._lock:
            self._tidy()
            _, stream = self._kept.setdefault(key, (person, AnswerStream(grace_s=self._grace_s, now=self._now)))
        return stream.stop()

    def _check(self, person: str) -> None:
        running = [whose for whose, stream in self._kept.values() if stream.ended_at is None]
        if running.count(person) >= self._most_of_one:
            raise TooManyQuestions(f"You have {self._most_of_one} questions under way. Wait for one, or stop it.")
        if len(running) >= self._most_running:
            raise TooManyQuestions("Too many questions are being answered right now. Try again in a few seconds.")

    def _tidy(self) -> None:
        """Forget what ended long ago, and the oldest of what is too much."""
        ended = [(s.ended_at, key) for key, (_, s) in self._kept.items() if s.ended_at is not None]
        ended.sort()
        beyond = len(ended) - self._most_kept
        for number, (at, key) in enumerate(ended):
            if number < beyond or self._now() - at > self._kept_s or key.startswith(_UNNAMED):
                del self._kept[key]
