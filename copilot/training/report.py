"""What a training did and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from copilot.training.gate import Comparison
from knowledge.training import Recipe

Outcome = Literal["planned", "promoted", "rejected"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is learnt from and judged on."""

    base: str  #: the model that training starts from
    active: str  #: the model to beat
    examples: int
    train: int
    held_out: int
    dropped: int  #: not used, because the same question or text is held out
    documents: int
    steps: int
    guards: tuple[str, ...]  #: name and size of every other set that is judged
    notes: tuple[str, ...]  #: why a guard that could be expected does not run


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The trained model at one strength against the active model."""

    strength: float
    team: Comparison
    guards: tuple[Comparison, ...]
    accepted: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TrainingReport:
    """One run; `trials` in the order in which they were made, strongest first."""

    outcome: Outcome
    at: datetime
    plan: Plan
    recipe: Recipe
    trials: tuple[Trial, ...] = ()
    losses: tuple[float, ...] = ()  #: mean of every tenth of the steps
    seconds: dict[str, float]  #: stage → seconds, and `total`
    model: str | None = None  #: folder of the promoted model
    next_step: str = ""

    @property
    def decisive(self) -> Trial | None:
        """The trial that was accepted; without one, the last, which changed the model least."""
        return self.trials[-1] if self.trials else None


def tenths(losses: list[float]) -> tuple[float, ...]:
    """Return the mean loss of each tenth, fewer when there are fewer than ten steps."""
    parts = min(10, len(losses))
    bounds = [round(part * len(losses) / parts) for part in range(parts + 1)] if parts else []
    return tuple(sum(losses[a:b]) / (b - a) for a, b in pairwise(bounds))
