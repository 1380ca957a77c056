"""The threads that answer: a bounded queue in front of the database, which holds everything that waits.

What finds no room in the queue, what was put off and what a killed process left is found in the database again.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from copilot.interfaces.slack.claims import KEPT_FOR, LEASE, Claim, ClaimStore, KeptStore
from copilot.telemetry.context import about, request_id
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

#: Answers at the same time: the model underneath has its own bound.
THREADS = 4
MOST_WAITING = 200
#: Between two looks for what waits in the database.
LOOK_EVERY_S = 2.0
_CLEAN_EVERY = timedelta(hours=6)


class Workers:
    """Starts with `start`, ends with `stop`; `put` may be called before and after."""

    def __init__(
        self,
        work: Callable[[Claim], None],
        *,
        claims: ClaimStore,
        kept: KeptStore,
        threads: int = THREADS,
        most: int = MOST_WAITING,
        look_every_s: float = LOOK_EVERY_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._work = work
        self._claims = claims
        self._kept = kept
        self._count = threads
        self._most = most
        self._look_every_s = look_every_s
        self._now = now
        self._ready = threading.Condition()
        self._waiting: deque[Claim] = deque()
        self._busy = 0
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._cleaned_at = now()

    def start(self) -> None:
        """Begin to work, first with what an earlier process left."""
        for number in range(self._count):
            self._run(self._worker, f"slack-{number}")
        self._run(self._look, "slack-look")

    def stop(self, within_s: float = 5.0) -> None:
        """Finish what is at hand and let go of the rest, so that the next start takes it up at once."""
        self._stopping.set()
        with self._ready:
            left, self._waiting = list(self._waiting), deque()
            self._ready.notify_all()
        for claim in left:
            try:
                self._claims.put_off(claim, self._now(), "stopped")
            except ReportableError as error:
                _log.warning("%s waits for its lease to end: %s", claim.key, error.message)
        share_s = within_s / max(1, len(self._threads))
        for thread in self._threads:
            thread.join(share_s)

    def pause(self, seconds: float) -> bool:
        """Wait; True as soon as the workers are told to stop."""
        return self._stopping.wait(seconds)

    def put(self, claim: Claim) -> int:
        """Take in a claim; returns how many come before it. Without room it stays in the database and comes later."""
        with self._ready:
            ahead = max(0, self._busy + len(self._waiting) + 1 - self._count)
            room = len(self._waiting) < self._most and not self._stopping.is_set()
            if room:
                self._waiting.append(claim)
                self._ready.notify()
        if not room:
            self._claims.put_off(claim, self._now(), "queue_full")
        return ahead

    def _run(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _worker(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._waiting or self._stopping.is_set())
                if self._stopping.is_set():
                    return
                claim = self._waiting.popleft()
                self._busy += 1
            try:
                with about({"request": request_id(None), "claim": claim.key}):
                    self._work(claim)
            finally:
                with self._ready:
                    self._busy -= 1

    def _look(self) -> None:
        while True:
            try:
                self._find()
                self._clean()
            except ReportableError as error:
                _log.warning("what waits cannot be looked for: %s", error.message)
            except Exception:  # noqa: BLE001  # the thread's boundary: it must go on looking
                _log.exception("looking for what waits failed")
            if self._stopping.wait(self._look_every_s):
                return

    def _find(self) -> None:
        with self._ready:
            room = self._most - len(self._waiting)
        if room <= self._most // 2:
            return
        now = self._now()
        for claim in self._claims.take_over(now, now + LEASE, room):
            self.put(claim)

    def _clean(self) -> None:
        now = self._now()
        if now - self._cleaned_at >= _CLEAN_EVERY:
            self._cleaned_at = now
            forgotten = self._kept.forget(now - KEPT_FOR)
            _log.info("%d messages of Slack are forgotten", forgotten)
