"""What waits, what is kept and what has gone stale, as the stores say: the same whichever process is asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)

#: A scrape every 15 s and a person who looks meanwhile cost one reading.
KEPT_S = 10.0
#: A collector waits ten seconds by default, and the rest of the page is worth having.
WITHIN_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Counts, and ages in seconds; 0 where nothing waits."""

    deliveries: Mapping[tuple[str, str], int] = field(default_factory=dict)  #: by channel and status
    delivery_oldest_s: float = 0.0  #: of what is due and has not left
    deliveries_stuck: int = 0  #: in the hands of a worker that is gone
    gaps: Mapping[str, int] = field(default_factory=dict)  #: by status
    gap_oldest_s: float = 0.0  #: of the open ones
    drafts: Mapping[str, int] = field(default_factory=dict)  #: by status
    draft_oldest_s: float = 0.0  #: of what waits for a decision
    handovers_open: int = 0
    handover_oldest_s: float = 0.0
    publications_waiting: int = 0
    notices_waiting: int = 0
    slack_waiting: int = 0
    schedule_lag_s: float = 0.0  #: how late the latest one is
    answers: Mapping[tuple[str, str], int] = field(default_factory=dict)  #: of a day, by status and reason
    documents: int = 0
    chunks: int = 0
    stale: int = 0  #: documents whose review is overdue
    stale_used: int = 0  #: of these, cited within 30 days
    failures: Mapping[str, int] = field(default_factory=dict)  #: what could not be ingested, by stage
    bytes: Mapping[str, int] = field(default_factory=dict)  #: by store
    free_bytes: int = 0  #: where the home is


class KeptBacklog:
    """Reads at most once in a while, and never keeps whoever asks waiting for a store that is down."""

    def __init__(
        self,
        read: Callable[[], Backlog],
        *,
        kept_s: float = KEPT_S,
        within_s: float = WITHIN_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._kept_s = kept_s
        self._within_s = within_s
        self._now = now
        self._lock = threading.Lock()
        self._reading: threading.Event | None = None
        self._backlog: Backlog | None = None
        self._read_at = float("-inf")

    def get(self) -> Backlog | None:
        """Return what the stores say; None while they cannot be read."""
        with self._lock:
            if self._now() - self._read_at < self._kept_s:
                return self._backlog
            done = self._reading
            if done is None:
                done = self._reading = threading.Event()
                threading.Thread(target=self._renew, args=(done,), name="backlog", daemon=True).start()
        if not done.wait(self._within_s):
            return None  # the thread goes on, alone, until the store answers or gives up
        with self._lock:
            return self._backlog

    def _renew(self, done: threading.Event) -> None:
        found: Backlog | None = None
        try:
            found = self._read()
        except Exception as error:  # noqa: BLE001  # the thread's boundary: every store raises its own types
            _log.warning("what waits cannot be counted: %s", type(error).__name__)
        with self._lock:
            self._backlog, self._read_at, self._reading = found, self._now(), None
        done.set()
