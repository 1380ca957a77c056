"""The study of the outlook in short, on synthetic teams whose truth is known (K3); tests/studies/outlook.py is long."""

from __future__ import annotations

import numpy as np
import pytest

from tests.studies.outlook import Share, coverage, difference, trials
from tests.studies.teams import USED, drawn_team


def test_intervals_hold_and_history_does_not_spoil_the_rules() -> None:
    found = list(trials(12, sizes=(3_000,), seed=3, draws=100))
    assert coverage([one.outlooks for one in found]).hits >= 9
    assert coverage([one.uplifts for one in found]).hits >= 9
    assert np.mean([one.learned for one in found]) > np.mean([one.random for one in found]) + 0.05
    assert np.mean([one.learned for one in found]) > np.mean([one.rules for one in found]) - 0.005
    assert all(one.learned < one.best + 0.02 for one in found)


def test_a_synthetic_team_is_what_it_says() -> None:
    team = drawn_team(np.random.default_rng(5))
    np.testing.assert_allclose(team.usual[USED].sum(axis=1), 1)
    assert not team.usual[~USED].any()
    counts = team.history(2_000, np.random.default_rng(6))
    assert sum(counts.values()) == 2_000
    assert all(move.before != move.after for move in counts)
    for state in team.proposed:
        together = team.taken[state, 0] * team.idle[state] + np.tensordot(
            team.taken[state, 1:], team.acted[:, state], 1
        )
        np.testing.assert_allclose(team.usual[state], together)


def test_the_figures_of_the_study() -> None:
    share = Share(hits=90, n=100)
    assert (share.value, share.interval) == (0.9, pytest.approx((0.8256, 0.9448), abs=1e-3))
    assert np.isnan(Share(hits=0, n=0).interval).all()
    one = difference([0.5, 0.7, 0.6], [0.4, 0.6, 0.5])
    assert (one.value, one.low, one.high) == pytest.approx((0.1, 0.1, 0.1))
