"""Instructions carried out on a plan that was composed, line by line."""

from __future__ import annotations

import difflib
from datetime import date
from typing import Any

import pytest

from copilot.drafting.composer import Language
from copilot.drafting.customer_message import CustomerMessage
from copilot.drafting.instructions import understand
from copilot.drafting.plan_reading import read_plan
from copilot.drafting.revising import Revised, Setting, revised
from copilot.errors import InstructionUnclear
from knowledge.text import is_chinese
from tests.unit.copilot.drafting.test_composers import PUBLIC, TODAY, compose, sources
from tests.unit.copilot.drafting.test_success_plan import KEY, planned

FACTS: dict[str, Any] = KEY | {"first_value_delivered": False, "days_since_signing": 6}
PLAN = planned(**FACTS).content
ENGLISH = planned("en", **FACTS).content
SIGNED = date(2026, 11, 20)


def told(said: str, content: str = PLAN) -> Revised:
    language: Language = "zh" if is_chinese(said) else "en"
    setting = Setting(language=language, today=TODAY, signed=SIGNED, said=said)
    return revised(content, understand(said, today=TODAY), setting)


def changed(said: str, content: str = PLAN) -> list[str]:
    """Return the lines that went and came."""
    diff = difflib.ndiff(content.split("\n"), told(said, content).content.split("\n"))
    return [line for line in diff if line[0] in "+-"]


def test_a_milestone_moves_alone_and_says_how_the_day_was_counted() -> None:
    made = told("第三个里程碑提前到45天")
    assert read_plan(made.content).milestones[2].due == date(2027, 1, 4)
    assert len(changed("第三个里程碑提前到45天")) == 2
    assert made.understood == "里程碑 3 改到 2027-01-04。"
    assert made.notes == ("第 45 天从签约日算起。",)


def test_first_value_and_its_milestone_move_together() -> None:
    for said in ("把首次价值提前到12月10日", "第二个里程碑改到12月10日"):
        made = told(said)
        plan = read_plan(made.content)
        assert plan.first_value_date == plan.milestones[1].due == date(2026, 12, 10)
        assert len(made.notes) == 1


def test_a_milestone_moved_past_another_says_so() -> None:
    assert "先后反了" in told("第一个里程碑推迟到2027年3月1日").notes[-1]


def test_which_milestone_is_asked_and_every_choice_is_an_instruction() -> None:
    with pytest.raises(InstructionUnclear, match="哪一个里程碑") as caught:
        told("里程碑推迟到12月30日")
    assert caught.value.choices == tuple(f"第{n}个里程碑推迟到12月30日" for n in range(1, 5))
    assert told(caught.value.choices[2]).content != PLAN


def test_a_milestone_without_a_day_is_asked_for_one() -> None:
    with pytest.raises(InstructionUnclear, match="哪一天") as caught:
        told("第二个里程碑提前")
    assert told(caught.value.choices[0]).content != PLAN


@pytest.mark.parametrize(
    ("said", "match"), [("第九个里程碑推迟一周", "一共 4 个"), ("move milestone 9 to day 40", "there are 4")]
)
def test_a_milestone_that_is_not_there_is_told(said: str, match: str) -> None:
    with pytest.raises(InstructionUnclear, match=match):
        told(said)


def test_the_owner_changes_wherever_the_old_one_owned_something() -> None:
    content = told("负责人换成李雷").content
    plan = read_plan(content)
    assert plan.first_value_owner == "李雷 / 苏经理"
    assert [one.owner for one in plan.milestones] == ["李雷 / 苏经理", "李雷 / 苏经理", "苏经理", "李雷"]
    assert "王敏" not in content


def test_the_owner_of_one_milestone_changes_alone() -> None:
    assert len(changed("第3个里程碑的负责人换成韩梅")) == 2


def test_a_field_is_set_and_its_question_is_answered() -> None:
    made = told("客户怎样衡量改成每周成交单数")
    plan = read_plan(made.content)
    assert plan.measure == "每周成交单数"
    assert "客户怎样衡量" not in [one.field for one in plan.questions]
    assert len(made.notes) == 1


