"""Denied or affirmed, one way or the other."""

from __future__ import annotations

import pytest

from copilot.answering.polarity import contradicts, denials
from knowledge.text import fold


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("可以给小微客户打折。", "不能给小微客户打折。"),
        ("要给老客户发现金奖励。", "不要给老客户发现金奖励。"),
        ("合同到期后 天准备续约", "合同到期前 天准备续约"),
        ("客户留存率提高了两个季度", "客户留存率降低了两个季度"),
        ("Small accounts never get training.", "Small accounts get training."),
        ("Managers can approve the discount.", "Managers cannot approve the discount."),
        ("允许一线给客户折扣", "禁止一线给客户折扣"),
        ("这一档客户主动服务为主", "这一档客户被动服务为主"),
    ],
)
def test_a_clause_that_its_source_denies_or_turns_contradicts(sentence: str, evidence: str) -> None:
    assert contradicts(fold(sentence), fold(evidence))
    assert contradicts(fold(evidence), fold(sentence))


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("禁止给小微客户打折。", "不能给小微客户打折。"),
        ("小微客户不打折。", "不能给小微客户打折。"),
        ("不得不给小微客户打折。", "给小微客户打折。"),
        ("不仅要看用量,还要看价值。", "要看用量,还要看价值。"),
        ("客户留存率没有降低", "客户留存率提高"),
        ("Do not give discounts to small accounts.", "Small accounts never get discounts."),
        ("不要等到期才准备。", "到期之前就要准备。"),
        ("特别要看差别。", "要看差别。"),
    ],
)
def test_the_same_said_otherwise_does_not(sentence: str, evidence: str) -> None:
    assert not contradicts(fold(sentence), fold(evidence))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("不能", 1),
        ("不得不", 0),
        ("没有不好的", 2),
        ("区别很大", 0),
        ("not only", 0),
        ("don't", 1),
        ("要不要打折", 0),
        ("不得超过", 0),
    ],
)
def test_only_what_negates_is_counted(text: str, count: int) -> None:
    assert denials(fold(text)) == count


def test_one_clause_that_agrees_is_enough_where_the_source_says_both() -> None:
    assert not contradicts("可以给中型客户打折", "可以给中型客户打折,不可以给中型客户打折。")
