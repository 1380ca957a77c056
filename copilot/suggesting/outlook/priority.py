"""The order of what could be done: rules say how urgent it is, history how much it helps, reactions break ties.

1. What is urgent today stands first, whatever history says: somebody is waiting.
2. Otherwise urgency weighs 4 (this week), 2 (this month) or 1, times (1 + uplift / 0.10): a change of ten points in the
   chance of not churning doubles it. The factor stays between 1/2 and 2, so history moves nothing by more than one
   class of urgency (A6: odds as well as need; the rules stay in command where history is thin, K3).
3. Equal ones: the one that the rules are more decisive about.
4. Still equal ones: the one whose playbook people take more often; nobody has reacted yet counts as one half.
5. What is equal in all of this stays in the order it came in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from copilot.suggesting.advice import Urgency

_WEIGHTS = {Urgency.NOW: 8.0, Urgency.WEEK: 4.0, Urgency.MONTH: 2.0, Urgency.ROUTINE: 1.0}
#: Change of the chance of not churning that doubles a weight.
SCALE = 0.10
_LEAST, _MOST = 0.5, 2.0
_NOBODY_YET = 0.5


class Candidate(Protocol):
    """What is known of something that could be done; uplift and acceptance are None where history is thin."""

    @property
    def urgency(self) -> Urgency:
        """How soon, by the rules."""
        ...

    @property
    def decisive(self) -> float:
        """How decisive the rules are about it; more is more."""
        ...

    @property
    def uplift(self) -> float | None:
        """Change of the chance of not churning."""
        ...

    @property
    def acceptance(self) -> float | None:
        """How often people take it, 0 to 1."""
        ...


_Candidate = TypeVar("_Candidate", bound=Candidate)


def weight(urgency: Urgency, uplift: float | None) -> float:
    """Return how much something presses, 0.5 to 16; more comes first."""
    factor = 1.0 if uplift is None else min(_MOST, max(_LEAST, 1.0 + uplift / SCALE))
    return _WEIGHTS[urgency] * factor


def in_order(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """Return what to do first at the front."""
    return sorted(candidates, key=_key)


def _key(candidate: Candidate) -> tuple[bool, float, float, float]:
    taken = _NOBODY_YET if candidate.acceptance is None else candidate.acceptance
    return (
        candidate.urgency is not Urgency.NOW,
        -weight(candidate.urgency, candidate.uplift),
        -candidate.decisive,
        -taken,
    )
