"""Which edits are formatting only, and which say something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.formatting import wording, wording_hash

SAME = [
    ("# 续费\n\n提前 90 天开始。", "## 续费\n提前90天开始。"),
    ("**提前 90 天**开始", "提前 90 天开始"),
    ("- 先开收银\n- 再开线上店", "* 先开收银\n\n* 再开线上店\n"),
    ("试用（一周）：可续", "试用(一周):可续"),
    ("ＮＤＲ 是 110％", "NDR 是 110%"),
    ("use `NDR` _here_", "use NDR here"),
    ("> 引用一句", "引用一句"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "|a|b|\n| :-- | --- |\n|1|2|"),
    ("标题\n====\n正文", "# 标题 #\n正文"),
    ("one\nline", "one line"),
    ("```python\nx = 1\n```", "x = 1"),
]
OTHER = [
    ("价格 10 000", "价格 1 0000"),
    ("价格 1 2", "价格 12"),
    ("10²", "102"),
    ("3 * 4", "3 4"),
    ("费用*2", "费用2"),
    ("~~试用 7 天~~", "试用 7 天"),
    ("-5 度", "5 度"),
    ("返 -5", "返5"),
    ("[价目](a.md)", "[价目](b.md)"),
    ("1. 先", "2. 先"),
    ("提前 90 天", "提前 60 天"),
    ("不可以退", "可以退"),
    ("snake_case_name", "snakecasename"),
    ("us", "US"),
    ("1.5", "15"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_formatting_alone_changes_no_wording(one: str, other: str) -> None:
    assert wording(one) == wording(other)
    assert wording_hash(one) == wording_hash(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_may_carry_meaning_changes_the_wording(one: str, other: str) -> None:
    assert wording_hash(one) != wording_hash(other)


@given(st.text(st.sampled_from("提前九十天。ab1 2,\n"), max_size=30))
def test_more_white_space_between_lines_is_no_change(text: str) -> None:
    assert wording(text.replace("\n", "\n\n \n")) == wording(text)