@pytest.mark.parametrize(
    ("said", "part", "text"),
    [
        ("加一条承诺:12月20日前开通短信", "promises", "12月20日前开通短信"),
        ("加一个快赢场景:盘点", "quick_wins", "盘点"),
        ("add a next step: call 苏经理", "steps", "call 苏经理"),
    ],
)
def test_an_item_is_added_to_its_part_and_taken_out_again(said: str, part: str, text: str) -> None:
    content = told(said).content
    assert getattr(read_plan(content), part)[-1] == text
    assert len(changed(said)) == 1
    assert told(f"删掉「{text}」", content).content.rstrip() == PLAN.rstrip()


def test_a_risk_and_a_milestone_are_rows() -> None:
    added = told("加一个里程碑:全部门店都在用;库存上线;店长来问;发做法;李雷;2027-03-01").content
    (last,) = read_plan(added).milestones[4:]
    assert (last.client, last.trigger, last.due) == ("全部门店都在用", "店长来问", date(2027, 3, 1))
    removed = told("删掉第二个里程碑", added).content
    assert [line[:4] for line in removed.split("\n") if line.startswith("| ") and line[2].isdigit()] == [
        "| 1 ",
        "| 2 ",
        "| 3 ",
        "| 4 ",
    ]
    assert len(read_plan(told("删掉第1个风险").content).risks) == len(read_plan(PLAN).risks) - 1


def test_which_line_is_to_go_is_asked() -> None:
    with pytest.raises(InstructionUnclear, match="哪一条") as caught:
        told("删掉风险")
    assert len(caught.value.choices) == len(read_plan(PLAN).risks)
    assert told(caught.value.choices[1]).content != PLAN


def test_a_question_is_answered_in_its_place_and_leaves_the_list() -> None:
    question = next(one for one in read_plan(PLAN).questions if one.field == "对公司")
    content = told(f"问题{question.number}:明年开到 50 家店").content
    plan = read_plan(content)
    assert plan.meaning == "明年开到 50 家店"
    assert question.number not in [one.number for one in plan.questions]
    assert f"问题 {question.number}" not in content


def test_agreeing_keeps_the_proposal_and_takes_the_pointer_away() -> None:
    before = read_plan(PLAN)
    number = next(one.number for one in before.questions if one.field.startswith("必要的结果"))
    after = read_plan(told(f"问题{number}:可以").content)
    assert after.outcome == before.outcome.replace(f"(问题 {number})", "")


def test_promises_are_listed_one_by_one() -> None:
    number = next(one.number for one in read_plan(PLAN).questions if one.field == "承诺")
    assert read_plan(told(f"问题{number}:周五开通;下周培训").content).promises == ("周五开通", "下周培训")


def test_when_all_is_answered_the_list_says_so() -> None:
    content = PLAN
    for question in read_plan(PLAN).questions:
        content = told(f"问题{question.number}:可以", content).content
    assert "全部已确认" in content
    assert "〔" not in content


def test_an_unknown_question_names_those_there_are() -> None:
    with pytest.raises(InstructionUnclear, match="没有问题 77") as caught:
        told("问题77:可以")
    assert caught.value.choices[0].startswith("问题1")


def test_an_english_plan_is_changed_too() -> None:
    made = told("move milestone 3 to 20 January", ENGLISH)
    assert read_plan(made.content).milestones[2].due == date(2027, 1, 20)
    assert made.understood == "Milestone 3 moves to 2027-01-20."
    assert read_plan(told("set the measure to orders per week", ENGLISH).content).measure == "orders per week"


def test_a_message_becomes_shorter_and_more_formal_and_its_quote_stays() -> None:
    message = compose(CustomerMessage(sources(PUBLIC)[0])).content
    short = told("短一点", message).content
    assert len(short) < len(message)
    assert "供您参考:先选一个小场景,看到结果再扩大。 [1]" in short
    polite = told("更正式", message).content
    assert "请问以下哪个时间方便" in polite
    assert "供您参考:先选一个小场景,看到结果再扩大。 [1]" in polite
    with pytest.raises(InstructionUnclear, match="正式"):
        told("更正式", polite)


def test_what_a_message_has_not_is_told() -> None:
    message = compose(CustomerMessage(sources(PUBLIC)[0])).content
    for said in ("第二个里程碑提前5天", "衡量标准改成单数", "问题1:可以", "删掉第2个风险"):
        with pytest.raises(InstructionUnclear):
            told(said, message)
