"""Which turns need the turns before them. The dialogues are ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.follow_up import Dependence, answers_back, carried, dependence, in_context, questions_asked
from copilot.answering.question import Turn


def told(*questions: str) -> list[Turn]:
    return [Turn(role="user", content=question) for question in questions]


@pytest.mark.parametrize(
    "turn",
    [
        "那小客户呢",
        "那多久回访一次比较好",
        "它和续费率有什么区别",
        "他们一般多久回复",
        "这个谁来批",
        "这样做有什么风险",
        "上面说的第二点怎么落地",
        "刚才那个模板在哪里",
        "第三步具体做什么",
        "前两条哪个更重要",
        "除此之外呢",
        "我应该先做这个吗",
        "大客户呢",
        "还有呢",
        "其中最难的是哪一步",
        "怎么跟他们解释",
        "What about small customers?",
        "And for renewals?",
        "How often should we do it?",
        "Why is that?",
        "Who owns this?",
        "Can you explain the second one?",
        "Do they need a contract?",
        "For enterprise customers?",
        "Is there a template for it?",
    ],
)
def test_a_turn_that_points_back_needs_its_conversation(turn: str) -> None:
    assert dependence(turn) is Dependence.REFERRING


@pytest.mark.parametrize(
    "turn",
    [
        "多久一次",
        "谁来负责",
        "怎么开口",
        "要准备什么",
        "有什么风险",
        "需要多少钱",
        "How long?",
        "Who signs?",
        "What are the steps?",
    ],
)
def test_a_turn_that_names_too_little_may_need_it(turn: str) -> None:
    assert dependence(turn) is Dependence.ELLIPTIC


@pytest.mark.parametrize(
    "turn",
    [
        "客户续约提前多久开始准备",
        "新客户上线一个月还没出效果怎么办",
        "健康分低于多少算危险客户",
        "客户成功经理和客服怎么分工",
        "NDR怎么算",
        "ARR 和 MRR 的区别",
        "老客户不回消息了,他们到底在想什么",
        "客户已经投诉两次,这种情况谁去道歉",
        "做零售的那家标杆客户用了多久上线",
        "续约话术",
        "How do we prepare a renewal meeting with a large customer?",
        "What is a good health score threshold?",
        "Which discounts need approval from finance?",
        "The customer went silent after the demo, how do we win it back?",
        "What happens if a customer exports data before churn?",
        "Why do customers churn in the first quarter?",
        "",
        "😀",
        "SELECT * FROM customers;",
    ],
)
def test_a_turn_that_names_its_subject_stands_alone(turn: str) -> None:
    assert dependence(turn) is Dependence.NONE


@given(st.text(max_size=300))
def test_any_text_can_be_judged(text: str) -> None:
    assert dependence(text) in Dependence
    assert carried(told(text, text)) is not None


def test_a_follow_up_is_carried_back_to_the_last_question_that_stood_alone() -> None:
    history = told("报价单多久有效期", "健康分低于多少算危险客户", "那多久看一次", "谁来看")

    assert carried(history) == ["健康分低于多少算危险客户", "那多久看一次", "谁来看"]


def test_thanks_and_wishes_for_other_words_are_no_questions() -> None:
    history = told("健康分低于多少算危险客户", "谢谢", "写成英文")

    assert questions_asked(history) == [(0, "健康分低于多少算危险客户")]


def test_replies_are_not_carried() -> None:
    history = [*told("健康分低于多少算危险客户"), Turn(role="assistant", content="低于 60 分。")]

    assert carried(history) == ["健康分低于多少算危险客户"]


def test_what_is_carried_is_bounded() -> None:
    kept = carried(told(*["那呢" * 400] * 40))

    assert sum(map(len, kept)) <= 400


@pytest.mark.parametrize(
    ("text", "said", "is_answer"),
    [
        ("大型客户", "答案因客户规模而不同。请选择:大型、小微。", True),
        ("enterprise", "Which segment do you mean?", True),
        ("续约怎么谈", "请选择:大型、小微。", False),
        ("大型客户", "提前 90 天。", False),
        ("🙂", "请选择:大型、小微。", False),
    ],
)
def test_a_short_word_after_a_question_back_is_its_answer(text: str, said: str, is_answer: bool) -> None:
    assert answers_back(text, [Turn(role="assistant", content=said)]) is is_answer


def test_the_readable_form_keeps_the_turn_word_for_word() -> None:
    assert in_context("那多久看一次", ["健康分怎么看"], "zh") == "关于“健康分怎么看”：那多久看一次"
    assert (
        in_context("How often?", ["Who reads health scores?"], "en") == "About “Who reads health scores?”: How often?"
    )
