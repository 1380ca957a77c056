"""Properties of every cut, and the shapes people expect of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import Sizes, chunk_text
from knowledge.outline import find_headings
from knowledge.text import sentence_spans
from tests.unit.samples import ALPHABET

#: Small sizes let short examples reach every branch.
SMALL = Sizes(target=24, limit=30, small=8)

sentence = st.builds(
    lambda word, count, end: word * count + end,
    st.sampled_from(["客户", "用量", "ab", "x"]),
    st.integers(1, 20),
    st.sampled_from(["。", "！", "?", ". ", "", ","]),
)
line = st.lists(sentence, max_size=4).map("".join)
heading = st.sampled_from(["# 甲", "## 乙", "## 丙 1", "### 丁", "一、戊", "己"])
documents = st.lists(st.one_of(line, heading, st.just(""), st.just("- 清单项")), max_size=10).map("\n".join) | st.text(
    st.sampled_from(ALPHABET), max_size=160
)


@given(documents)
def test_each_span_is_what_stands_there_and_is_neither_empty_nor_padded(text: str) -> None:
    for span in chunk_text(text, SMALL):
        assert span.text == text[span.start : span.end] == span.text.strip() != ""


@given(documents)
def test_spans_are_in_order_and_do_not_overlap(text: str) -> None:
    assert all(before.end <= after.start for before, after in pairwise(chunk_text(text, SMALL)))


@given(documents)
def test_every_character_that_is_not_blank_is_covered(text: str) -> None:
    covered = "".join(span.text for span in chunk_text(text, SMALL))

    assert "".join(covered.split()) == "".join(text.split())


@given(documents)
def test_no_span_is_longer_than_the_limit(text: str) -> None:
    assert all(span.end - span.start <= SMALL.limit for span in chunk_text(text, SMALL))


@given(st.lists(line, max_size=8).map("\n".join))
def test_a_sentence_shorter_than_the_limit_is_never_cut(text: str) -> None:
    spans = chunk_text(text, SMALL)
    for start, end in sentence_spans(text):
        if end - start < SMALL.limit:
            assert any(span.start <= start and end <= span.end for span in spans), text[start:end]


@given(documents)
def test_cutting_the_same_text_twice_gives_the_same_spans(text: str) -> None:
    assert chunk_text(text, SMALL) == chunk_text(text, SMALL)


@pytest.mark.parametrize("text", ["", " \n\n\t"])
def test_a_blank_text_has_no_chunks(text: str) -> None:
    assert chunk_text(text) == []


def test_a_section_above_the_target_but_within_the_limit_stays_whole() -> None:
    text = "## 准备\n\n" + "先核对用量。\n" * 80

    assert Sizes().target < len(text.strip()) <= Sizes().limit
    assert [span.text for span in chunk_text(text)] == [text.strip()]


def test_a_longer_section_is_cut_and_each_part_knows_its_heading() -> None:
    spans = chunk_text("## 准备\n\n" + "先核对用量,再约决策人。\n" * 100)

    assert len(spans) > 1
    assert {span.heading_path for span in spans} == {("准备",)}
    assert {span.sections for span in spans} == {("准备",)}


def test_long_sections_do_not_share_a_chunk() -> None:
    body = "先核对用量,再约决策人。" * 20

    spans = chunk_text(f"## 准备\n\n{body}\n\n## 复盘\n\n{body}\n")

    assert [span.sections for span in spans] == [("准备",), ("复盘",)]


def test_short_neighbouring_sections_share_a_chunk_that_keeps_all_their_slugs() -> None:
    spans = chunk_text("# 续约\n\n## First value\n\n看用量。\n\n## 完成标志\n\n签字。\n")

    assert [span.sections for span in spans] == [("续约", "first-value", "完成标志")]


@given(documents)
def test_the_slug_of_every_section_with_text_leads_to_a_chunk(text: str) -> None:
    wanted = {h.slug for h in find_headings(text) if text[h.start : h.end].strip()}

    assert wanted == {slug for span in chunk_text(text, SMALL) for slug in span.sections}


def test_a_line_longer_than_the_limit_is_cut_at_a_sentence_end() -> None:
    spans = chunk_text("先核对用量,再约决策人。" * 100)

    assert len(spans) > 1
    assert all(span.text.endswith("。") for span in spans)


def test_one_endless_sentence_is_cut_by_length() -> None:
    spans = chunk_text("字" * 1500)

    assert "".join(span.text for span in spans) == "字" * 1500
    assert max(len(span.text) for span in spans) <= 600
