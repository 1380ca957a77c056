"""Dates, whatever the notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.moments import moments
from knowledge.text import fold


def fields(text: str) -> list[dict[str, int]]:
    return [dict(moment.fields) for moment in moments(fold(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年3月", {"year": 2024, "month": 3}),
        ("March 2024", {"year": 2024, "month": 3}),
        ("2024-03", {"year": 2024, "month": 3}),
        ("二〇二四年三月", {"year": 2024, "month": 3}),
        ("2024/03/05", {"year": 2024, "month": 3, "day": 5}),
        ("2024年3月5日", {"year": 2024, "month": 3, "day": 5}),
        ("March 5, 2024", {"year": 2024, "month": 3, "day": 5}),
        ("5th of March 2024", {"year": 2024, "month": 3, "day": 5}),
        ("3月5日", {"month": 3, "day": 5}),
        ("三月份", {"month": 3}),
        ("Q3 2025", {"year": 2025, "quarter": 3}),
        ("2025年第三季度", {"year": 2025, "quarter": 3}),
        ("third quarter", {"quarter": 3}),
        ("in 2023", {"year": 2023}),
    ],
)
def test_a_date_is_read_as_far_as_it_is_given(text: str, expected: dict[str, int]) -> None:
    assert fields(text) == [expected]


@pytest.mark.parametrize(
    "text", ["3 个月", "3-6 个月", "每季度", "you may march on", "2000家门店", "版本 3.2.1", "1.5 倍", "12000 元"]
)
def test_durations_and_counts_are_no_dates(text: str) -> None:
    assert fields(text) == []


@given(st.text(alphabet="0123456789年月日号季度第一二三十〇-/. ,QqMarchMay的", max_size=40))
def test_nothing_makes_it_fail(text: str) -> None:
    assert all(moment.fields for moment in moments(fold(text)))
