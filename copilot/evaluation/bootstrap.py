"""Percentile bootstrap over questions (Efron and Tibshirani, 1993): how far other questions would move a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from copilot.evaluation.metrics import Floats

RESAMPLES = 2_000
SHARE = 0.95
#: Resamples held in memory at once: 8 MB per thousand resamples and thousand questions.
_BLOCK = 500

#: Weights (resamples, n) → values (resamples,) or (resamples, m); NaN where the figure is undefined.
Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure with the ends of its interval; all NaN when it is undefined."""

    value: float
    low: float
    high: float


def intervals(statistic: Statistic, n: int, *, seed: int, resamples: int = RESAMPLES) -> list[Interval]:
    """Estimate every column of a statistic over `n` questions, all columns on the same resamples.

    Because the columns share their resamples, a column that is a difference is a paired comparison.
    """
    with np.errstate(invalid="ignore"):
        values = _columns(statistic(np.ones((1, n))))[0] if n else _columns(statistic(np.ones((1, 0))))[0]
        drawn = np.concatenate([_columns(statistic(weights)) for weights in _resampled(n, seed, resamples)])
    return [_interval(float(value), column) for value, column in zip(values, drawn.T, strict=True)]


def _resampled(n: int, seed: int, resamples: int) -> Iterator[Floats]:
    """Yield (block, n) arrays that say how often each question was drawn; every row sums to n."""
    generator = np.random.default_rng(seed)
    for start in range(0, resamples, _BLOCK):
        size = min(_BLOCK, resamples - start)
        yield generator.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64) if n else np.ones((size, 0))


def _interval(value: float, drawn: Floats) -> Interval:
    defined = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(defined):
        return Interval(value=np.nan, low=np.nan, high=np.nan)
    low, high = np.quantile(defined, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Interval(value=value, low=float(low), high=float(high))


def _columns(values: Floats) -> Floats:
    return values if values.ndim == 2 else values[:, np.newaxis]
