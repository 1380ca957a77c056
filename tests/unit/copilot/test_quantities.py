"""Numbers, units and bounds, whatever the notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.quantities import Quantity, quantities
from knowledge.text import fold


def certain(text: str) -> list[Quantity]:
    return [one for one in quantities(fold(text)) if one.certain]


def meaning(text: str) -> list[tuple[object, ...]]:
    return [(one.low, one.high, one.dimensions, one.bound) for one in certain(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30%", "百分之三十"),
        ("30%", "三成"),
        ("30％", "30 percent"),
        ("75%", "七成五"),
        ("50%", "一半"),
        ("50%", "half"),
        ("两周", "14 天"),
        ("2 weeks", "两周"),
        ("30-day", "30 天"),
        ("三个月", "3 months"),
        ("一个季度", "3 个月"),
        ("半年", "6 个月"),
        ("一年", "12 个月"),
        ("1小时", "60 分钟"),
        ("一万元", "10,000 元"),
        ("1.5万元", "15000元"),
        ("10w", "十万"),
        ("$5m", "500万美元"),
        ("US$1,200", "1200 dollars"),
        ("10-50万元", "10万–50万元"),
        ("5~7天", "5 到 7 天"),
        ("三四天", "3-4 天"),
        ("至少 90 天", "90 天以上"),
        ("at least 90 days", "不少于 90 天"),
        ("不超过 15%", "15% 以内"),
        ("no more than 15%", "≤15%"),
        ("超过 15%", "more than 15%"),
        ("低于 80%", "below 80%"),
        ("二十五人", "25 people"),
        ("twenty-five people", "25 人"),
        ("第三步", "step 3"),
        ("９０天", "90 天"),
    ],
)
def test_two_notations_of_one_quantity_are_equal(one: str, other: str) -> None:
    assert len(certain(one)) == 1
    assert meaning(one) == meaning(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("30 天", "30 个月"),
        ("30%", "30 个百分点"),
        ("30%", "30"),
        ("30 元", "30 美元"),
        ("3 万元", "3 元"),
        ("1 个月", "30 天"),
        ("8 折", "80%"),
        ("至少 30 天", "至多 30 天"),
        ("10,000", "10.000"),
        ("3 次", "3 家"),
        ("工作日 3 天", "3 个工作日"),
    ],
)
def test_what_differs_is_not_equal(one: str, other: str) -> None:
    assert meaning(one) != meaning(other)


@pytest.mark.parametrize(
    "text",
    [
        "一个客户",
        "一些团队",
        "万一客户不续",
        "千万别打折",
        "十分重要",
        "第一次见面",
        "统一口径",
        "one of them",
        "两位数增长",
        "一成不变",
    ],
)
def test_words_that_only_look_like_numbers_are_never_required(text: str) -> None:
    assert certain(text) == []


def test_numbers_in_a_row_share_the_unit_of_the_last() -> None:
    assert [(one.low, one.dimensions) for one in certain("第 30、60 和 90 天")] == [
        (value, frozenset({"day"})) for value in (30, 60, 90)
    ]


def test_a_digit_inside_a_latin_word_belongs_to_the_word() -> None:
    assert certain("B2B 和 GPT4") == []


@given(
    st.text(alphabet="零一二两三十百千万亿点半成折分之第个月天周年%$¥0123456789.,-~至到不超过以上 abkmw", max_size=40)
)
def test_nothing_makes_it_fail_and_spans_lie_in_the_text_in_order(text: str) -> None:
    folded = fold(text)
    found = quantities(folded)

    assert all(0 <= one.start < one.end <= len(folded) and one.low <= one.high for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)


@given(st.integers(min_value=0, max_value=10**9))
def test_thousands_separators_change_nothing(number: int) -> None:
    assert meaning(f"{number:,} 元") == meaning(f"{number} 元")
