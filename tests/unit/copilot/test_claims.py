"""What a source does not bear out of a sentence, word by word."""

from __future__ import annotations

import pytest

from copilot.answering.claims import mismatches

SOURCE = (
    "有赞手册规定:合同到期前 90 天开始准备续约,折扣不超过 15%,超过的由王总审批。"
    "第一批有 3-5 家客户,2024年3月5日起执行,每家每年 1.2万元。不要在 PMF 阶段看 NPS。"
)


def kinds(sentence: str, source: str = SOURCE, context: str = "") -> list[tuple[str, bool]]:
    return [(one.kind, one.certain) for one in mismatches(sentence, source, context)]


@pytest.mark.parametrize(
    "sentence",
    [
        "合同到期前九十天就要准备续约。",
        "折扣最多 15 percent。",
        "百分之十五以内的折扣可以给。",
        "从 2024-03 开始执行。",
        "From March 2024 on.",
        "每家每年 12,000 元。",
        "超过的折扣由王总来批。",
        "有赞手册说 PMF 阶段不看 NPS。",
        "第一批客户有三到五家。",
    ],
)
def test_the_same_in_another_notation_is_borne_out(sentence: str) -> None:
    assert kinds(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("合同到期前 60 天准备。", "number"),
        ("合同到期前 90 个月准备。", "unit"),
        ("每家每年 1.2万美元。", "unit"),
        ("折扣不低于 15%。", "bound"),
        ("2024年4月起执行。", "date"),
        ("2025年3月起执行。", "date"),
        ("2024年3月6日起执行。", "date"),
        ("折扣由李总审批。", "name"),
        ("PMF 阶段看 LTV。", "name"),
        ("田原认为要早准备。", "name"),
        ("见《定价手册》。", "name"),
        ("手册里写着“提前半年”。", "name"),
        ("要在 PMF 阶段看 NPS。", "polarity"),
        ("合同到期后 90 天开始准备续约。", "polarity"),
    ],
)
def test_what_the_source_does_not_say_is_certain(sentence: str, kind: str) -> None:
    assert (kind, True) in kinds(sentence)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [("第一批有 3 家客户。", "number"), ("折扣是 15%。", "bound"), ("The Youzan handbook says 90 days.", "name")],
)
def test_what_it_says_only_in_part_is_a_doubt(sentence: str, kind: str) -> None:
    assert kinds(sentence) == [(kind, False)]


def test_titles_of_the_source_bear_out_a_name_but_no_number() -> None:
    assert kinds("The Youzan handbook says 90 days.", context="The Youzan handbook") == []
    assert kinds("需要 7 天。", context="7 天") == [("number", True)]


def test_the_number_of_a_list_item_is_a_step_and_no_count() -> None:
    listed = "1. 看用量\n2. 约客户"

    assert kinds("第二步约客户。", listed) == []
    assert kinds("约 2 家客户。", listed) == [("unit", True)]


def test_a_unit_in_the_head_of_a_table_leaves_a_doubt() -> None:
    assert kinds("提前 90 天。", "| 提前(天) |\n| 90 |") == [("number", False)]


def test_a_turned_bound_in_a_turned_sentence_is_a_doubt_and_no_error() -> None:
    assert kinds("NDR 80% 以上才扩张团队。", "NDR 低于 80% 就不要扩张团队。") == [("turned", False)]
