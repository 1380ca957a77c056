"""Two questions in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.splitting import split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("净收入留存是什么,另外健康分怎么算", ["净收入留存是什么", "健康分怎么算"]),
        ("续约提前多久准备？还有折扣谁来批？", ["续约提前多久准备", "折扣谁来批？"]),
        ("试用期多长；合同模板在哪里", ["试用期多长", "合同模板在哪里"]),
        (
            "What is a health score and how is churn risk computed?",
            ["What is a health score", "how is churn risk computed?"],
        ),
        (
            "Who approves discounts? Also when does the trial end?",
            ["Who approves discounts", "when does the trial end?"],
        ),
    ],
)
def test_parts_that_stand_alone_are_split_verbatim(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "续费和增购先做哪个",
        "客户说太贵了,怎么回",
        "客户分几类,怎么分",
        "净收入留存是什么,另外它怎么算",
        "客户成功计划是什么？为什么重要？",
        "新签和续费团队怎么分工,还有提成",
        "How do we choose and train new hires?",
        "What is churn and how do we prevent it?",
        "What are the tiers and when does each apply?",
        "第一行怎么写\n第二行怎么写",
        "为什么？" * 9,
        "客户流失怎么办？" * 60,
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert split(text) == [text]


@given(st.text(max_size=400))
def test_every_part_is_taken_from_the_text(text: str) -> None:
    assert all(part in text for part in split(text))
