"""The chain of a team: counted moves and a prior → chances, and what an action changes, each with its interval.

**Chances.** Row s of the chain is Dirichlet(prior(s) + moves counted from s, whatever was done before them): how
accounts fare as the team works. Chances are the ends of its mean; intervals those of draws from it.

**An action.** Its value in s is the change of the chance of not churning when it is taken now and everything goes on
as usual afterwards, against the moves from s after anything else:

    sum over places t of (P(t | s, action) - P(t | s, anything else)) * P(not churned | t)

Moves after one action in one state are few. So the row of an action is drawn around the other row with every kind of
move (better, worse, … churned) multiplied by how much more often it came after this action in the *other* states than
expected there: (seen + c) / (expected + c), the posterior mean of a Poisson rate with a Gamma(c, c) prior (Clayton and
Kaldor, Biometrics 43, 1987). With nothing seen the factor is 1 and the value 0.

This is no experiment: where people take an action in the worse cases of one band, it looks worse than it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from copilot.accounts.contract_end import ContractEnd
from copilot.suggesting.outlook.absorption import Floats, draws, ends, fundamental, means
from copilot.suggesting.outlook.move import Kind, Move, Place, State, kind_of
from copilot.suggesting.outlook.prior import STATES, Prior

ENDS = tuple(ContractEnd)
PLACES: tuple[Place, ...] = (*STATES, *ENDS)
#: The end of a 90 % interval is then uncertain by 0.015 of its width (standard error of a quantile).
DRAWS = 2_000
SEED = 20261126
#: 5 % lie outside on each side.
_OUTSIDE = (0.05, 0.95)
#: Moves of a kind that count as seen as often as expected, for every action.
_AS_EXPECTED = 4.0
_CHURNED = ENDS.index(ContractEnd.CHURNED)
_INDEX: Mapping[Place, int] = {place: n for n, place in enumerate(PLACES)}
_KINDS = tuple(Kind)
#: Kind of every move (n, n + ends), as a number; what does not move has one too, which nothing asks for.
_KIND = np.array([[_KINDS.index(kind_of(before, after)) for after in PLACES] for before in STATES])


@dataclass(frozen=True, kw_only=True)
class Chances:
    """How a contract ends from one state, each 0 to 1, together 1."""

    renewed: float
    expanded: float
    churned: float
    interval: tuple[float, float]  #: 90 % of the chance of not churning
    prior_weight: float  #: share of the prior in the states on the way, by expected visits, 0 to 1


@dataclass(frozen=True, kw_only=True)
class Uplift:
    """What an action changes of the chance of not churning, -1 to 1."""

    value: float
    interval: tuple[float, float]  #: 90 %
    transitions: int  #: moves counted after this action, in all states

    @property
    def is_sure(self) -> bool:
        """Tell whether its interval leaves 0 out."""
        low, high = self.interval
        return low > 0 or high < 0


class Chain:
    """Counts of moves with a prior; moves between other places than contracts have are left out."""

    def __init__(self, counts: Mapping[Move, int], prior: Prior, *, seed: int = SEED, draws: int = DRAWS) -> None:
        self._prior = prior
        self._seed = seed
        self._draws = draws
        self._by_action: dict[str | None, Floats] = {}
        for move, count in counts.items():
            if move.before in _INDEX and move.after in _INDEX and move.before != move.after:
                table = self._by_action.setdefault(move.action, np.zeros((len(STATES), len(PLACES))))
                table[_INDEX[move.before], _INDEX[move.after]] += count
        self._all = sum(self._by_action.values(), np.zeros((len(STATES), len(PLACES))))
        self._assumed = np.zeros_like(self._all)
        for n, state in enumerate(STATES):
            for place, weight in prior.row(state).items():
                self._assumed[n, _INDEX[place]] = weight

    @property
    def transitions(self) -> int:
        """How many moves are counted."""
        return int(self._all.sum())

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions that moves were counted after, by name."""
        return tuple(sorted(action for action in self._by_action if action is not None))

    def transitions_of(self, action: str) -> int:
        """Return how many moves are counted after an action."""
        return int(self._by_action[action].sum()) if action in self._by_action else 0

    def chances(self, state: State) -> Chances | None:
        """Return how a contract ends from a state; None where no end can be told."""
        row = _INDEX.get(state)
        if row is None or np.isnan(self._ends[row]).any():
            return None
        low, high = np.nanquantile(self._kept[:, row], _OUTSIDE)
        visits = self._visits[row]
        total = self._assumed.sum(axis=1) + self._all.sum(axis=1)
        share = np.divide(self._assumed.sum(axis=1), total, out=np.ones_like(total), where=total > 0)
        by_end = {end.value: float(chance) for end, chance in zip(ENDS, self._ends[row], strict=True)}
        return Chances(
            **by_end, interval=(float(low), float(high)), prior_weight=float((visits * share).sum() / visits.sum())
        )

    def uplift(self, state: State, action: str) -> Uplift | None:
        """Return what an action changes from a state; None where no end can be told, or nothing else is known."""
        row = _INDEX.get(state)
        taken = self._by_action.get(action, np.zeros_like(self._all))
        usual = self._assumed + self._all - taken
        if row is None or np.isnan(self._ends[row]).any() or not usual[row].any():
            return None
        generator = np.random.default_rng([self._seed, row, zlib.crc32(action.encode("utf-8", "surrogatepass"))])
        usual_rows = draws(usual[row], generator, self._draws)
        around = usual_rows * self._factors(taken, means(usual), row, generator)[:, _KIND[row]]
        around *= self._declared(action)[_KIND[row]]
        weight = self._prior.of_action(action).weight
        taken_rows = _drawn(weight * means(around) + taken[row], generator)
        change = ((taken_rows - usual_rows) * self._kept).sum(axis=1)
        low, high = np.nanquantile(change, _OUTSIDE)
        return Uplift(
            value=float(np.nanmean(change)), interval=(float(low), float(high)), transitions=self.transitions_of(action)
        )

    def _factors(self, taken: Floats, usual: Floats, row: int, generator: np.random.Generator) -> Floats:
        """Draw how much more often than expected each kind came after an action (draws, kinds), without this state."""
        seen, expected = np.zeros(len(_KINDS)), np.zeros(len(_KINDS))
        elsewhere = np.arange(len(STATES)) != row
        np.add.at(seen, _KIND[elsewhere], taken[elsewhere])
        np.add.at(expected, _KIND[elsewhere], taken.sum(axis=1)[elsewhere, np.newaxis] * usual[elsewhere])
        shape = seen + _AS_EXPECTED
        factors: Floats = generator.standard_gamma(shape, size=(self._draws, len(shape))) / (expected + _AS_EXPECTED)
        return factors if taken.any() else np.ones_like(factors)

    def _declared(self, action: str) -> Floats:
        declared = self._prior.of_action(action).factors
        return np.array([declared.get(kind, 1.0) for kind in _KINDS])

    @cached_property
    def _moves(self) -> Floats:
        return means(self._assumed + self._all)

    @cached_property
    def _visits(self) -> Floats:
        return fundamental(self._moves)

    @cached_property
    def _ends(self) -> Floats:
        return ends(self._moves)

    @cached_property
    def _kept(self) -> Floats:
        """Draws of the chance of not churning from every place (draws, n + ends); NaN in a draw that never ends."""
        weights = self._assumed + self._all
        # A generator for each row: counts of one state do not shake what is told of the others.
        rows = [draws(row, np.random.default_rng([self._seed, n]), self._draws) for n, row in enumerate(weights)]
        drawn = 1.0 - ends(np.stack(rows, axis=1))[:, :, _CHURNED]
        drawn[:, np.isnan(self._ends).any(axis=1)] = 0.0  # nothing that can be told leads there
        at_ends = np.tile(np.arange(len(ENDS)) != _CHURNED, (self._draws, 1)).astype(np.float64)
        return np.concatenate([drawn, at_ends], axis=1)


def _drawn(weights: Floats, generator: np.random.Generator) -> Floats:
    """Draw one row for each row of weights."""
    drawn: Floats = draws(weights, generator, 1)[0]
    return drawn
