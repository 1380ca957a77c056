"""What has to be done, read from drafts as they are written and as people change them."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from copilot.drafting.composer import Language
from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS
from copilot.drafting.next_steps import MOST_STEPS, next_steps
from tests.unit.copilot.drafting.test_kinds import KINDS_OF_PARTS, written
from tests.unit.copilot.drafting.test_success_plan import KEY, planned

MESSAGE = DraftKind.CUSTOMER_MESSAGE


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_every_kind_of_parts_has_steps_with_an_owner_or_a_day(kind: DraftKind, language: Language) -> None:
    steps = next_steps(kind, written(kind, KEY, language).content)
    assert steps
    assert all(one.text and (one.owner or one.due) for one in steps)
    assert not any("[1]" in one.text or "|" in one.text or one.text.startswith(("-", "#")) for one in steps)
    if any(part.owner for part in KINDS[kind].parts):
        assert any("王敏" in one.owner for one in steps)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_tell_the_same_steps(language: Language) -> None:
    brief = next_steps(DraftKind.RENEWAL_BRIEF, written(DraftKind.RENEWAL_BRIEF, KEY, language).content)
    assert [one.due for one in brief[:4]] == [
        date(2027, 3, 31),
        date(2027, 4, 30),
        date(2027, 5, 31),
        date(2026, 11, 30),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plan_gives_first_value_milestones_and_the_two_weeks(language: Language) -> None:
    steps = next_steps(DraftKind.SUCCESS_PLAN, planned(language, **KEY).content)
    first, milestone = steps[:2]
    assert (first.due, first.owner) == (date(2026, 12, 28), "王敏 / 苏经理")
    assert milestone.due == date(2026, 12, 3)
    assert milestone.detail
    assert date(2026, 11, 30) in {one.due for one in steps}
    assert len({one.text for one in steps}) == len(steps)


def test_a_letter_keeps_its_next_step_behind_a_label() -> None:
    text = "Dear Su,\n\nNext step:\n\n- **Send** the outline [2]\n- Owner: Li\n- Date: 2026-12-03\n\nBest regards"
    (step,) = next_steps(MESSAGE, text)
    assert (step.text, step.owner, step.due, step.detail) == ("Send the outline", "Li", date(2026, 12, 3), "Next step")


@pytest.mark.parametrize(
    ("line", "text", "owner", "due"),
    [
        ("- 报价发给王总(责任人:李强),2026-12-05 前", "报价发给王总,2026-12-05 前", "李强", date(2026, 12, 5)),
        ("1. Send the offer, owner: Li", "Send the offer", "Li", None),
        ("* 2026-12-05 回访", "2026-12-05 回访", "", date(2026, 12, 5)),
        ("- Call them (by 2026-12-05, Li). Basis: silence", "Call them", "Li", date(2026, 12, 5)),
    ],
)
def test_an_item_under_next_steps_may_name_its_own(line: str, text: str, owner: str, due: date | None) -> None:
    (step,) = next_steps(MESSAGE, f"## 下一步\n\n{line}\n- 没有人也没有日期的一条\n")
    assert (step.text, step.owner, step.due) == (text, owner, due)


def test_facts_with_a_day_and_open_questions_are_no_steps() -> None:
    text = "## 现状\n\n- 合同 2027-06-29 到期\n\n| 日期 | 事件 |\n| --- | --- |\n| 2026-01-01 | 上线 |\n\n"
    assert next_steps(MESSAGE, f"{text}## 确认清单\n\n1. 下一步:谁在 2026-12-05 前做?\n") == ()


def test_a_part_with_one_owner_gives_the_item_of_its_day() -> None:
    text = "## Handed over\n\n- Fill in by 2026-11-27\n- Meet on 2026-12-01\n- Owner: Li\n- Date: 2026-12-01\n"
    (step,) = next_steps(DraftKind.HANDOFF, text)
    assert step.text == "Meet on 2026-12-01"


def test_a_long_list_ends_somewhere() -> None:
    text = "## Next steps\n\n" + "\n".join(f"- Step {n} (by 2026-12-05, Li)" for n in range(50))
    assert len(next_steps(MESSAGE, text)) == MOST_STEPS


@pytest.mark.parametrize(
    "text",
    ["", "|", "| a |\n|", "- ", "## \n- Owner: \n", "## 下一步\n- 责任人:\n- 日期:明天", "(" * 5000,
     "## 下一步\n- a" + " " * 39_000 + "b", "# a" + " " * 39_000 + "b", "- " + "**a " * 9000],
)  # fmt: skip
def test_broken_texts_are_read_as_far_as_they_go(text: str) -> None:
    assert next_steps(MESSAGE, text) == ()


@pytest.mark.parametrize("line", ["*" * 40_000, " " * 40_000 + "x", "| " * 20_000, "负责人" + "*" * 40_000])
def test_a_long_line_of_marks_is_looked_through_once(line: str) -> None:
    before = process_time()
    next_steps(DraftKind.ANDON, f"## 下一步\n\n{line}\n- 联系客户(2026-12-01 前,李)")
    assert process_time() - before < 2
