from __future__ import annotations

from itertools import pairwise, product
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.evaluation.metrics import (
    all_evidence,
    auc,
    aurc,
    hit,
    ndcg,
    reciprocal_rank,
    risk_coverage,
)

RANKS = st.lists(st.one_of(st.none(), st.integers(1, 30)), min_size=1, max_size=6)
SCORED = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=30)


def of(scored: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([s for s, _ in scored]), np.array([r for _, r in scored]), np.ones((1, len(scored)))


def test_hits_and_evidence_by_hand() -> None:
    ranks = [4, None, 2]
    assert [hit(ranks, k) for k in (1, 2, 3, 5)] == [0, 1, 1, 1]
    assert all_evidence([4, 2], 5) == 1
    assert all_evidence([4, 2], 3) == 0
    assert all_evidence(ranks, 10) == 0


def test_reciprocal_rank_by_hand() -> None:
    assert reciprocal_rank([4, None, 2], 10) == 0.5
    assert reciprocal_rank([11], 10) == 0
    assert reciprocal_rank([None], 10) == 0


def test_ndcg_by_hand() -> None:
    # Evidence at 2 and 4 of two pieces: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3) = 0.6509
    assert ndcg([2, 4], 10) == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))
    assert ndcg([2, 4], 10) == pytest.approx(0.6509, abs=5e-5)
    assert ndcg([3], 10) == 0.5
    assert ndcg([11], 10) == 0
    assert ndcg([1, 1], 10) == 1  # one passage with both pieces is as good as can be


@given(RANKS, st.integers(1, 20))
def test_measures_of_ranks_stay_between_0_and_1_and_ignore_the_order(ranks: list[int | None], k: int) -> None:
    for measure in (hit, all_evidence, reciprocal_rank, ndcg):
        assert 0 <= measure(ranks, k) <= 1
        assert measure(ranks, k) == pytest.approx(measure(ranks[::-1], k))


@given(st.integers(1, 10))
def test_a_perfect_ranking_is_1_and_the_worst_0(pieces: int) -> None:
    for measure in (hit, all_evidence, reciprocal_rank, ndcg):
        assert measure(list(range(1, pieces + 1)), 10) == pytest.approx(1)
        assert measure([None] * pieces, 10) == 0


@given(RANKS, st.integers(1, 19))
def test_looking_further_never_loses_a_hit(ranks: list[int | None], k: int) -> None:
    for measure in (hit, all_evidence, reciprocal_rank):
        assert measure(ranks, k) <= measure(ranks, k + 1)


@given(SCORED)
def test_auc_is_the_rank_statistic(scored: list[tuple[float, bool]]) -> None:
    scores, positive, weights = of(scored)
    pairs = list(product(scores[positive], scores[~positive]))
    (value,) = auc(scores, positive, weights)
    if not pairs:
        assert np.isnan(value)
    else:
        assert value == pytest.approx(sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs))


@given(SCORED, st.data())
def test_weights_count_like_repeated_questions(scored: list[tuple[float, bool]], data: st.DataObject) -> None:
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(scored), max_size=len(scored)))
    repeated = [one for one, count in zip(scored, times, strict=True) for _ in range(count)]
    scores, side, _ = of(scored)
    for measure in (auc, aurc):
        (weighted,) = measure(scores, side, np.array([times], dtype=float))
        (plain,) = measure(*of(repeated)) if repeated else (np.nan,)
        assert weighted == pytest.approx(plain, nan_ok=True)


@given(SCORED, st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_count(scored: list[tuple[float, bool]], random: object) -> None:
    shuffled = list(scored)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for measure in (auc, aurc):
        assert measure(*of(scored)) == pytest.approx(measure(*of(shuffled)), nan_ok=True)
    assert risk_coverage(*of(scored)[:2]) == risk_coverage(*of(shuffled)[:2])


def test_risk_and_coverage_by_hand() -> None:
    scores, right = np.array([0.9, 0.8, 0.8, 0.1]), np.array([True, True, False, False])
    points = risk_coverage(scores, right)
    assert points == [(0.9, 0.25, 0.0), (0.8, 0.75, pytest.approx(1 / 3)), (0.1, 1.0, 0.5)]
    # 1/4 · 0 + 2/4 · 1/3 + 1/4 · 1/2
    assert aurc(scores, right, np.ones((1, 4))) == pytest.approx([7 / 24])


@given(SCORED)
def test_the_curve_ends_at_everything_and_grows(scored: list[tuple[float, bool]]) -> None:
    scores, right, weights = of(scored)
    points = risk_coverage(scores, right)
    assert points[-1][1:] == (1.0, pytest.approx(1 - right.mean()))
    assert all(a[1] < b[1] and a[0] > b[0] for a, b in pairwise(points))
    assert 0 <= aurc(scores, right, weights)[0] <= 1


def test_a_score_that_says_nothing_risks_the_overall_share() -> None:
    right = np.array([True, False, False, True, True])
    assert aurc(np.zeros(5), right, np.ones((1, 5))) == pytest.approx([0.4])
    assert auc(np.zeros(5), right, np.ones((1, 5))) == pytest.approx([0.5])


def test_no_question_has_no_figure() -> None:
    nothing = np.array([])
    assert np.isnan(auc(nothing, nothing.astype(bool), np.ones((2, 0)))).all()
    assert np.isnan(aurc(nothing, nothing.astype(bool), np.ones((2, 0)))).all()
