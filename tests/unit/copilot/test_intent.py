"""Shortcuts before free chat: a wrong one is worse than none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.intent import Intent, intent_of


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("客户说太贵了怎么回", Intent.OBJECTION),
        ("老板觉得用不上,怎么说服", Intent.OBJECTION),
        ("The customer says it is too expensive. What do I say?", Intent.OBJECTION),
        ("折扣最多能给多少", Intent.PRICE),
        ("专业版一年多少钱", Intent.PRICE),
        ("Where is the price list?", Intent.PRICE),
        ("有没有餐饮行业的案例", Intent.CASE),
        ("Any case studies in retail?", Intent.CASE),
        ("客户刚签完,启动会怎么开", Intent.ONBOARDING),
        ("How do we onboard a new customer?", Intent.ONBOARDING),
        ("客户合同快到期了怎么聊", Intent.RENEWAL),
        ("How should I prepare for the renewal?", Intent.RENEWAL),
        ("客户系统挂了怎么办", Intent.ESCALATION),
        ("An account is furious, the customer is angry", Intent.ESCALATION),
        ("帮我算一下回本周期", Intent.CALCULATOR),
        ("calculate our NDR", Intent.CALCULATOR),
        ("帮我写一份客户成功计划", Intent.PLAN),
        ("Draft a success plan for this account", Intent.PLAN),
        ("这个客户接下来该做什么", Intent.NEXT_ACTION),
        ("What should I do next?", Intent.NEXT_ACTION),
        ("谢谢", Intent.SMALLTALK),
    ],
)
def test_a_clear_wish_is_a_shortcut(text: str, intent: Intent) -> None:
    assert intent_of(text) is intent


@pytest.mark.parametrize(
    "text",
    [
        "续费率是什么意思",
        "新产品不知道标多少钱,怎么试价",
        "一年花了多少钱在展会上",
        "推荐朋友算不算新客户",
        "没有案例能不能先聊",
        "客户不投诉也不说话怎么办",
        "What is churn?",
        "How do we calculate the length of a contract?",
        "算了",
        "客" * 500,
        "",
    ],
)
def test_anything_less_clear_stays_a_question(text: str) -> None:
    assert intent_of(text) is Intent.QUESTION


@given(st.text(max_size=300))
def test_any_text_has_an_intent(text: str) -> None:
    assert intent_of(text) in Intent
