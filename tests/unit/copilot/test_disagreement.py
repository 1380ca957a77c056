"""Two statements that cannot both hold, and many that can."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.disagreement import Statement, difference
from copilot.answering.scope import apart, scope
from tests.unit.samples import ALPHABET

PAIRS = Path(__file__).parents[2] / "evaluation" / "disagreements.jsonl"
texts = st.text(alphabet=ALPHABET + "不没%第两三周月年", max_size=40)


def statement(text: str) -> Statement:
    return Statement(text=text, scope=scope(text))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("合同到期前 90 天开始准备续约。", "合同到期前 60 天开始准备续约。", "number"),
        ("新价格从 2025年3月 起执行。", "新价格从 2025年6月 起执行。", "date"),
        ("一线销售可以当场给折扣。", "一线销售不可以当场给折扣。", "recommendation"),
        ("有赞手册认为研发占比不超过 15%。", "田原认为研发占比不低于 20%。", "number"),
        ("合同到期前 90 天开始准备续约。", "合同到期前三个月开始准备续约。", None),
        ("大型客户提前 90 天准备续约。", "小微客户提前 30 天准备续约。", None),
        ("VIP 客户的响应时限是 30 分钟。", "客户的响应时限是 2 小时。", None),
        ("首次响应时限是 2 小时。", "问题解决时限是 24 小时。", None),
        ("折扣至少 10%。", "折扣至少 10%,最多 15%。", None),
    ],
)
def test_a_disagreement_is_about_the_same_in_the_same_scope(one: str, other: str, expected: str | None) -> None:
    assert difference(statement(one), statement(other)) == expected


def test_on_our_own_pairs_no_alarm_is_false_and_nearly_all_disagreements_are_found() -> None:
    rows = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    raised = [bool(difference(statement(row["one"]), statement(row["other"]))) for row in rows]
    expected = [row["disagree"] for row in rows]
    right = sum(a and b for a, b in zip(raised, expected, strict=True))

    assert right / sum(raised) >= 0.95
    assert right / sum(expected) >= 0.85


@given(texts, texts)
def test_it_does_not_matter_which_comes_first(one: str, other: str) -> None:
    assert difference(statement(one), statement(other)) == difference(statement(other), statement(one))


@given(texts)
def test_nothing_disagrees_with_itself(text: str) -> None:
    assert difference(statement(text), statement(text)) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("大型客户", "小微客户", True), ("大型客户", "客户", False), ("中小型", "小型", True), ("首年", "次年", True)],
)
def test_scopes_that_have_nothing_in_common_are_apart(one: str, other: str, expected: bool) -> None:
    assert apart(scope(one), scope(other)) is expected
