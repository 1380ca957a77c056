"""How the answer is wanted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.smalltalk import is_greeting, is_smalltalk
from copilot.answering.wording import WordingWish, wording_wish


@pytest.mark.parametrize(
    ("turn", "wish"),
    [
        ("写成英文", WordingWish(language="en", bare=True)),
        ("翻译成英文", WordingWish(language="en", bare=True)),
        ("用中文发到群里", WordingWish(language="zh", bare=True)),
        ("前两点翻译成英文", WordingWish(language="en", bare=True, first=2)),
        ("把上面三条整理成表格", WordingWish(bare=True, last=3)),
        ("短一点", WordingWish(bare=True)),
        ("in English please", WordingWish(language="en", bare=True)),
        ("make it shorter", WordingWish(bare=True)),
        ("put the last two points in a table", WordingWish()),
        ("rewrite it as an email", WordingWish(bare=True)),
        ("用英文介绍一下客户健康分", WordingWish(language="en")),
        ("How do we prepare a renewal? In Chinese please", WordingWish(language="zh")),
    ],
)
def test_a_wish_is_read_with_its_language_and_what_it_is_about(turn: str, wish: WordingWish) -> None:
    assert wording_wish(turn) == wish


@pytest.mark.parametrize(
    "turn",
    [
        "英文合同谁来审",
        "客户发了一封英文邮件怎么回",
        "群发消息客户不看怎么办",
        "怎么写续约邮件",
        "Do we have an English price list?",
        "How long should the summary be?",
    ],
)
def test_a_question_about_texts_is_a_question(turn: str) -> None:
    assert not wording_wish(turn).present


@pytest.mark.parametrize("text", ["你好", "您好呀", "谢谢!", "好的,谢谢", "Hi there", "thanks a lot", "OK", "辛苦了"])
def test_politeness_is_told_from_questions(text: str) -> None:
    assert is_smalltalk(text)


@pytest.mark.parametrize(
    "text", ["", "?", "好的方案怎么写", "谢谢怎么说才得体", "hi how do we price", "客户说你好之后呢"]
)
def test_what_asks_for_something_is_no_politeness(text: str) -> None:
    assert not is_smalltalk(text)


def test_a_greeting_is_told_from_thanks() -> None:
    assert [is_greeting(text) for text in ("你好", "Hello", "谢谢", "ok")] == [True, True, False, False]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert wording_wish(text).bare in (True, False)
    assert is_smalltalk(text) in (True, False)
