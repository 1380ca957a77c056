"""Formulas over the ranks of gold evidence, and over scores; every rank counts from 1, `None` is not found."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np
import numpy.typing as npt

Ranks = Sequence[int | None]
Floats = npt.NDArray[np.float64]


def hit(ranks: Ranks, k: int) -> float:
    """Return 1 if any gold evidence stands among the first k, else 0."""
    return float(any(rank is not None and rank <= k for rank in ranks))


def all_evidence(ranks: Ranks, k: int) -> float:
    """Return 1 if every piece of gold evidence stands among the first k, else 0."""
    return float(all(rank is not None and rank <= k for rank in ranks))


def reciprocal_rank(ranks: Ranks, k: int) -> float:
    """Return 1 / rank of the first gold evidence, 0 if it is not among the first k (Voorhees, TREC-8, 1999)."""
    return max((1 / rank for rank in ranks if rank is not None and rank <= k), default=0.0)


def ndcg(ranks: Ranks, k: int) -> float:
    """Return the normalised discounted gain with gain 1 per piece of evidence (Järvelin and Kekäläinen, 2002), 0-1.

    The ideal has one piece per rank; a passage that holds several counts once for each, and the sum is capped at 1.
    """
    gained = sum(1 / log2(1 + rank) for rank in ranks if rank is not None and rank <= k)
    ideal = sum(1 / log2(1 + rank) for rank in range(1, min(len(ranks), k) + 1))
    return min(1.0, gained / ideal) if ideal else 0.0


def auc(scores: Floats, positive: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Return how often a positive scores above a negative, ties half (the Mann-Whitney statistic over n·m), 0-1.

    `weights` is (resamples, n): how often each question counts. The result is (resamples,), NaN where a side is empty.
    """
    order, starts = _tied(scores)
    if not len(order):
        return np.full(len(weights), np.nan)
    sorted_weights, side = weights[:, order], positive[order]
    above = np.add.reduceat(sorted_weights * side, starts, axis=1)
    below = np.add.reduceat(sorted_weights * ~side, starts, axis=1)
    wins = (above * (below.cumsum(axis=1) - below / 2)).sum(axis=1)
    return _divided(wins, above.sum(axis=1) * below.sum(axis=1))


def risk_coverage(scores: Floats, right: npt.NDArray[np.bool_]) -> list[tuple[float, float, float]]:
    """Return (score, coverage, risk) for each distinct score, highest first.

    Coverage is the share of questions at or above the score, risk the share of these that are not right.
    """
    order, starts = _tied(-scores)
    ends = [*starts[1:], len(order)]
    wrong = (~right[order]).cumsum()
    return [
        (float(scores[order[start]]), end / len(order), float(wrong[end - 1] / end))
        for start, end in zip(starts, ends, strict=True)
    ]


def aurc(scores: Floats, right: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Return the area under the risk-coverage curve, 0-1, smaller is better (Geifman and others, 2019).

    Questions with one score are answered together, so their order does not count. Shapes as in `auc`.
    """
    order, starts = _tied(-scores)
    if not len(order):
        return np.full(len(weights), np.nan)
    sorted_weights = weights[:, order]
    step = np.add.reduceat(sorted_weights, starts, axis=1)
    wrong = np.add.reduceat(sorted_weights * ~right[order], starts, axis=1)
    answered = step.cumsum(axis=1)
    risk = np.divide(wrong.cumsum(axis=1), answered, out=np.zeros_like(answered), where=answered > 0)
    return _divided((step * risk).sum(axis=1), step.sum(axis=1))


def _tied(scores: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the ascending order and where in it each distinct score starts."""
    order = np.argsort(scores, kind="stable")
    in_order = scores[order]
    return order, np.flatnonzero(np.concatenate(([True], in_order[1:] != in_order[:-1]))[: len(order)])


def _divided(top: Floats, bottom: Floats) -> Floats:
    quotient: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return quotient
