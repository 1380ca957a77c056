"""What is for our own people never counts as fit for customers."""

from __future__ import annotations

import pytest

from copilot.drafting.customer_copy import for_our_own
from copilot.drafting.draft import DraftKind
from copilot.drafting.plan_words import WORDS


@pytest.mark.parametrize("kind", [DraftKind.HANDOFF, DraftKind.RENEWAL_BRIEF, DraftKind.ANDON])
def test_a_kind_for_our_people_is_ours_whatever_it_says(kind: DraftKind) -> None:
    assert for_our_own(kind, "好")


@pytest.mark.parametrize("mark", ["", "> ", "**"])
def test_a_plan_is_ours_while_it_holds_the_part_that_is(mark: str) -> None:
    assert for_our_own(DraftKind.SUCCESS_PLAN, f"# 计划\n\n{mark}{WORDS['zh']['internal']}\n\n- 年费")
    assert not for_our_own(DraftKind.SUCCESS_PLAN, "# 计划\n\n- 下一步")


def test_a_letter_is_for_customers() -> None:
    assert not for_our_own(DraftKind.VALUE_UPDATE, "好")
