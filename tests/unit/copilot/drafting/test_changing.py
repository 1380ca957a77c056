"""Instructions on a draft that is kept: revisions, languages, rights, the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from copilot.audit.surface import Surface
from copilot.drafting.composer import Composed, Order
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.drafting.plan_reading import read_plan
from copilot.drafting.service import Changed
from copilot.drafting.success_plan import SuccessPlan
from copilot.errors import InstructionUnclear, NotPermitted, StaleRevision
from copilot.people.person import Person
from knowledge.document import Audience
from tests.unit.copilot.drafting.test_composers import sources
from tests.unit.copilot.drafting_standins import GUEST, LI, WANG, Desk, SaysOneThing


@dataclass
class Plans:
    """A composer of plans that cites nothing and keeps its orders."""

    kind: DraftKind = DraftKind.SUCCESS_PLAN
    orders: list[Order] = field(default_factory=list)

    def compose(self, order: Order) -> Composed:
        self.orders.append(order)
        return SuccessPlan(sources()[0]).compose(order)


class Table(Desk):
    """A desk with one plan on it."""

    def __init__(self, **inputs: str) -> None:
        super().__init__()
        self.plans = Plans()
        self.writing._composers[DraftKind.SUCCESS_PLAN] = self.plans
        made = self.writing.create(DraftKind.SUCCESS_PLAN, "a1", WANG, Surface.CLI, inputs=inputs)
        self.id = made.draft.id
        self.first = made.revision

    def change(self, said: str, based_on: int = 1, person: Person = WANG) -> Changed:
        return self.writing.change(self.id, said, based_on, person, Surface.HTTP)


def test_a_change_is_the_next_revision_with_its_difference_and_stands_in_the_log() -> None:
    table = Table()
    made = table.change("衡量标准改成每周单数")
    assert (made.revision.number, made.draft.status) == (2, DraftStatus.OPEN)
    assert "+- 客户怎样衡量:每周单数" in made.diff
    assert table.actions() == ["draft.created", "draft.revised"]
    entry = list(table.audit.entries())[-1].event
    assert entry.details["instruction"] == "衡量标准改成每周单数"


def test_the_same_change_again_changes_nothing() -> None:
    table = Table()
    once = table.change("衡量标准改成每周单数")
    again = table.change("衡量标准改成每周单数", based_on=2)
    assert (again.revision.number, again.diff) == (once.revision.number, "")


def test_nothing_is_kept_of_what_is_not_understood() -> None:
    table = Table()
    with pytest.raises(InstructionUnclear):
        table.change("随便")
    assert table.writing.get(table.id).revision == 1


def test_a_change_of_an_older_revision_is_stale() -> None:
    table = Table()
    table.change("衡量标准改成每周单数")
    with pytest.raises(StaleRevision) as caught:
        table.change("预期成果写成首单", based_on=1)
    assert "每周单数" in (caught.value.diff or "")


def test_who_writes_no_drafts_changes_none() -> None:
    with pytest.raises(NotPermitted):
        Table().change("短一点", person=GUEST)


def test_who_may_not_read_all_of_a_draft_does_not_change_it_unseen() -> None:
    desk = Desk()
    made = desk.create()
    desk.publish(Audience.INTERNAL, "board")
    with pytest.raises(NotPermitted, match="may not read"):
        desk.writing.change(made.draft.id, "短一点", 1, LI, Surface.HTTP)


def test_another_language_is_composed_from_the_same_inputs_and_keeps_what_people_changed() -> None:
    table = Table(outcome="首日 300 单")
    table.change("客户怎样衡量改成每周单数")
    table.change("第二个里程碑改到2027年1月8日", based_on=2)
    table.change("加一条承诺:周五开通", based_on=3)
    content = table.change("加一行:随手记一笔", based_on=4).revision.content
    table.revise(table.id, content.replace("## 现状", "自己写的一段。\n\n## 现状"), based_on=5)
    made = table.change("换成英文", based_on=6)
    plan = read_plan(made.revision.content)
    assert made.draft.language == "en"
    assert made.revision.content.startswith("# Success plan: 柚子家居")
    assert (plan.outcome, plan.measure) == ("首日 300 单", "每周单数")
    assert str(plan.milestones[1].due) == str(plan.first_value_date) == "2027-01-08"
    assert "周五开通" in plan.promises
    assert "随手记一笔" in plan.steps
    assert made.notes == ("没有带过来:自己写的一段。",)
    assert table.plans.orders[-1].inputs == {"outcome": "首日 300 单"}


def test_back_in_the_first_language_it_says_the_same_again() -> None:
    table = Table()
    table.change("in English")
    made = table.change("换成中文", based_on=2)
    assert (made.draft.language, made.revision.content) == ("zh", table.first.content)
    with pytest.raises(InstructionUnclear, match="已经是中文"):
        table.change("换成中文", based_on=3)


def test_an_answered_question_stays_answered_in_the_other_language() -> None:
    table = Table()
    before = {one.number for one in read_plan(table.first.content).questions}
    number = max(before)
    table.change(f"问题{number}:可以")
    made = table.change("in English", based_on=2)
    assert {one.number for one in read_plan(made.revision.content).questions} == before - {number}


def test_quotes_keep_their_numbers_and_new_ones_get_numbers_of_their_own() -> None:
    desk = Desk()
    made = desk.create()
    changed: Any = desk.writing.change(made.draft.id, "in English", 1, WANG, Surface.CLI)
    assert [one.number for one in changed.revision.quotes] == [1]
    other = desk.create()
    desk.writing._composers[DraftKind.CUSTOMER_MESSAGE] = SaysOneThing(source="other.md")
    changed = desk.writing.change(other.draft.id, "in English", 1, LI, Surface.CLI)
    assert desk.drafts.revision(other.draft.id, 2) is not None
    assert "[2]" in (desk.drafts.revision(other.draft.id, 2) or changed.revision).content
