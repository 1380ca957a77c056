"""What Slack said, for a while: bounded, with an end, for several threads."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Forgets after `life_s` seconds, and what was kept longest ago when there is no room."""

    def __init__(self, *, life_s: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._life_s = life_s
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def get(self, key: str) -> T | None:
        """Return what is remembered and not too old."""
        with self._lock:
            found = self._kept.get(key)
        return found[1] if found is not None and found[0] > self._clock() else None

    def put(self, key: str, value: T) -> T:
        """Remember something; returns it."""
        with self._lock:
            self._kept[key] = self._clock() + self._life_s, value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value
