"""Front matter: what is read, what is kept as text, and what never widens an audience."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.document import Audience, DocumentKind, Metadata, WrittenQuestion
from knowledge.front_matter import split_front_matter

FULL = """---
id: renewal
kind: playbook
title: 续约手册
title_en: Renewal playbook
summary: 九十天怎么走
summary_en: The ninety days
audience: customer
language: zh
url: https://example.com/renewal
owner: 王敏
verified_on: 2026-11-01
review_by: "2027-05-01"
stages: [renewal, adoption]
roles: [csm]
requirements: [A1, B2]
questions:
  - 续约前多久开始准备
  - "怎么确认签字 #完成标志"
---
# 续约手册
"""


def test_all_keys_are_read_and_the_text_follows_the_block() -> None:
    front = split_front_matter(FULL)

    assert (front.text, front.title, front.warnings) == ("# 续约手册\n", "续约手册", ())
    assert front.metadata == Metadata(
        kind=DocumentKind.PLAYBOOK,
        audience=Audience.CUSTOMER,
        language="zh",
        title_en="Renewal playbook",
        summary="九十天怎么走",
        summary_en="The ninety days",
        url="https://example.com/renewal",
        owner="王敏",
        verified_on=date(2026, 11, 1),
        review_by=date(2027, 5, 1),
        stages=("renewal", "adoption"),
        roles=("csm",),
        requirements=("A1", "B2"),
    )


def test_a_question_may_name_the_section_that_answers_it() -> None:
    assert split_front_matter(FULL).questions == (
        WrittenQuestion(text="续约前多久开始准备"),
        WrittenQuestion(text="怎么确认签字", section="完成标志"),
    )


def test_the_section_of_an_unquoted_question_is_not_lost_as_a_yaml_comment() -> None:
    front = split_front_matter("---\nquestions:\n  - 怎么确认签字 #完成标志\n---\n正文")

    assert front.questions == (WrittenQuestion(text="怎么确认签字", section="完成标志"),)


def test_a_hash_inside_a_question_is_no_section() -> None:
    front = split_front_matter("---\nquestions:\n  - 'C# 客户怎么接入'\n---\n正文")

    assert front.questions == (WrittenQuestion(text="C# 客户怎么接入"),)


def test_a_text_without_front_matter_stays_as_it_is() -> None:
    text = "# 续约\n\n---\n\ntitle: 不是\n\n---\n"

    front = split_front_matter(text)

    assert (front.text, front.metadata, front.warnings) == (text, Metadata(), ())


def test_broken_yaml_is_kept_as_text_and_its_line_is_named() -> None:
    text = "---\ntitle: 续约\nkind: [playbook\nowner: x\n---\n正文\n"

    front = split_front_matter(text)

    assert (front.text, front.title, front.metadata) == (text, None, Metadata())
    [warning] = front.warnings
    assert "line 4" in warning
    assert "kept as text" in warning


@pytest.mark.parametrize("block", ["just a sentence", "- a\n- b", "# only a comment"])
def test_a_block_that_is_no_list_of_keys_is_kept_as_text(block: str) -> None:
    text = f"---\n{block}\n---\n正文\n"

    front = split_front_matter(text)

    assert front.text == text
    assert len(front.warnings) == 1


def test_a_block_of_which_no_key_is_known_is_kept_as_text_with_a_warning() -> None:
    text = "---\nlayout: post\npermalink: /renewal\n---\n正文\n"

    front = split_front_matter(text)

    assert front.text == text
    assert len(front.warnings) == 1


@pytest.mark.parametrize("audience", ["everyone", "Customer ", "[customer]", "true", "''"])
def test_an_audience_that_is_not_understood_narrows_to_our_own_staff(audience: str) -> None:
    front = split_front_matter(f"---\naudience: {audience}\ntitle: 续约\n---\n正文")

    assert front.metadata.audience is Audience.INTERNAL
    assert any("audience" in warning for warning in front.warnings)


def test_without_an_audience_a_document_is_internal() -> None:
    assert split_front_matter("---\ntitle: 续约\n---\n正文").metadata.audience is Audience.INTERNAL


def test_an_unknown_kind_becomes_other_with_a_warning() -> None:
    front = split_front_matter("---\nkind: memo\n---\n正文")

    assert front.metadata.kind is DocumentKind.OTHER
    assert len(front.warnings) == 1


@pytest.mark.parametrize("value", ["soon", "2026-02-30", "2026-13-01", "'2026-02-30'"])
def test_a_date_that_does_not_exist_is_ignored_with_a_warning(value: str) -> None:
    front = split_front_matter(f"---\ntitle: 续约\nreview_by: {value}\n---\n正文")

    assert front.metadata.review_by is None
    assert len(front.warnings) == 1


@pytest.mark.parametrize("value", ["[" * 3000, "*nothing"])
def test_a_value_that_overwhelms_the_reader_is_kept_as_text(value: str) -> None:
    text = f"---\ntitle: {value}\n---\n正文\n"

    front = split_front_matter(text)

    assert front.text == text
    assert len(front.warnings) == 1


def test_questions_that_are_not_text_are_left_out_with_a_warning_each() -> None:
    front = split_front_matter("---\nquestions: [续约怎么谈, [7], '', {a: b}]\n---\n正文")

    assert [question.text for question in front.questions] == ["续约怎么谈"]
    assert len(front.warnings) == 3


def test_questions_that_are_no_list_are_ignored_with_a_warning() -> None:
    front = split_front_matter("---\nquestions: 续约怎么谈\n---\n正文")

    assert front.questions == ()
    assert len(front.warnings) == 1


def test_yaml_tags_that_would_build_objects_are_refused() -> None:
    text = "---\ntitle: !!python/object/apply:os.getcwd []\n---\n正文\n"

    assert split_front_matter(text).text == text


def test_escapes_that_json_writes_are_characters() -> None:
    keys = [
        r'title: "\ud83d\ude00 \ud83d \0"',
        r'owner: "\udc00"',
        r'groups: ["sales\0"]',
        r'questions: ["\ud83d\ude00?"]',
    ]
    front = split_front_matter("\n".join(["---", *keys, "---", "正文"]))
    assert front.title == "\U0001f600 \ufffd \ufffd"
    assert front.metadata.owner == "\ufffd"
    assert front.metadata.groups == ("sales\ufffd",)
    assert [one.text for one in front.questions] == ["\U0001f600?"]
