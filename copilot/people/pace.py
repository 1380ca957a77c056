"""How much one caller may ask for in a while: for each kind of work a bucket that fills again.

The algorithm is the generic cell rate algorithm (ITU-T I.371), which keeps one moment for each bucket: when it will be
full. Refused requests are not counted, so a program that insists is served at the permitted pace.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

#: Buckets kept in memory; the oldest of what is more are forgotten, which is as if they were full.
_MOST = 10_000


class Work(StrEnum):
    """Kinds of work that are counted apart."""

    ASK = "ask"
    DRAFT = "draft"
    SEARCH = "search"
    UPLOAD = "upload"
    SIGN_IN = "sign_in"
    OTHER = "other"


#: What costs money where a chat model is set up: counted once for all processes that share a database.
PAID = frozenset({Work.ASK, Work.DRAFT})
#: Requests a minute of one caller: a key may be that of a program which asks for a whole team, and is stopped when it
#: runs wild.
USUAL: Mapping[Work, int] = {
    Work.ASK: 1200,
    Work.DRAFT: 600,
    Work.SEARCH: 6000,
    Work.UPLOAD: 600,
    Work.SIGN_IN: 60,  # of one address of the network, which a whole office may share
    Work.OTHER: 12_000,
}
#: Visitors of a chat on somebody's page are people, and have a twentieth.
_OF_VISITORS = 20


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`burst` requests at once, then one every `every_s` seconds."""

    burst: int
    every_s: float

    @property
    def room_s(self) -> float:
        """How far the moment at which a bucket is full may lie ahead."""
        return self.burst * self.every_s

    @classmethod
    def a_minute(cls, requests: int) -> Rate:
        """Return the rate of so many a minute, all of them at once if need be."""
        return cls(burst=requests, every_s=60 / requests)


class Rates:
    """The rate of each kind of work; none: as much as anybody likes."""

    def __init__(self, a_minute: Mapping[Work, int] = USUAL) -> None:
        self._a_minute = {**USUAL, **a_minute}

    @classmethod
    def read(cls, entries: Iterable[str]) -> Rates:
        """Read entries as `ask=60`; 0: without limit.

        Raises:
            ValueError: names the entry that is none.
        """
        found = {}
        for entry in entries:
            name, _, number = entry.partition("=")
            if name not in set(Work) or not number.isascii() or not number.isdecimal() or len(number) > 6:
                raise ValueError(f"{entry!r} is no rate: write ask=60, with one of {', '.join(Work)}")
            found[Work(name)] = int(number)
        return cls(found)

    def of(self, work: Work, *, visitor: bool = False) -> Rate | None:
        """Return the rate of a kind of work."""
        requests = self._a_minute[work]
        if requests == 0:
            return None
        return Rate.a_minute(max(1, requests // _OF_VISITORS) if visitor else requests)


class Paces(Protocol):
    """Port: counts requests."""

    def take(self, key: str, rate: Rate) -> int:
        """Count a request; 0: go on, else the seconds until the next one is welcome."""
        ...


class KeptPaces:
    """Implements `Paces` in the memory of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, rate: Rate) -> int:
        """Count a request; 0: go on, else the seconds until the next one is welcome."""
        now = self._clock()
        with self._lock:
            full_at = max(self._full_at.pop(key, now), now) + rate.every_s
            over_s = full_at - now - rate.room_s
            self._full_at[key] = full_at if over_s <= _SLACK_S else full_at - rate.every_s
            while len(self._full_at) > _MOST:
                self._full_at.popitem(last=False)
        return wait(over_s)


#: Sums of fractions of seconds are not exact.
_SLACK_S = 1e-6


def wait(over_s: float) -> int:
    """Return the whole seconds to wait for a bucket that would be overdrawn by so many."""
    return max(1, math.ceil(over_s)) if over_s > _SLACK_S else 0


class Pacing:
    """Who may ask for what how often: one for all ways in, so that none of them is a way around another."""

    def __init__(self, rates: Rates, *, here: Paces | None = None, shared: Paces | None = None) -> None:
        """`shared` counts paid work for all processes; None: this one is alone."""
        self._rates = rates
        self._here = here or KeptPaces()
        self._shared = shared

    def shares(self, work: Work) -> bool:
        """Tell whether counting this reads and writes the database."""
        return self._shared is not None and work in PAID

    def take(self, caller: str, work: Work, *, visitor: bool = False) -> int:
        """Count a request of a person, a visitor or an address; 0: go on, else the seconds to wait."""
        rate = self._rates.of(work, visitor=visitor)
        if rate is None:
            return 0
        paces = self._shared if self._shared is not None and work in PAID else self._here
        return paces.take(f"{work}:{caller}", rate)
