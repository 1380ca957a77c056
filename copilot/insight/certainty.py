"""How sure a number is, and when two of them differ: 95 % throughout."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959964
#: Fewer than these are told as counts, never as shares: they say little, and of one person too much.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    n: int

    @property
    def enough(self) -> bool:
        """Whether there are enough to tell a share of."""
        return self.n >= FEWEST

    @property
    def value(self) -> float | None:
        """0-1; None: too few."""
        return self.hits / self.n if self.enough else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval, 0-1; None: too few."""
        return wilson(self.hits, self.n) if self.enough else None

    def change_since(self, before: Share) -> float | None:
        """Return the difference, -1 to 1; None where Newcombe's interval has zero in it: chance may explain it."""
        if not (self.enough and before.enough):
            return None
        now, then = self.hits / self.n, before.hits / before.n
        (low, high), (low_then, high_then) = wilson(self.hits, self.n), wilson(before.hits, before.n)
        difference = now - then
        lower = difference - math.hypot(now - low, high_then - then)
        upper = difference + math.hypot(high - now, then - low_then)
        return difference if lower > 0 or upper < 0 else None


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return Wilson's interval of a share, 0-1; of none, all is possible."""
    if n <= 0:
        return (0.0, 1.0)
    share, square = hits / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (max(0.0, middle - half), min(1.0, middle + half))


def count_change(now: int, before: int) -> float | None:
    """Return the change of a count as a share of the one before, where chance does not explain it; None where it may.

    Counts of events that come independently differ by chance by the root of their sum. From nothing there is no share:
    infinity.
    """
    if now + before == 0 or abs(now - before) <= _Z * math.sqrt(now + before):
        return None
    return (now - before) / before if before else math.inf
