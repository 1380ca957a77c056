"""What people say → what is to be changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.drafting.instruction_words import examples
from copilot.drafting.instructions import (
    AddLine,
    AnswerQuestion,
    Formal,
    Instruction,
    MoveFirstValue,
    MoveMilestone,
    RemoveLine,
    SetField,
    SetOwner,
    Shorten,
    SwitchLanguage,
    understand,
)
from copilot.drafting.moving import DayCount, OnDay, Shift, moved
from copilot.errors import InstructionUnclear
from tests.unit.samples import ALPHABET

TODAY = date(2026, 11, 26)  # a Thursday


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("第二个里程碑提前到15天", MoveMilestone(number=2, when=DayCount(days=15))),
        ("move milestone 2 to day 15", MoveMilestone(number=2, when=DayCount(days=15))),
        ("推迟第三个里程碑一周", MoveMilestone(number=3, when=Shift(days=7))),
        ("把最后一个里程碑提前三天", MoveMilestone(number=-1, when=Shift(days=-3))),
        ("move the second milestone 3 days earlier", MoveMilestone(number=2, when=Shift(days=-3))),
        ("bring milestone 1 forward by 2 days", MoveMilestone(number=1, when=Shift(days=-2))),
        ("里程碑2改到下周五", MoveMilestone(number=2, when=OnDay(day=date(2026, 12, 4)))),
        ("里程碑提前", MoveMilestone(number=None, when=None)),
        ("把首次价值推迟到12月20日", MoveFirstValue(when=OnDay(day=date(2026, 12, 20)))),
        ("把首次价值提前到1月8日", MoveFirstValue(when=OnDay(day=date(2027, 1, 8)))),
        ("postpone first value by 2 weeks", MoveFirstValue(when=Shift(days=14))),
        ("负责人换成李雷", SetOwner(name="李雷")),
        ("由李雷负责", SetOwner(name="李雷")),
        ("第二个里程碑的责任人改为李雷", SetOwner(name="李雷", number=2)),
        ("change the owner of milestone 2 to Li Lei", SetOwner(name="Li Lei", number=2)),
        ("换成英文", SwitchLanguage(language="en")),
        ("翻译成中文", SwitchLanguage(language="zh")),
        ("in Chinese", SwitchLanguage(language="zh")),
        ("translate it into English", SwitchLanguage(language="en")),
        ("衡量标准改成每周成交单数", SetField(key="measure", text="每周成交单数")),
        ("预期成果写成首月成交50单", SetField(key="outcome", text="首月成交50单")),
        ("第一价值改成首单", SetField(key="value", text="首单")),
        ("set the measure to orders per week", SetField(key="measure", text="orders per week")),
        ("加一条承诺:12月20日前开通短信", AddLine(section="promises", text="12月20日前开通短信")),
        ("add a risk: the lead leaves", AddLine(section="risks", text="the lead leaves")),
        ("加一行:下周见", AddLine(section=None, text="下周见")),
        ("删掉第2个风险", RemoveLine(section="risks", number=2)),
        ("remove promise 1", RemoveLine(section="promises", number=1)),
        ("删掉「排班上线」这一行", RemoveLine(section=None, text="排班上线")),
        ("问题3:首月成交50单", AnswerQuestion(number=3, text="首月成交50单")),
        ("question 2: weekly orders", AnswerQuestion(number=2, text="weekly orders")),
        ("短一点", Shorten()),
        ("make it shorter", Shorten()),
        ("更正式", Formal()),
        ("能不能短一点?", Shorten()),
        ("could you please move milestone 2 to day 15?", MoveMilestone(number=2, when=DayCount(days=15))),
    ],
)
def test_an_instruction_is_understood(said: str, meant: Instruction) -> None:
    assert understand(said, today=TODAY) == meant


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ("今天天气真好", "换成英文"),
        ("怎么把里程碑提前?", "换成英文"),
        ("how do I make it shorter?", "in Chinese"),
        ("lovely day", "in Chinese"),
        ("", "in Chinese"),
    ],
)
def test_what_is_not_understood_comes_back_with_examples(said: str, choice: str) -> None:
    with pytest.raises(InstructionUnclear) as caught:
        understand(said, today=TODAY)
    assert choice in caught.value.choices
    assert choice in caught.value.message


@pytest.mark.parametrize("example", [*examples("zh"), *examples("en")])
def test_every_example_is_understood(example: str) -> None:
    assert understand(example, today=TODAY)


def test_a_day_counts_from_signing_while_it_lies_ahead_and_else_from_today() -> None:
    signed = date(2026, 11, 20)
    assert moved(None, DayCount(days=15), today=TODAY, signed=signed) == date(2026, 12, 5)
    assert moved(None, DayCount(days=3), today=TODAY, signed=signed) == date(2026, 11, 29)
    assert moved(None, DayCount(days=15), today=TODAY, signed=None) == date(2026, 12, 11)
    assert moved(None, Shift(days=3), today=TODAY, signed=None) is None


@given(said=st.text(ALPHABET + "第二个里程碑提前推迟到天月日负责人换成问题删掉加承诺:12", max_size=60))
def test_no_words_break_it(said: str) -> None:
    with suppress(InstructionUnclear):
        understand(said, today=TODAY)
