"""Cleaning removes what was never part of the text, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import clean

lines = st.sampled_from(
    [
        "",
        "  ",
        "先看用量,再约客户。",
        "先看用量,再约客户。 ",
        "成长(zhǎng)期的客户(LTV)",
        "- 拉灯(andon)",
        "登录",
        "首页 > 客户成功 > 续约",
        "Share",
        "© 2026",
        "上一篇:续约",
        "百家乐 投注",
        "这不是百家乐。",
        "## 续约",
        "| 阶段 | 动作 |",
    ]
)


def is_subsequence(part: list[str] | str, whole: list[str] | str) -> bool:
    rest = iter(whole)
    return all(element in rest for element in part)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("客户成长(zhǎng)期", "客户成长期"),
        ("重(chóng)新约客户", "重新约客户"),
        ("想象(xiǎngxiàng)空间", "想象空间"),
    ],
)
def test_a_pinyin_note_after_a_han_character_goes(raw: str, cleaned: str) -> None:
    assert clean(raw).text == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "拉灯(andon)制度",
        "生命周期价值(LTV)",
        "cafe(café)",
        "3(zhǎng)",
        "成长(Zhǎng)期",
        "成长[zhǎng]期",
        "成长( )期",
        "(zhǎng)",
        "想象(xiǎng xiàng)",
    ],
)
def test_other_notes_stay(text: str) -> None:
    assert clean(text).text == text


@pytest.mark.parametrize(
    "line",
    [
        "您的当前位置:首页 > 客户成功",
        "首页 > 续约",
        "Home > Playbooks",
        "上一页",
        "下一篇：怎样续约",
        "登录",
        "  分享  ",
        "12 条评论",
        "扫一扫关注我们",
        "Sign in",
        "Skip to main content",
        "Next page",
        "Copyright 2026 Example",
        "微信截图_20260101.png",
        "![](picture.png)",
    ],
)
def test_a_line_of_site_furniture_goes(line: str) -> None:
    cleaned = clean(f"先看用量。\n{line}\n再约客户。")

    assert cleaned.text == "先看用量。\n再约客户。"
    assert cleaned.warnings == ("removed 1 lines of site furniture",)


@pytest.mark.parametrize(
    "line",
    [
        "登录三次以上的客户算活跃。",
        "分享会怎么办",
        "Next steps for the account",
        "打印机行业客户",
        "## 评论",
        "首页的转化率",
    ],
)
def test_a_line_that_only_begins_like_furniture_stays(line: str) -> None:
    assert clean(f"先看用量。\n{line}\n再约客户。").text == f"先看用量。\n{line}\n再约客户。"


def test_a_long_line_is_never_furniture() -> None:
    line = "首页 > " + "客户成功与续约的做法" * 10

    assert clean(line).text == line


def test_a_line_of_spam_goes_only_when_it_holds_no_sentence() -> None:
    cleaned = clean("先看用量。\n真人百家乐 时时彩投注平台\n客户问：贵司做博彩行业吗？\n再约客户。")

    assert cleaned.text == "先看用量。\n客户问：贵司做博彩行业吗？\n再约客户。"
    assert cleaned.removed == {"lines of spam": 1}


def test_a_long_line_repeated_at_once_goes_even_across_a_blank_line() -> None:
    cleaned = clean("续约前九十天看用量\n\n续约前九十天看用量\n再约客户")

    assert cleaned.text.split("\n") == ["续约前九十天看用量", "", "再约客户"]
    assert cleaned.removed == {"repeated lines": 1}


def test_a_short_repeat_stays_because_it_may_be_structure() -> None:
    assert clean("- 是\n- 是").text == "- 是\n- 是"


def test_a_repeat_further_down_stays() -> None:
    text = "续约前九十天看用量\n再约客户\n续约前九十天看用量"

    assert clean(text).text == text


def test_line_breaks_of_other_systems_become_ours() -> None:
    assert clean("甲\r\n乙\r丙").text == "甲\n乙\n丙"


@given(st.lists(lines, max_size=12).map("\n".join))
def test_the_characters_that_stay_are_those_that_were_there_in_their_order(raw: str) -> None:
    assert is_subsequence(clean(raw).text, raw)


@given(st.lists(lines, max_size=12).map("\n".join))
def test_apart_from_notes_only_whole_lines_go(raw: str) -> None:
    without_notes = raw.replace("(zhǎng)", "")

    assert is_subsequence(clean(raw).text.split("\n"), ["", *without_notes.split("\n")])


@given(st.text(st.sampled_from("客户续约 abc。,(){}<>|#-*`~\n\t"), max_size=80))
def test_cleaning_what_is_clean_changes_nothing(raw: str) -> None:
    once = clean(raw).text

    assert clean(once).text == once


@given(st.lists(lines, max_size=12))
def test_what_was_removed_is_counted(raw: list[str]) -> None:
    cleaned = clean("\n".join(["头", *raw, "尾"]))

    gone = sum(count for what, count in cleaned.removed.items() if what != "pinyin notes")
    assert len(cleaned.text.split("\n")) == len(raw) + 2 - gone
