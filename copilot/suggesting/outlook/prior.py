"""What is assumed before anything was counted; every number of it stands in a file that people read and change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.suggesting.outlook.move import CONTRACT_STAGES, Kind, Place, State, kind_of

#: How much likelier than a move of one band a move of two is: from healthy to risk at once.
_TWO_BANDS = 1 / 3
_SCALE = (Band.RISK, Band.WATCH, Band.HEALTHY)

#: Where accounts go next, as a file says it: an end, a stage in the same band, or None: another band in the same stage.
Target = ContractEnd | Stage | None
#: Factors on the chance of a move by what it means; 1 where none stands.
Factors = Mapping[Kind, float]


@dataclass(frozen=True, kw_only=True)
class ActionPrior:
    """What is assumed of one playbook: as if `weight` moves after it had been seen, tilted by the factors."""

    weight: float = 8.0  #: moves
    factors: Factors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Prior:
    """A Dirichlet prior for every state: `weight` moves in the shares of its stage, tilted by its band (K3)."""

    fewest_transitions: int = 30  #: below so many moves in all, no chance is told
    fewest_of_action: int = 10  #: below so many moves after an action, no change by it is told
    weight: float = 4.0  #: moves that a row of the prior is worth
    shares: Mapping[Stage, Mapping[Target, float]]  #: of the next moves from a stage; they need not sum to 1
    bands: Mapping[Band, Factors] = field(default_factory=dict)
    default: ActionPrior = field(default_factory=ActionPrior)
    actions: Mapping[str, ActionPrior] = field(default_factory=dict)

    def row(self, state: State) -> Mapping[Place, float]:
        """Return the pseudo-counts of a state; they sum to the weight, or to 0 where the file says nothing of it."""
        factors = self.bands.get(state.band, {})
        row: dict[Place, float] = {}
        for target, share in self.shares.get(state.stage, {}).items():
            for place, part in _places(state, target).items():
                row[place] = row.get(place, 0.0) + share * part * factors.get(kind_of(state, place), 1.0)
        total = sum(row.values())
        return {place: self.weight * share / total for place, share in row.items()} if total > 0 else {}

    def of_action(self, action: str) -> ActionPrior:
        """Return what is assumed of a playbook."""
        return self.actions.get(action, self.default)


def _places(state: State, target: Target) -> Mapping[Place, float]:
    if isinstance(target, Stage):
        return {State(stage=target, band=state.band): 1.0}
    if target is not None:
        return {target: 1.0}
    others = [band for band in _SCALE if band is not state.band]
    parts = [1.0 if state.band is Band.UNKNOWN or _distance(state.band, band) == 1 else _TWO_BANDS for band in others]
    return {State(stage=state.stage, band=band): part / sum(parts) for band, part in zip(others, parts, strict=True)}


def _distance(one: Band, other: Band) -> int:
    return abs(_SCALE.index(one) - _SCALE.index(other))


#: Every state that a contract can be in, in a fixed order.
STATES = tuple(State(stage=stage, band=band) for stage in CONTRACT_STAGES for band in Band)
