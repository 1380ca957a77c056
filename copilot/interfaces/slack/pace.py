"""How fast one person may ask: a bucket that fills again."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000


class Pace:
    """`burst` questions at once, then one every `every_s` seconds; for each person apart."""

    def __init__(self, *, burst: int = 20, every_s: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._every_s = every_s
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, person: str) -> int:
        """Count a question; 0: go on, else the seconds until the next one is welcome."""
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.pop(person, now), now) + self._every_s
            over_s = full_at - now - self._burst * self._every_s
            self._full_at[person] = full_at if over_s <= 0 else full_at - self._every_s
            while len(self._full_at) > _MOST:
                self._full_at.popitem(last=False)
        return max(1, math.ceil(over_s)) if over_s > 0 else 0
