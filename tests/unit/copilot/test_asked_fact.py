"""Which fact a question asks for, and whether a text holds it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.asked_fact import AskedFact, FactKind, asked_fact, asked_subjects


@pytest.mark.parametrize(
    ("question", "kind", "unit"),
    [
        ("带教师傅的补贴是多少", FactKind.MONEY, ""),
        ("这套培训一个人多少钱", FactKind.MONEY, ""),
        ("How much does the premium tier cost?", FactKind.MONEY, ""),
        ("续费率做到多少算及格", FactKind.SHARE, ""),
        ("What share of renewals slipped?", FactKind.SHARE, ""),
        ("复盘之后隔几天回访", FactKind.TIME, "天"),
        ("How many weeks before expiry do we start?", FactKind.TIME, "week"),
        ("合同哪年到期", FactKind.TIME, ""),
        ("一个组配多少人", FactKind.COUNT, "人"),
        ("How many reviewers sign off?", FactKind.COUNT, "reviewer"),
        ("谁来签字", FactKind.NAME, ""),
        ("Which tool routes the leads?", FactKind.NAME, ""),
        ("资料在哪,给个链接", FactKind.LINK, ""),
    ],
)
def test_the_asked_fact_is_told(question: str, kind: FactKind, unit: str) -> None:
    assert asked_fact(question) == AskedFact(kind=kind, unit=unit)


@pytest.mark.parametrize(
    "question", ["续约怎么谈", "客户嫌贵咋回", "为什么要分层", "Can we skip the review?", "", "🙂"]
)
def test_other_questions_ask_for_no_single_fact(question: str) -> None:
    assert asked_fact(question) is None


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("复盘之后隔几天回访", "三天之内回访。", "分三步回访。"),
        ("一个组配多少人", "每组 5 人。", "每组 5 周一轮。"),
        ("带教师傅的补贴是多少", "每月补贴 300 元。", "补贴由部门定。"),
        ("续费率做到多少算及格", "九成以上,也就是 90%。", "越高越好。"),
        ("合同哪年到期", "2027 年到期。", "到期前续约。"),
        ("谁来签字", "由采购部的老师签字。", "由客户签字。"),
        ("资料在哪,给个链接", "见 https://example.org/a", "见资料库。"),
        ("How many weeks before expiry do we start?", "Start six weeks before.", "Start in time."),
    ],
)
def test_a_text_that_names_such_a_fact_holds_it(question: str, holds: str, lacks: str) -> None:
    fact = asked_fact(question)

    assert fact is not None
    assert fact.stands_in(holds)
    assert not fact.stands_in(lacks)


def test_units_are_not_compared_across_languages() -> None:
    fact = asked_fact("How many reviewers sign off?")

    assert fact is not None
    assert fact.stands_in("由 3 个人签字。", same_language=False)
    assert not fact.stands_in("由 3 个人签字。")


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("飞燕的估值现在多少", ["估值"]),
        ("带教师傅的补贴是多少", ["补贴"]),
        ("我们要多久", []),
        ("Which vendor do we use?", ["vendor"]),
        ("续约怎么谈", []),
    ],
)
def test_the_subject_stands_next_to_the_question_word(question: str, subjects: list[str]) -> None:
    assert asked_subjects(question) == subjects


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_is_too_strange(question: str, text: str) -> None:
    fact = asked_fact(question)
    asked_subjects(question)

    assert fact is None or fact.stands_in(text) in (True, False)
