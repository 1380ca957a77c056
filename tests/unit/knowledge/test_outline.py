"""Headings, and what they are called in links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.outline import find_headings, path_at, slug, title_of
from tests.unit.samples import ALPHABET

NESTED = "# 续约\n\n开头。\n\n## 准备\n\n看用量。\n\n### 清单\n\n约人。\n\n## 复盘 ##\n\n记录。\n"


def paths(text: str) -> list[tuple[str, ...]]:
    return [heading.path for heading in find_headings(text)]


def test_each_heading_stands_under_its_ancestors() -> None:
    assert paths(NESTED) == [("续约",), ("续约", "准备"), ("续约", "准备", "清单"), ("续约", "复盘")]


def test_a_skipped_level_does_not_break_the_nesting() -> None:
    assert paths("# 甲\n\n### 乙\n\n## 丙\n") == [("甲",), ("甲", "乙"), ("甲", "丙")]


@given(st.text(st.sampled_from(ALPHABET), max_size=200))
def test_a_heading_spans_its_line_and_headings_are_in_order(text: str) -> None:
    headings = find_headings(text)

    assert all(text[h.start : h.end] in text.split("\n") for h in headings)
    assert [h.start for h in headings] == sorted({h.start for h in headings})


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_comment_in_a_code_block_is_no_heading(fence: str) -> None:
    text = f"# 接入\n\n{fence}sh\n# install first\n## then run\n{fence}\n\n## 验证\n\n看日志。\n"

    assert paths(text) == [("接入",), ("接入", "验证")]


@pytest.mark.parametrize("line", ["#hashtag", "####### seven", "    # indented code", "> # quoted", "- # in a list"])
def test_what_only_resembles_a_heading_is_none(line: str) -> None:
    assert paths(f"# 接入\n\n{line}\n\n看日志。\n") == [("接入",)]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("First value", "first-value"),
        ("完成标志", "完成标志"),
        ("第 1 步:确认负责人", "第-1-步确认负责人"),
        ("NDR (net dollar retention)", "ndr-net-dollar-retention"),
        ("snake_case-and-hyphen", "snake_case-and-hyphen"),
    ],
)
def test_a_slug_is_what_a_link_would_use(heading: str, name: str) -> None:
    assert slug(heading) == name
    assert [h.slug for h in find_headings(f"## {heading}\n\n正文。\n")] == [name]


PLAIN = "续约手册\n\n客户成功团队在合同到期之前九十天开始准备,先核对用量,再约决策人。\n\n"


def test_a_short_line_before_longer_text_is_a_plain_heading() -> None:
    assert paths(PLAIN) == [("续约手册",)]


def test_plain_headings_in_a_row_nest() -> None:
    assert paths("一、续约\n" + PLAIN) == [("一、续约",), ("一、续约", "续约手册")]


@pytest.mark.parametrize("line", ["一、确认负责人", "第二章 交接", "阶段 1 启动", "Step 2 kickoff", "（3）复盘"])
def test_an_enumerated_line_is_a_heading_even_before_a_short_line(line: str) -> None:
    assert (line,) in paths(f"{line}\n尽快完成。\n")


@pytest.mark.parametrize("line", ["先看用量。", "先看用量,", "A,B、C、"])
def test_a_line_that_ends_a_sentence_is_no_heading(line: str) -> None:
    assert paths(f"{line}\n客户成功团队在合同到期之前九十天开始准备,先核对用量,再约决策人。\n") == []


def test_a_last_line_with_nothing_after_it_is_no_heading() -> None:
    assert paths("续约手册") == []


def test_plain_lines_are_no_headings_where_markdown_has_its_own() -> None:
    assert paths("# 续约\n\n准备\n" + "先核对用量,再约决策人。" * 4) == [("续约",)]


def test_the_title_is_a_first_line_that_reads_like_one() -> None:
    assert title_of("\n\n续约手册\n正文。", "a/b.txt") == "续约手册"


@pytest.mark.parametrize("text", ["先看用量。\n再约。", "字" * 61, "", " \n "])
def test_without_such_a_line_the_title_is_the_name_of_the_file(text: str) -> None:
    assert title_of(text, "folder/renewal.txt") == "renewal"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("合同", ("续约手册", "什么时候用")),
        ("先看", ("续约手册", "怎么做")),
        ("约人", ("续约手册", "怎么做", "第一步")),
        ("不要", ("续约手册", "不要做什么")),
    ],
)
def test_a_place_in_a_chunk_of_several_sections_has_the_headings_over_it(word: str, expected: tuple[str, ...]) -> None:
    text = "## 什么时候用\n合同快到期。\n## 怎么做\n先看用量。\n### 第一步\n约人。\n## 不要做什么\n不要降价。"
    assert path_at(text, ("续约手册", "什么时候用"), text.index(word)) == expected


def test_a_place_in_a_chunk_without_headings_stands_where_the_chunk_does() -> None:
    assert path_at("合同快到期。\n约人。", ("续约",), 8) == ("续约",)


def test_text_before_the_first_heading_belongs_to_the_section_before() -> None:
    text = "还有一步。\n## 不要做什么\n不要降价。"
    assert path_at(text, ("手册", "怎么做"), 0) == ("手册", "怎么做")
    assert path_at(text, ("手册", "怎么做"), len(text) - 1) == ("手册", "不要做什么")
