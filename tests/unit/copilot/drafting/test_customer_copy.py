"""What customers are handed of a draft."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.drafting.access import SourceAccess
from copilot.drafting.customer_copy import customer_copy
from copilot.drafting.draft import DraftKind
from copilot.drafting.plan_words import WORDS
from copilot.errors import AudienceMismatch
from knowledge.document import Audience
from tests.unit.copilot.drafting_standins import SOURCE, WANG, Desk

QUESTIONS = "## 确认清单\n\n1. 目标:是什么?〔待与客户确认〕\n2. 档位:哪一档?〔待内部确认〕"
PLAN = f"# 计划\n\n- 先做一件事\n\n建议:{SOURCE} [1]\n\n{QUESTIONS}"
INSIDE = f"\n\n---\n\n{WORDS['zh']['internal']}\n\n## 风险\n\n- 用量在下降"


def copy_of(desk: Desk, kind: DraftKind, content: str) -> str:
    made = desk.create(kind=kind)
    kept = desk.revise(made.draft.id, content)
    return desk.writing.for_customers(desk.writing.get(kept.draft.id), WANG).content


def test_a_plan_goes_out_without_what_is_ours_alone() -> None:
    content = copy_of(Desk(), DraftKind.SUCCESS_PLAN, PLAN + INSIDE)
    assert "下降" not in content
    assert "哪一档" not in content
    assert "是什么?" in content
    assert SOURCE in content
    assert not content.endswith("---")


def test_a_plan_without_such_a_part_goes_out_as_it_is() -> None:
    assert copy_of(Desk(), DraftKind.SUCCESS_PLAN, "# 计划\n\n---\n\n完") == "# 计划\n\n---\n\n完"


def test_what_rests_on_an_internal_document_stays_here() -> None:
    desk = Desk()
    desk.publish(Audience.INTERNAL)
    content = copy_of(desk, DraftKind.SUCCESS_PLAN, PLAN)
    assert SOURCE not in content
    assert "先做一件事" in content


def test_the_list_of_what_to_fill_in_does_not_go_out() -> None:
    letter = "苏经理,您好!\n\n王敏\n\n---\n\n## 确认清单\n\n发出前补上,再删去这一节。\n\n1. 数字:多少?〔待与客户确认〕"
    assert copy_of(Desk(), DraftKind.CUSTOMER_MESSAGE, letter) == "苏经理,您好!\n\n王敏"


def test_a_kind_for_our_people_is_not_handed_over() -> None:
    desk = Desk()
    draft = desk.create().draft
    revision = desk.writing.revision(draft, 1, WANG)
    with pytest.raises(AudienceMismatch, match="own people"):
        customer_copy(replace(draft, kind=DraftKind.HANDOFF), revision, SourceAccess(desk.knowledge))


def test_a_text_of_which_nothing_may_go_out_is_refused() -> None:
    desk = Desk()
    desk.publish(Audience.INTERNAL)
    with pytest.raises(AudienceMismatch, match="Nothing of draft"):
        copy_of(desk, DraftKind.CUSTOMER_MESSAGE, f"{SOURCE} [1]")
