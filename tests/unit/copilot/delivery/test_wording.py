"""What stands in a subject and a text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.approval.approved import SEAL, ApprovedRevision
from copilot.delivery.wording import message, record, subject
from tests.unit.copilot.delivery.standins import PLAYBOOK, World, quote, revision


def approved(content: str | None = None) -> ApprovedRevision:
    world = World()
    draft = world.drafts.get(world.request().draft_id)
    assert draft is not None
    text = revision(1, quotes=[quote(2, PLAYBOOK, "作战\n手册"), quote(1)])
    return ApprovedRevision(SEAL, draft, text if content is None else replace(text, content=content, quotes=()), [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("# 续约方案 [1]\n\n正文", "续约方案"),
        ("\n\n**Dear** _Wang_,\r\n", "Dear Wang ,"),
        ("", "来信"),
        ("# \n[1]\n", "来信"),
        ("A\x0bBcc: x@y.example", "A"),
        ("A\u2028Bcc: x@y.example", "A"),
        ("长" * 300, "长" * 119 + "…"),
        ("a" + " " * 39_000 + "b", "a"),
    ],
)
def test_the_subject_is_the_first_line_without_marks(content: str, expected: str) -> None:
    assert subject(approved(content)) == expected


@given(content=st.text())
def test_a_subject_is_one_line_and_never_empty(content: str) -> None:
    said = subject(approved(content))
    assert said
    assert len(said) <= 120
    assert said.splitlines() == [said]


def test_a_message_names_its_sources_and_a_record_quotes_them() -> None:
    told = message(approved())
    assert told.index("[1] 价目表 › 价格") < told.index("[2] 作战 手册 › 价格")
    assert "来源" in told
    assert ".md" not in told
    assert "> 按年付费九折。" in record(approved())
    assert "prices0000000000.md · v1" in record(approved())


def test_without_sources_there_is_no_list() -> None:
    assert message(approved("Hello\r\nthere")) == "Hello\nthere\n"
