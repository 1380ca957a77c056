"""Whether a trained model takes over: better on the team's own questions, not worse on any other set.

Every figure is a paired comparison: the same questions, judged with both models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Beyond this rank nobody looks, so it counts as not found.
CUTOFF = 10
#: A mean loss of one hundredth of MRR on another set is within what a repeated run moves; more is not given away.
MOST_LOSS = 0.01
RESAMPLES = 2_000
SHARE = 0.95


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Both models on one set: MRR@10 and hit@5, 0-1, and the paired difference of MRR with its 95 % interval."""

    name: str
    n: int
    mrr_before: float
    mrr_after: float
    hit5_before: float
    hit5_after: float
    difference: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        """Whether the gain is more than chance."""
        return self.low > 0

    @property
    def worse(self) -> bool:
        """Whether there is a loss that counts: too large on average, or more than chance."""
        return self.difference < -MOST_LOSS or self.high < 0


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The verdict; `reasons` says in sentences what speaks against the model, and is empty when it takes over."""

    accepted: bool
    reasons: tuple[str, ...]


def compare(name: str, before: Sequence[int], after: Sequence[int], *, seed: int) -> Comparison:
    """Compare the ranks (from 1) of the right passages of the same questions.

    The interval is a percentile bootstrap over questions (Efron and Tibshirani, 1993).
    """
    if len(before) != len(after) or not before:
        raise ValueError(f"{len(before)} and {len(after)} ranks cannot be compared in pairs")
    ranks = np.array([before, after])
    reciprocal = np.where(ranks <= CUTOFF, 1 / ranks, 0.0)
    hits = ranks <= 5
    difference = reciprocal[1] - reciprocal[0]
    drawn = np.random.default_rng(seed).choice(difference, (RESAMPLES, len(difference))).mean(axis=1)
    low, high = np.quantile(drawn, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Comparison(
        name=name,
        n=len(before),
        mrr_before=float(reciprocal[0].mean()),
        mrr_after=float(reciprocal[1].mean()),
        hit5_before=float(hits[0].mean()),
        hit5_after=float(hits[1].mean()),
        difference=float(difference.mean()),
        low=float(low),
        high=float(high),
    )


def decide(team: Comparison, guards: Sequence[Comparison]) -> Decision:
    """Accept what is better for the team and harms nothing else."""
    reasons = []
    if not team.better:
        reasons.append(
            f"On the {team.name} the difference is {team.difference:+.4f} ({team.low:+.3f} to {team.high:+.3f}, "
            f"n = {team.n}), which is no sure gain."
        )
    reasons.extend(
        f"On {guard.name} the difference is {guard.difference:+.4f} ({guard.low:+.3f} to {guard.high:+.3f}, "
        f"n = {guard.n}), which is a loss."
        for guard in guards
        if guard.worse
    )
    return Decision(accepted=not reasons, reasons=tuple(reasons))
