"""How well an account does, as a number that explains itself point by point (D1, D2, D5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

HealthModel = Literal["narrow", "broad"]


class Band(StrEnum):
    """Where a health score lies; `unknown` when nothing could be scored."""

    HEALTHY = "healthy"
    WATCH = "watch"
    RISK = "risk"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One part of a score: 0 to 100, or None when no fact speaks of it, and a sentence per fact that did."""

    name: str  #: usage | business_result | experience | relationship | coverage
    score: float | None
    signals: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Health:
    """The weighted mean of the dimensions that could be scored; None where none could."""

    score: float | None
    band: Band
    model: HealthModel
    dimensions: tuple[Dimension, ...]
