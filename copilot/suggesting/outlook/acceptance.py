"""How often people take what a playbook suggests, from their reactions. It breaks ties and decides nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

#: Accepted, later and rejected suggestions.
Reactions = tuple[int, int, int]
#: Beta(1, 1): before anybody has reacted, every share is as likely as every other.
_PRIOR = (1.0, 1.0)
#: `Later` speaks of the moment and not of the playbook: half for it, half against it.
_LATER = 0.5
_OUTSIDE = (0.05, 0.95)


class ReactionCounts(Protocol):
    """Port: how people have reacted to suggestions."""

    def counts(self) -> Mapping[str, Reactions]:
        """Return by playbook how often its suggestions were accepted, put off and rejected."""
        ...


class NoReactions:
    """Implements `ReactionCounts` where nobody has reacted yet."""

    def counts(self) -> Mapping[str, Reactions]:
        """Return nothing."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """A Beta posterior."""

    accepted: float  #: of both, half of the reactions `later`
    rejected: float

    @property
    def expected(self) -> float:
        """The mean, 0 to 1."""
        return (_PRIOR[0] + self.accepted) / (sum(_PRIOR) + self.accepted + self.rejected)

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % in the middle."""
        from scipy.special import betaincinv  # commands that show no interval do not load it

        shape = (_PRIOR[0] + self.accepted, _PRIOR[1] + self.rejected)
        low, high = (float(betaincinv(*shape, share)) for share in _OUTSIDE)
        return low, high


def acceptance_of(reactions: Reactions) -> Acceptance:
    """Weigh the reactions to one playbook."""
    accepted, later, rejected = reactions
    return Acceptance(accepted=accepted + _LATER * later, rejected=rejected + _LATER * later)
