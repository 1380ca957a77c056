"""Intervals and changes: right on known values, and never beyond what is possible."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.insight.certainty import Share, count_change, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(90, 100, 0.8256, 0.9448), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (0, 0, 0, 1)]
)
def test_wilson(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


@given(n=st.integers(0, 10**9), part=st.floats(0, 1))
def test_an_interval_holds_its_share(n: int, part: float) -> None:
    hits = int(n * part)
    low, high = wilson(hits, n)
    assert 0 <= low <= (hits / n if n else 0.5) + 1e-9
    assert (hits / n if n else 0.5) - 1e-9 <= high <= 1


def test_newcombe_on_a_known_difference() -> None:
    # Newcombe (1998), table II (a): 56/70 against 48/80 is 0.2, between 0.0524 and 0.3339.
    assert Share(hits=56, n=70).change_since(Share(hits=48, n=80)) == pytest.approx(0.2)
    assert Share(hits=9, n=10).change_since(Share(hits=3, n=10)) == pytest.approx(0.6)
    assert Share(hits=6, n=7).change_since(Share(hits=2, n=7)) == pytest.approx(4 / 7)
    assert Share(hits=5, n=56).change_since(Share(hits=0, n=29)) is None


def test_too_few_have_no_change() -> None:
    assert Share(hits=4, n=4).change_since(Share(hits=0, n=100)) is None
    assert Share(hits=4, n=4).value is None


def test_counts_change_when_chance_does_not_explain_it() -> None:
    assert count_change(50, 100) == -0.5
    assert count_change(95, 100) is None
    assert count_change(0, 0) is None
    assert count_change(3, 0) is None
    assert count_change(10, 0) == math.inf
