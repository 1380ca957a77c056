"""Synthetic teams: how their accounts really move, what actions really change, and what their rules say.

Everything here is drawn at random and says nothing about real customers. The truth is not of the form that the model
assumes: rows differ from the prior by large factors, and an action changes every state a little differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from copilot.accounts.health import Band
from copilot.suggesting.advice import Urgency
from copilot.suggesting.outlook.absorption import Floats, ends, means
from copilot.suggesting.outlook.chain import PLACES
from copilot.suggesting.outlook.move import Kind, Move, kind_of
from copilot.suggesting.outlook.prior import STATES
from copilot.suggesting.outlook.prior_file import shipped_prior

ACTIONS = tuple(f"action-{letter}" for letter in "abcdefgh")
#: Actions that the rules propose in a state, and their urgencies before these are handed out.
_PROPOSED = (Urgency.WEEK, Urgency.MONTH, Urgency.MONTH, Urgency.ROUTINE)
#: Spread of the logarithms: of rows around the prior, of what half of the actions do by kind of move, and by state.
_ROWS, _BY_KIND, _BY_STATE = 0.7, 0.5, 0.25
#: Noise in what the rules think of an action, against a spread of 1 of what it is worth.
_MISJUDGED = 1.0
#: How often nothing is done before a move.
_IDLE = 0.4
_KINDS = tuple(Kind)
_KIND = np.array([[_KINDS.index(kind_of(before, after)) for after in PLACES] for before in STATES])
_N = len(STATES)
#: States that are in use; health is always known here.
USED = np.array([state.band is not Band.UNKNOWN for state in STATES])
_START = np.array([n for n, state in enumerate(STATES) if USED[n] and state.stage is STATES[0].stage])


@dataclass(frozen=True, kw_only=True)
class Team:
    """The truth of one team; matrices have the rows and columns of the chain."""

    idle: Floats  #: (n, n + ends) without any action
    acted: Floats  #: (actions, n, n + ends)
    taken: Floats  #: (n, 1 + actions): how often nothing, or each action, comes before a move
    proposed: Mapping[int, tuple[tuple[int, Urgency], ...]]  #: state → actions that the rules propose, with urgencies

    @property
    def usual(self) -> Floats:
        """Moves as the team works."""
        every = np.concatenate([self.idle[np.newaxis], self.acted])
        rows: Floats = np.einsum("sa,ast->st", self.taken, every)
        return rows

    def kept(self) -> Floats:
        """Return the true chance of not churning by state (n,), as the team works."""
        return kept_by(self.usual)

    def uplift(self, state: int, action: int) -> float:
        """Return what an action really changes in a state, against what else comes before moves there."""
        others = self.taken[state].copy()
        others[1 + action] = 0.0
        every = np.concatenate([self.idle[np.newaxis], self.acted])[:, state]
        rest = (others / others.sum()) @ every
        worth = np.concatenate([np.nan_to_num(self.kept()), [1.0, 1.0, 0.0]])
        return float((self.acted[action, state] - rest) @ worth)

    def value(self, chosen: Mapping[int, Floats]) -> float:
        """Return the chance of not churning from the start, if actions are always chosen with these shares."""
        moves = self.idle.copy()
        for state, shares in chosen.items():
            moves[state] = shares @ self.acted[:, state]
        return float(kept_by(moves)[_START].mean())

    def history(self, transitions: int, generator: np.random.Generator) -> Mapping[Move, int]:
        """Let accounts live until so many moves were made, and count them."""
        every = np.concatenate([self.idle[np.newaxis], self.acted]).cumsum(axis=2)
        taken = self.taken.cumsum(axis=1)
        counts: Counter[Move] = Counter()
        state = int(generator.choice(_START))
        for one, other in generator.random((transitions, 2)):
            action = min(int(np.searchsorted(taken[state], one, side="right")), len(ACTIONS))
            place = min(int(np.searchsorted(every[action, state], other, side="right")), len(PLACES) - 1)
            name = None if action == 0 else ACTIONS[action - 1]
            counts[Move(before=STATES[state], action=name, after=PLACES[place])] += 1
            state = place if place < _N else int(generator.choice(_START))
        return counts


def kept_by(moves: Floats) -> Floats:
    """Return the chance of not churning by state (n,); NaN for states not in use."""
    kept: Floats = 1.0 - ends(moves)[:, 2]
    return kept


def drawn_team(generator: np.random.Generator) -> Team:
    """Draw a team."""
    prior = shipped_prior()
    rows = np.array([[prior.row(state).get(place, 0.0) for place in PLACES] for state in STATES])
    rows[~USED] = 0.0
    idle = means(rows * np.exp(_ROWS * generator.standard_normal(rows.shape)))
    by_kind = _BY_KIND * generator.standard_normal((len(ACTIONS), len(_KINDS)))
    by_kind[: len(ACTIONS) // 2] = 0.0
    effects = (
        by_kind[:, _KIND]
        + _BY_STATE
        * generator.standard_normal((len(ACTIONS), *rows.shape))
        * (np.arange(len(ACTIONS)) >= len(ACTIONS) // 2)[:, np.newaxis, np.newaxis]
    )
    acted = means(idle * np.exp(effects))
    worth = acted @ np.concatenate([np.nan_to_num(kept_by(idle)), [1.0, 1.0, 0.0]])  # (actions, n)
    proposed, taken = {}, np.zeros((_N, 1 + len(ACTIONS)))
    taken[:, 0] = 1.0
    for state in np.flatnonzero(USED):
        proposed[int(state)] = _rules(worth[:, state], generator)
        shares = generator.dirichlet(np.ones(len(_PROPOSED)))
        taken[state, 0] = _IDLE
        for (action, _), share in zip(proposed[int(state)], shares, strict=True):
            taken[state, 1 + action] = (1 - _IDLE) * share
    return Team(idle=idle, acted=acted, taken=taken, proposed=proposed)


def _rules(worth: Floats, generator: np.random.Generator) -> tuple[tuple[int, Urgency], ...]:
    """Propose some actions, the more urgent the better they are thought to be."""
    known = generator.choice(len(ACTIONS), len(_PROPOSED), replace=False)
    spread = float(worth[known].std()) or 1.0
    thought = worth[known] / spread + _MISJUDGED * generator.standard_normal(len(known))
    return tuple(zip((int(known[n]) for n in np.argsort(-thought)), _PROPOSED, strict=True))
