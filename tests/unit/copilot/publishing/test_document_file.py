"""Entries become files that are read back as they were meant, however often they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.curating.publishing.document_file import document_file, source_of
from copilot.curating.publishing.entry import Entry, draft_text, one_line, read_entry
from copilot.errors import KnowledgeUnreadable
from knowledge.document import Audience
from knowledge.front_matter import split_front_matter
from knowledge.outline import section_span

TODAY = date(2026, 11, 26)
ENTRY = Entry(
    title="税率是多少",
    questions=["税率是多少", "发票税率填几"],
    answer="专用发票 6%。\n\n# 例外\n\n小规模纳税人 1%。",
    language="zh",
    stages=["adoption"],
    groups=["财务"],
    owner="expert",
    review_by=date(2027, 5, 25),
)
OTHER = replace(ENTRY, title="怎么作废", questions=["怎么作废"], answer="当月内作废重开。", owner="li", groups=[])


def test_a_draft_is_read_back_as_it_was_written() -> None:
    assert read_entry(draft_text(ENTRY)) == ENTRY.__class__(
        **vars(ENTRY) | {"stages": ("adoption",), "groups": ("财务",), "roles": (), "related": ()}
    )


@pytest.mark.parametrize(
    "content", ["", "没有前置信息", "---\nkind: faq\ntitle: 只有题目\n---\n答案", "---\nkind: [\n---\n答案"]
)
def test_what_lacks_its_front_matter_is_told(content: str) -> None:
    with pytest.raises(KnowledgeUnreadable):
        read_entry(content)


def test_front_matter_that_cannot_be_read_never_widens_who_may_read() -> None:
    with pytest.raises(KnowledgeUnreadable, match="audience"):
        read_entry(draft_text(ENTRY).replace('audience: "internal"', "audience: everybody"))


def test_an_entry_is_a_document_with_its_questions_at_its_section() -> None:
    made = document_file(None, ENTRY, "g1", TODAY)
    read = split_front_matter(made.text)
    assert read.warnings == ()
    assert (read.title, read.metadata.verified_on, read.metadata.owner) == ("税率是多少", TODAY, "expert")
    assert (read.metadata.audience, read.metadata.groups) == (Audience.INTERNAL, ("财务",))
    assert [(one.text, one.section) for one in read.questions] == [
        ("税率是多少", made.section),
        ("发票税率填几", made.section),
    ]
    span = section_span(read.text, made.section)
    assert span is not None
    assert read.text[span[0] : span[1]] == ENTRY.answer.replace("# 例外", "### 例外")


def test_writing_it_again_changes_nothing() -> None:
    once = document_file(None, ENTRY, "g1", TODAY)
    assert document_file(once.text, ENTRY, "g1", TODAY) == once


def test_another_entry_joins_and_leaves_the_first_as_it_is() -> None:
    once = document_file(None, ENTRY, "g1", TODAY)
    both = document_file(once.text, OTHER, "g2", TODAY)
    assert document_file(both.text, OTHER, "g2", TODAY) == both
    read = split_front_matter(both.text)
    assert (read.title, read.metadata.owner, read.metadata.groups) == ("税率是多少", "expert", ("财务",))
    assert [one.section for one in read.questions] == [once.section, once.section, both.section]
    assert "小规模纳税人 1%。" in read.text
    changed = document_file(both.text, replace(ENTRY, title="税率", answer="一律 6%。"), "g1", TODAY)
    read = split_front_matter(changed.text)
    assert "小规模" not in read.text
    assert "当月内作废重开。" in read.text
    assert (read.title, [one.section for one in read.questions]) == ("税率", [both.section, "税率", "税率"])


def test_two_answers_under_one_title_stay_apart() -> None:
    once = document_file(None, ENTRY, "g1", TODAY)
    both = document_file(once.text, replace(OTHER, title=ENTRY.title), "g2", TODAY)
    assert both.section == f"{once.section}-2"
    assert section_span(split_front_matter(both.text).text, both.section) is not None


@pytest.mark.parametrize("gap", ["g-1", "缺口/../一", "G" * 200, ""])
def test_a_file_has_a_name_that_leads_nowhere(gap: str) -> None:
    assert "/" not in source_of(gap)
    assert source_of(gap) == source_of(gap)


@given(
    st.text(min_size=1, max_size=60).filter(lambda text: one_line(text) and text.isprintable()),
    st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and text.isprintable()),
)
def test_whatever_is_written_stays_in_its_place(title: str, answer: str) -> None:
    entry = replace(ENTRY, title=one_line(title), questions=[one_line(title)], answer=answer.strip())
    read = read_entry(draft_text(entry))
    assert (read.questions, read.owner, read.groups) == (list(entry.questions), "expert", ("财务",))


def test_a_heading_of_spaces_is_looked_through_once() -> None:
    hostile = draft_text(ENTRY).replace("## 税率是多少", "##" + " #" * 20_000 + " " * 20_000 + "x")
    with pytest.raises(KnowledgeUnreadable, match="Make them the same"):
        read_entry(hostile)


def test_signs_that_close_a_heading_are_not_its_words() -> None:
    assert read_entry(draft_text(ENTRY).replace("## 税率是多少", "##  税率是多少 ## ")).title == "税率是多少"


def test_headings_of_an_answer_stand_below_its_own_however_they_are_set_in() -> None:
    entry = replace(ENTRY, answer="先看这里。\n\n  ## 怎么作废\n\n不是这里。")
    made = document_file(document_file(None, OTHER, "g2", TODAY).text, read_entry(draft_text(entry)), "g1", TODAY)
    assert "\n#### 怎么作废\n" in made.text
    body = split_front_matter(made.text).text
    assert body[slice(*(section_span(body, "怎么作废") or (0, 0)))] == "当月内作废重开。"
    again = document_file(made.text, replace(entry, answer="都一样。"), "g1", TODAY)
    assert "不是这里" not in again.text


def test_lines_of_code_are_no_headings() -> None:
    entry = replace(ENTRY, answer="运行:\n\n```sh\n# 先备份\ncopilot backup\n```\n\n# 之后\n\n再看。")
    assert "\n# 先备份\n" in draft_text(entry)
    assert "\n### 之后\n" in draft_text(entry)
    assert read_entry(draft_text(entry)).answer == entry.answer


@pytest.mark.parametrize("answer", ["看:\n\n```\n没有结束", "看。\n\n# \n\n下面", "看。\n\n<!-- 没有结束"])
def test_an_answer_that_would_swallow_the_next_one_is_refused(answer: str) -> None:
    with pytest.raises(KnowledgeUnreadable, match="leaves a block"):
        read_entry(draft_text(replace(ENTRY, answer=answer)))
