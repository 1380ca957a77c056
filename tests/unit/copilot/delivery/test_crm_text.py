"""The text of a note: nothing is lost, whatever is cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.delivery.crm_text import listed, note_text, pieces, untagged
from tests.unit.copilot.delivery.test_wording import approved


def test_sources_are_told_by_number_title_and_version() -> None:
    text = note_text(approved())
    assert text.startswith("王总您好")  # the heading is the subject
    assert text.endswith("**来源**\n\n- [1] 价目表 › 价格 · v1\n- [2] 作战 手册 › 价格 · v1")


def test_a_text_without_sources_has_no_list() -> None:
    assert note_text(approved("Hello\r\nthere")) == "Hello\nthere"


def test_rows_become_items_that_name_their_columns() -> None:
    table = (
        "Steps:\n| By | What | Owner |\n| --- | --- | --- |\n| 1 May | Call \\| mail | |\n| | Sign | Li | extra |\nend"
    )
    assert listed(table).split("\n") == [
        "Steps:",
        "",
        "- By: 1 May; What: Call | mail",
        "- What: Sign; Owner: Li; extra",
        "end",
    ]


@given(text=st.text(alphabet="ab。.\n 长", max_size=300), most=st.integers(1, 40))
def test_pieces_fit_and_hold_everything(text: str, most: int) -> None:
    found = pieces(text, lambda one: len(one) <= most)
    assert all(len(one) <= most for one in found) or not text.strip()
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)


def test_a_cut_lies_between_paragraphs_then_lines_then_sentences() -> None:
    assert pieces("one\n\ntwo\n\nthree", lambda one: len(one) <= 9) == ["one\n\ntwo", "three"]
    assert pieces("one\ntwo\nthree", lambda one: len(one) <= 8) == ["one\ntwo", "three"]
    assert [one.strip() for one in pieces("第一句话。第二句话。第三句话。", lambda one: len(one) <= 11)] == [
        "第一句话。第二句话。",
        "第三句话。",
    ]


def test_a_long_text_is_measured_few_times() -> None:
    asked = 0

    def fits(one: str) -> bool:
        nonlocal asked
        asked += 1
        return len(one) <= 30_000

    assert len(pieces("\n\n".join(["a paragraph of some words"] * 4000), fits)) == 4
    assert asked < 100


@pytest.mark.parametrize(
    ("given", "told"), [("<script>", "‹script>"), ("</p>", "‹/p>"), ("<!--", "‹!--"), ("3 < 5, a<3", "3 < 5, a<3")]
)
def test_what_could_be_a_tag_is_none(given: str, told: str) -> None:
    assert untagged(given) == told
