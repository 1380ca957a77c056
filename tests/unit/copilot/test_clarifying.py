"""Asking back: only where nothing but one fact is missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.choices import ASK, sides_to_choose
from copilot.answering.clarifying import Dimension, find_fork, settled
from knowledge.passage import Passage
from tests.unit.samples import passage

ASKED = "续约提前多久开始准备"


def under(heading: str, text: str, *above: str, title: str = "续约手册") -> Passage:
    return passage(text, name=heading or text, headings=(*above, heading) if heading else (), title=title)


LARGE = under("大型客户的续约准备", "提前 180 天。")
MICRO = under("小微客户的续约准备", "提前 30 天。")


def test_two_headings_that_differ_by_the_customer_size_alone_are_a_fork() -> None:
    fork = find_fork(ASKED, [LARGE, MICRO, under("常见错误", "拖到最后。")])

    assert fork is not None
    assert fork.dimension is Dimension.SEGMENT
    assert [(side.value, side.passage) for side in fork.sides] == [("大型", LARGE), ("小微", MICRO)]


@pytest.mark.parametrize(
    ("headings", "dimension"),
    [
        (("销售的交接清单", "客服的交接清单"), Dimension.ROLE),
        (("上海的线下沙龙", "杭州的线下沙龙"), Dimension.CITY),
        (("Onboarding stage: who calls", "Renewal stage: who calls"), Dimension.STAGE),
    ],
)
def test_roles_cities_and_stages_are_facts_too(headings: tuple[str, str], dimension: Dimension) -> None:
    fork = find_fork("清单里有什么", [under(heading, f"内容 {n}") for n, heading in enumerate(headings)])

    assert fork is not None
    assert fork.dimension is dimension


@pytest.mark.parametrize(
    "asked", ["大客户续约提前多久准备", "小微客户什么时候开始续约", "enterprise renewals: how early?"]
)
def test_a_question_that_names_the_fact_is_answered(asked: str) -> None:
    assert find_fork(asked, [LARGE, MICRO]) is None


@pytest.mark.parametrize(
    "passages",
    [
        [],
        [LARGE],
        [under("续约准备", "提前 90 天。"), LARGE, MICRO],
        [LARGE, under("续约准备", "提前 90 天。"), MICRO],
        [LARGE, under("小微客户的报价", "统一报价。")],
        [LARGE, under("大型客户的续约准备", "再提前一点。")],
        [under("大型和小微客户的续约准备", "180 天和 30 天。"), MICRO],
        [under("续约准备", "180 天", "大型客户"), under("续约准备", "30 天", "小微客户")],
    ],
)
def test_anything_less_certain_is_answered(passages: list[Passage]) -> None:
    assert find_fork(ASKED, passages) is None


def test_what_is_known_of_the_account_settles_a_fork() -> None:
    fork = find_fork(ASKED, [LARGE, MICRO])

    assert fork is not None
    assert settled(fork, {}) is None
    assert settled(fork, {"segment": "中型"}) is None
    assert settled(fork, {"segment": "小微"}) == fork.sides[1]


def test_a_choice_asks_again_and_names_its_side() -> None:
    fork = find_fork(ASKED, [LARGE, MICRO])

    assert fork is not None
    choices = sides_to_choose(fork, ASKED, "zh")
    assert [(choice.label, choice.action) for choice in choices] == [("大型", ASK), ("小微", ASK)]
    assert all(find_fork(choice.payload["question"], [LARGE, MICRO]) is None for choice in choices)
    english = sides_to_choose(fork, "How early do we prepare?", "en")
    assert all(find_fork(choice.payload["question"], [LARGE, MICRO]) is None for choice in english)


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=4))
def test_any_question_over_any_headings_ends_in_a_fork_or_none(text: str, headings: list[str]) -> None:
    fork = find_fork(text, [under(heading, heading) for heading in headings])

    assert fork is None or len(fork.sides) >= 2
