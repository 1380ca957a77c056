"""The decision, on hand-made numbers."""

from __future__ import annotations

import pytest

from copilot.training.gate import Comparison, compare, decide


def comparison(difference: float, low: float, high: float, name: str = "set") -> Comparison:
    figures = {"mrr_before": 0.5, "mrr_after": 0.5 + difference, "hit5_before": 0.6, "hit5_after": 0.6}
    return Comparison(name=name, n=100, difference=difference, low=low, high=high, **figures)


def test_figures_are_means_over_questions_and_rank_eleven_counts_as_not_found() -> None:
    found = compare("x", before=[1, 2, 11, 6], after=[1, 1, 10, 5], seed=1)
    assert found.n == 4
    assert found.mrr_before == pytest.approx((1 + 1 / 2 + 0 + 1 / 6) / 4)
    assert found.mrr_after == pytest.approx((1 + 1 + 1 / 10 + 1 / 5) / 4)
    assert (found.hit5_before, found.hit5_after) == (0.5, 0.75)
    assert found.difference == pytest.approx(found.mrr_after - found.mrr_before)


def test_the_interval_is_that_of_the_paired_difference() -> None:
    same_gain = compare("x", before=[2] * 50, after=[1] * 50, seed=1)
    assert (same_gain.low, same_gain.high) == (0.5, 0.5)
    one_in_a_hundred = compare("x", before=[2] * 100, after=[1] + [2] * 99, seed=1)
    assert one_in_a_hundred.low == 0.0
    assert one_in_a_hundred.high > 0
    assert not one_in_a_hundred.better


def test_nothing_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="pairs"):
        compare("x", [], [], seed=1)


@pytest.mark.parametrize(
    ("team", "guard", "accepted"),
    [
        ((0.05, 0.01, 0.09), (0.0, -0.02, 0.02), True),
        ((0.05, 0.0, 0.10), (0.0, -0.02, 0.02), False),  # the gain may be chance
        ((0.05, 0.01, 0.09), (-0.010, -0.03, 0.01), True),  # a loss at the bound that may be chance
        ((0.05, 0.01, 0.09), (-0.011, -0.03, 0.01), False),  # too large a loss
        ((0.05, 0.01, 0.09), (-0.005, -0.009, -0.001), False),  # a small loss that is certain
        ((0.05, 0.01, 0.09), (0.20, 0.10, 0.30), True),
    ],
)
def test_better_for_the_team_and_not_worse_elsewhere(
    team: tuple[float, float, float], guard: tuple[float, float, float], accepted: bool
) -> None:
    decision = decide(comparison(*team, name="held-out questions"), [comparison(*guard, name="the guard")])
    assert decision.accepted is accepted
    assert bool(decision.reasons) is not accepted


def test_every_reason_names_its_set_and_its_figures() -> None:
    team, guard = comparison(0.01, -0.01, 0.03, "team"), comparison(-0.04, -0.06, -0.02, "guard")
    reasons = decide(team, [comparison(0, -0.01, 0.01, "fine"), guard]).reasons
    assert len(reasons) == 2
    assert "team" in reasons[0]
    assert "+0.0100 (-0.010 to +0.030, n = 100)" in reasons[0]
    assert "guard" in reasons[1]
    assert "-0.040" in reasons[1]


def test_without_guards_the_team_alone_decides() -> None:
    assert decide(comparison(0.05, 0.01, 0.09), []).accepted
