"""Absorbing Markov chains: where a chain ends (Kemeny and Snell, Finite Markov Chains, 1960, chapter 3).

A matrix of moves has a row per transient state and a column per transient state, then one per end; rows sum to 1, or to
0 where nothing is known of a state. Only changes are moves, so nothing stays where it is; how a chain ends does not
depend on how long it stays anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Share of every move that is given up, so that a draw whose ends have all but vanished can still be inverted.
_GIVEN_UP = 1e-12
#: Ways that lead nowhere may not take more than this share before a chance is called unknown.
_LOST = 1e-6
#: Draws of a gamma distribution of a tiny shape are 0 in floating point; a row needs one that is not.
_LEAST = 1e-300


def reaching(moves: Floats) -> Flags:
    """Return which states (n,) can come to an end at all, by moves (n, n + ends) that are above 0."""
    n = len(moves)
    found: Flags = np.any(moves[:, n:] > 0, axis=1)
    for _ in range(n):
        further: Flags = np.logical_or(found, np.any(moves[:, :n][:, found] > 0, axis=1))
        if (further == found).all():
            break
        found = further
    return found


def fundamental(moves: Floats) -> Floats:
    """Return the expected visits (…, n, n): from state i to state j, its own start counted as one.

    `(I - Q)^-1`, with Q the moves among the states that can come to an end; the others have rows and columns of 0, so
    the matrix is not singular. Takes one matrix (n, n + ends) or many that allow the same moves (draws, n, n + ends).
    """
    n = moves.shape[-2]
    alive = reaching(moves if moves.ndim == 2 else moves.max(axis=0))
    visits = np.zeros((*moves.shape[:-2], n, n))
    if alive.any():
        among = moves[..., :n][..., alive, :][..., :, alive]
        inside = np.linalg.inv(np.eye(int(alive.sum())) - (1.0 - _GIVEN_UP) * among)
        rows, columns = np.ix_(alive, alive)
        visits[..., rows, columns] = inside
    return visits


def ends(moves: Floats) -> Floats:
    """Return the chance of each end (…, n, ends); a row is NaN where a chain may go round for ever."""
    chances = fundamental(moves) @ moves[..., moves.shape[-2] :]
    lost = ~(np.abs(chances.sum(axis=-1) - 1.0) <= _LOST)
    clipped: Floats = np.clip(chances, 0.0, 1.0)
    clipped[lost] = np.nan
    return clipped


def means(weights: Floats) -> Floats:
    """Return the mean rows of Dirichlet distributions with these weights (…, m); all 0 where the weights are."""
    total = weights.sum(axis=-1, keepdims=True)
    rows: Floats = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return rows


def draws(weights: Floats, generator: np.random.Generator, count: int) -> Floats:
    """Return `count` draws (count, …, m) of rows from Dirichlet distributions; a weight of 0 stays 0 in every draw."""
    gammas = generator.standard_gamma(weights, size=(count, *weights.shape))
    return means(np.where(weights > 0, np.maximum(gammas, _LEAST), 0.0))
