"""Absorbing chains against closed forms (K3)."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.suggesting.outlook.absorption import Floats, draws, ends, fundamental, means, reaching


def gambler(n: int, up: float) -> Floats:
    """A gambler with 1 … n coins who wins one with chance `up`; ends: none left, n + 1 of them."""
    moves = np.zeros((n, n + 2))
    for coins in range(n):
        moves[coins, coins + 1 if coins + 1 < n else n + 1] = up
        moves[coins, coins - 1 if coins else n] = 1 - up
    return moves


@pytest.mark.parametrize("up", [0.5, 0.4, 0.7])
@pytest.mark.parametrize("n", [2, 5, 9])
def test_a_gambler_wins_as_often_as_the_closed_form_says(n: int, up: float) -> None:
    coins = np.arange(1, n + 1)
    ratio = (1 - up) / up
    expected = coins / (n + 1) if up == 0.5 else (1 - ratio**coins) / (1 - ratio ** (n + 1))
    np.testing.assert_allclose(ends(gambler(n, up))[:, 1], expected, atol=1e-9)
    np.testing.assert_allclose(ends(gambler(n, up)).sum(axis=1), 1.0, atol=1e-9)


def test_a_fair_game_lasts_as_long_as_the_closed_form_says() -> None:
    coins = np.arange(1, 8)
    np.testing.assert_allclose(fundamental(gambler(7, 0.5)).sum(axis=1), coins * (8 - coins), atol=1e-6)


def test_two_states_that_feed_each_other() -> None:
    """P(first end | A) = a / (1 - (1 - a)(1 - b)), with a and b the ways out of A and B."""
    a, b = 0.3, 0.2
    moves = np.array([[0, 1 - a, a, 0], [1 - b, 0, 0, b]])
    expected = a / (1 - (1 - a) * (1 - b))
    np.testing.assert_allclose(ends(moves)[0], [expected, 1 - expected], atol=1e-9)


def test_many_chains_at_once_are_each_alone() -> None:
    many = np.stack([gambler(4, 0.3), gambler(4, 0.6)])
    np.testing.assert_allclose(ends(many), [ends(one) for one in many])


def test_states_without_a_way_to_an_end_are_unknown_and_spoil_nothing() -> None:
    """A ends; B and C go round for ever; D comes to B half of the time; nothing is known of E."""
    moves = np.zeros((5, 6))
    moves[0, 5] = moves[1, 2] = moves[2, 1] = 1
    moves[3, 1] = moves[3, 5] = 0.5
    assert reaching(moves).tolist() == [True, False, False, True, False]
    chances = ends(moves)[:, 0]
    assert chances[0] == pytest.approx(1)
    assert np.isnan(chances[1:]).all()


def test_no_end_and_no_counts_are_unknown() -> None:
    assert np.isnan(ends(np.zeros((3, 5)))).all()
    assert means(np.zeros((2, 3))).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_draw_whose_ends_vanish_is_no_failure() -> None:
    moves = np.array([[0, 1.0, 1e-300], [1.0, 0, 1e-300]])
    assert np.isnan(ends(moves)).all()


def test_draws_have_the_moments_of_a_dirichlet_distribution() -> None:
    weights = np.array([[2.0, 3.0, 0.0, 5.0], [0.0, 0.0, 0.0, 0.0]])
    drawn = draws(weights, np.random.default_rng(1), 20_000)
    np.testing.assert_allclose(drawn[:, 0].mean(axis=0), [0.2, 0.3, 0.0, 0.5], atol=0.005)
    np.testing.assert_allclose(drawn[:, 0].var(axis=0), [0.16 / 11, 0.21 / 11, 0.0, 0.25 / 11], atol=0.0008)
    assert not drawn[:, 1].any()


def test_tiny_weights_give_rows_that_sum_to_one() -> None:
    drawn = draws(np.full((4, 3), 1e-4), np.random.default_rng(1), 500)
    np.testing.assert_allclose(drawn.sum(axis=-1), 1.0)
