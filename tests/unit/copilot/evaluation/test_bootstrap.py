from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.evaluation.bootstrap import RESAMPLES, Interval, Statistic, intervals

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=25)


def mean_of(values: list[float]) -> Statistic:
    column = np.array(values)
    return lambda weights: weights @ column / weights.sum(axis=1)


def interval(values: list[float], **options: int) -> Interval:
    (one,) = intervals(mean_of(values), len(values), seed=options.pop("seed", 0), **options)
    return one


def test_at_least_a_thousand_resamples_are_drawn_by_default() -> None:
    assert RESAMPLES >= 1_000


@given(VALUES)
def test_the_interval_holds_the_mean_and_stays_within_the_values(values: list[float]) -> None:
    one = interval(values, resamples=1_000)
    assert one.value == pytest.approx(np.mean(values))
    assert one.low <= one.value + 1e-9
    assert one.value <= one.high + 1e-9
    assert min(values) - 1e-9 <= one.low
    assert one.high <= max(values) + 1e-9


def test_the_interval_of_a_share_is_near_the_textbook_one() -> None:
    # 60 of 100: 0.6 ± 1.96 · sqrt(0.6 · 0.4 / 100) = 0.504 to 0.696
    one = interval([1.0] * 60 + [0.0] * 40)
    assert one.low == pytest.approx(0.504, abs=0.02)
    assert one.high == pytest.approx(0.696, abs=0.02)


def test_the_seed_decides() -> None:
    values = list(np.random.default_rng(5).random(40))
    assert interval(values, seed=1) == interval(values, seed=1)
    assert interval(values, seed=1) != interval(values, seed=2)


def test_a_paired_difference_is_narrower_than_its_parts() -> None:
    before = np.random.default_rng(5).random(60)
    after = before + 0.05

    def both(weights: np.ndarray) -> np.ndarray:
        total = weights.sum(axis=1)
        return np.column_stack([weights @ before / total, weights @ (after - before) / total])

    alone, difference = intervals(both, 60, seed=0)
    assert difference.value == pytest.approx(0.05)
    assert difference.high - difference.low < 1e-9
    assert alone.high - alone.low > 0.1


def test_what_is_undefined_has_no_interval_and_undefined_resamples_are_left_out() -> None:
    (never,) = intervals(lambda weights: np.full(len(weights), np.nan), 3, seed=0)
    assert np.isnan([never.value, never.low, never.high]).all()

    def first_only(weights: np.ndarray) -> np.ndarray:
        return np.where(weights[:, 0] > 0, 0.5, np.nan)

    (sometimes,) = intervals(first_only, 3, seed=0)
    assert sometimes == Interval(value=0.5, low=0.5, high=0.5)


def test_no_question_is_no_error() -> None:
    (one,) = intervals(lambda weights: np.full(len(weights), np.nan), 0, seed=0)
    assert np.isnan(one.value)
