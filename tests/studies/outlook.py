"""Are the intervals of the outlook honest, and does history improve on rules? On synthetic teams whose truth is known.

Run: `python -m tests.studies.outlook [--teams 200] [--seed 1]`; the figures stand in copilot/decisions/0029-outlook.md.
They are about synthetic teams: they show that the arithmetic holds what it says, not what it is worth to a real team.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from copilot.evaluation.bootstrap import Interval, intervals
from copilot.suggesting.advice import Urgency
from copilot.suggesting.outlook.absorption import Floats
from copilot.suggesting.outlook.chain import Chain
from copilot.suggesting.outlook.prior import STATES
from copilot.suggesting.outlook.prior_file import shipped_prior
from copilot.suggesting.outlook.priority import in_order
from tests.studies.teams import ACTIONS, Team, drawn_team

SIZES = (100, 300, 1_000, 3_000, 10_000)
_Z = 1.959964


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of n, with its 95 % Wilson interval."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        return self.hits / self.n if self.n else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.n:
            return math.nan, math.nan
        centre = (self.hits + _Z**2 / 2) / (self.n + _Z**2)
        half = _Z / (self.n + _Z**2) * math.sqrt(self.hits * (self.n - self.hits) / self.n + _Z**2 / 4)
        return centre - half, centre + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:6.1%} ({low:.1%} to {high:.1%}, n = {self.n})"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One team after so many moves."""

    transitions: int
    outlooks: tuple[bool, ...]  #: of one state each: whether the interval holds the truth
    uplifts: tuple[bool, ...]
    rules: float  #: true chances of not churning from the start, by policy
    learned: float
    random: float
    best: float  #: of all proposed actions, taken one move at a time


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A proposed action, as `in_order` wants it."""

    action: int
    urgency: Urgency
    uplift: float | None
    acceptance: float | None = None
    decisive: float = 0.0


def trials(teams: int, *, sizes: Sequence[int] = SIZES, seed: int = 1, draws: int = 1_000) -> Iterator[Trial]:
    """Draw teams and let each live through histories of these lengths."""
    for number in range(teams):
        generator = np.random.default_rng([seed, number])
        team = drawn_team(generator)
        for size in sizes:
            yield _trial(team, size, generator, draws)


def _trial(team: Team, size: int, generator: np.random.Generator, draws: int) -> Trial:
    chain = Chain(team.history(size, generator), shipped_prior(), draws=draws)
    truth = team.kept()
    # One state and one action of each team, or the cases would hang together and n be too large.
    state = int(generator.choice(list(team.proposed)))
    action = team.proposed[state][int(generator.integers(len(team.proposed[state])))][0]
    chances = chain.chances(STATES[state])
    found = chain.uplift(STATES[state], ACTIONS[action]) if _enough(chain, action) else None
    rules = {
        at: _first([Offer(action=one, urgency=how, uplift=None) for one, how in team.proposed[at]])
        for at in team.proposed
    }
    learned = {at: _first(_offers(chain, team, at)) for at in team.proposed}
    best = {
        at: max((one for one, _ in team.proposed[at]), key=lambda one: team.uplift(at, one)) for at in team.proposed
    }
    return Trial(
        transitions=size,
        outlooks=() if chances is None else (_holds(chances.interval, truth[state]),),
        uplifts=() if found is None else (_holds(found.interval, team.uplift(state, action)),),
        rules=team.value(_always(rules)),
        learned=team.value(_always(learned)),
        random=team.value({at: _shares([one for one, _ in team.proposed[at]]) for at in team.proposed}),
        best=team.value(_always(best)),
    )


def _enough(chain: Chain, action: int) -> bool:
    prior = shipped_prior()
    enough = chain.transitions_of(ACTIONS[action]) >= prior.fewest_of_action
    return enough and chain.transitions >= prior.fewest_transitions


def _offers(chain: Chain, team: Team, at: int) -> list[Offer]:
    offers = []
    for action, urgency in team.proposed[at]:
        found = chain.uplift(STATES[at], ACTIONS[action]) if _enough(chain, action) else None
        offers.append(Offer(action=action, urgency=urgency, uplift=found.value if found and found.is_sure else None))
    return offers


def _first(offers: Sequence[Offer]) -> int:
    return in_order(offers)[0].action


def _always(actions: Mapping[int, int]) -> dict[int, Floats]:
    return {at: _shares([action]) for at, action in actions.items()}


def _shares(actions: Sequence[int]) -> Floats:
    shares = np.zeros(len(ACTIONS))
    shares[list(actions)] = 1.0 / len(actions)
    return shares


def _holds(interval: tuple[float, float], truth: float) -> bool:
    return bool(interval[0] <= truth <= interval[1])


def coverage(cases: Sequence[tuple[bool, ...]]) -> Share:
    """Count how often an interval held the truth."""
    told = [one for case in cases for one in case]
    return Share(hits=sum(told), n=len(told))


def difference(ours: Sequence[float], theirs: Sequence[float], seed: int = 1) -> Interval:
    """Return the mean of the paired differences with its 95 % bootstrap interval over teams."""
    paired = np.array(ours) - np.array(theirs)
    return intervals(lambda weights: weights @ paired / weights.sum(axis=1), len(paired), seed=seed)[0]


def main() -> None:
    """Run the study and print its figures."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--teams", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    found = list(trials(chosen.teams, seed=chosen.seed))
    print(f"Synthetic: {chosen.teams} teams, seed {chosen.seed}. Nominal coverage 90 %; chances of not churning.")
    for size in SIZES:
        of = [one for one in found if one.transitions == size]
        rules, learned, random, best = (
            [getattr(one, name) for one in of] for name in ("rules", "learned", "random", "best")
        )
        print(f"\n{size} transitions, {len(of)} teams")
        print(f"  interval of the outlook holds the truth  {coverage([one.outlooks for one in of])}")
        print(f"  interval of an uplift holds the truth    {coverage([one.uplifts for one in of])}")
        print(
            f"  value: random {np.mean(random):.3f}  rules {np.mean(rules):.3f}  rules and history "
            f"{np.mean(learned):.3f}  best {np.mean(best):.3f}"
        )
        for name, theirs in (("rules", rules), ("random", random)):
            one = difference(learned, theirs)
            print(
                f"  rules and history - {name:<7} {one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f}, n = {len(of)})"
            )


if __name__ == "__main__":
    main()
