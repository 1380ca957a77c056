"""How figures are taken: seconds of a call, percentiles, memory of this process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_Argument = TypeVar("_Argument")


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Milliseconds: the middle of the calls, and what 19 of 20 stay under."""

    p50_ms: float
    p95_ms: float


def spread(milliseconds: Sequence[float]) -> Spread:
    """Return the percentiles of at least two values."""
    cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
    return Spread(p50_ms=round(cuts[9], 2), p95_ms=round(cuts[18], 2))


def time_each(call: Callable[[_Argument], object], arguments: Iterable[_Argument]) -> Spread:
    """Call once with every argument, one after another."""
    took = []
    for argument in arguments:
        started = time.perf_counter()
        call(argument)
        took.append(1000 * (time.perf_counter() - started))
    return spread(took)


def peak_memory_mb() -> float:
    """Return the most memory this program ever held.

    Not `ru_maxrss`: Linux hands that down from the process that started this one, also across exec.
    """
    status = Path("/proc/self/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024


def load() -> float:
    """Return how many processes wanted a core in the last minute."""
    return round(os.getloadavg()[0], 2)
