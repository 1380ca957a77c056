"""Industry before city before size before situation (G1, G2), and plain words when none fits."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidRequest
from copilot.suggesting.cases.matching import Levels, fit_of
from copilot.suggesting.cases.neighbours import Nearness, city_nearness, industry_nearness
from copilot.suggesting.cases.profile import Profile, checked, profile_of
from copilot.suggesting.cases.service import CaseMatches, CaseMatching
from knowledge.document import Audience, DocumentKind, Metadata
from knowledge.passage import Passage
from knowledge.reader import CUSTOMERS, STAFF, Reader
from knowledge.retriever import Retriever
from tests.doubles.knowledge_store import InMemoryKnowledgeStore
from tests.unit.copilot.answering_standins import FoundPassages
from tests.unit.copilot.cases.standins import case, saved
from tests.unit.samples import passage


def matched(
    profile: Profile, *cases: tuple[str, str, Metadata], reader: Reader = STAFF, near: list[Passage] | None = None
) -> CaseMatches:
    store = saved(*cases)
    retriever = cast(Retriever, FoundPassages(near or []))
    return CaseMatching(retriever=retriever, store=store).match(profile, reader)


def order(found: CaseMatches) -> list[str]:
    return [match.summary.source for match in found.matches]


@pytest.mark.parametrize(
    ("wanted", "named", "nearness"),
    [
        ("烘焙", ["烘焙"], Nearness.SAME),
        ("家居零售", ["零售"], Nearness.SAME),
        ("Bakery", ["烘焙"], Nearness.SAME),
        ("烘焙", ["餐饮", "教育"], Nearness.NEIGHBOUR),
        ("烘焙", ["教育"], Nearness.FAR),
        ("烘焙", [], Nearness.UNSAID),
        ("没有人写过的行业", ["教育"], Nearness.FAR),
    ],
)
def test_g2_industries_have_neighbours(wanted: str, named: list[str], nearness: Nearness) -> None:
    assert industry_nearness(wanted, named)[0] is nearness


def test_g2_cities_of_a_region_are_near() -> None:
    assert city_nearness("宁波", ["宁波市"])[0] is Nearness.SAME
    assert city_nearness("宁波", ["上海"])[0] is Nearness.NEIGHBOUR
    assert city_nearness("宁波", ["成都"])[0] is Nearness.FAR


def test_g1_industry_outranks_city_outranks_size_outranks_situation() -> None:
    profile = Profile(industry="烘焙", city="宁波", annual_fee_cny=50_000, situation="老客户不回来")
    found = matched(
        profile,
        case("situation", industries=("烘焙",)),
        case("size", industries=("烘焙",), segments=("中小",)),
        case("city", industries=("烘焙",), cities=("宁波",), segments=("大型",)),
        case("neighbour", industries=("餐饮",), cities=("宁波",), segments=("中小",)),
        case("same", industries=("烘焙",), cities=("成都",), segments=("大型",)),
        near=[passage("老客户两个月没有来。", name="neighbour", similarity=0.99)],
    )
    assert order(found) == ["city.md", "size.md", "situation.md", "same.md", "neighbour.md"]


_LEVEL = st.sampled_from(list(Nearness))


@given(*[st.tuples(_LEVEL, _LEVEL, _LEVEL, st.floats(0, 1))] * 2)
def test_g1_the_weighted_score_is_lexicographic(
    one: tuple[Nearness, Nearness, Nearness, float], other: tuple[Nearness, Nearness, Nearness, float]
) -> None:
    first, second = (
        Levels(industry=industry, city=city, size=size, situation=situation)
        for industry, city, size, situation in (one, other)
    )
    if one[:3] != other[:3]:
        assert (first.score > second.score) == (one > other)


def test_g1_the_match_is_explained_in_both_languages() -> None:
    profile = Profile(industry="烘焙", city="宁波", annual_fee_cny=50_000)
    fit = fit_of(profile, case("a", industries=("餐饮",), segments=("中型",))[2], None, near_situation=False)
    assert fit.fits
    assert [one.zh for one in fit.alike] == ["行业相近:客户是烘焙,案例是餐饮。", "规模相近:客户是中小,案例是中型。"]
    assert [one.en for one in fit.unlike] == ["The case names no city."]


def test_g1_none_fits_is_said_plainly_with_the_nearest_and_why() -> None:
    found = matched(Profile(industry="烘焙", city="宁波"), case("school", industries=("教育",)), case("silent"))
    assert not found.fits
    assert order(found) == ["silent.md", "school.md"]
    assert "没有烘焙的同类案例" in found.told.zh
    assert "案例没有写行业" in found.told.zh
    assert "say so" in found.told.en
    assert matched(Profile(industry="烘焙")).told.en == "There are no cases that may be seen."


def test_a1_a_fee_in_a_gap_decides_no_size_and_says_so() -> None:
    fit = fit_of(Profile(annual_fee_cny=8000), case("a", segments=("小微",))[2], None, near_situation=False)
    assert fit.levels.size is None
    assert "人工判定" in fit.unlike[0].zh


def test_the_rights_and_the_audience_of_the_reader_hold() -> None:
    profile = Profile(industry="烘焙")
    inside = case("inside", industries=("烘焙",))
    group = case("group", industries=("烘焙",), groups=("vip",))
    outside = case("outside", industries=("烘焙",), audience=Audience.CUSTOMER)
    assert order(matched(profile, inside, group, outside)) == ["inside.md", "outside.md"]
    assert order(matched(profile, inside, group, outside, reader=CUSTOMERS)) == ["outside.md"]
    assert "group.md" in order(matched(profile, group, reader=Reader(groups=frozenset({"vip"}))))


def test_only_case_studies_are_cases() -> None:
    found = matched(Profile(industry="烘焙"), case("play", industries=("烘焙",), kind=DocumentKind.PLAYBOOK))
    assert found.matches == ()


def test_a_situation_alone_fits_by_the_nearest_sections() -> None:
    near = [passage("客户两个月没有登录。", name="quiet", headings=("背景",), similarity=0.9)]
    near = [Passage(**vars(one) | {"metadata": case("quiet")[2]}) for one in near]
    found = matched(Profile(situation="客户很久没有登录"), case("quiet"), case("other"), near=near)
    assert [match.fit.fits for match in found.matches] == [True, False]
    assert found.matches[0].section == ("背景",)


def test_what_is_said_comes_before_the_record_and_notes_are_no_situation() -> None:
    facts = {"industry": "烘焙", "city": "宁波", "annual_fee_cny": 30_000, "notes": "老板脾气大"}
    profile = profile_of(facts, Profile(city="上海"))
    assert profile == Profile(industry="烘焙", city="上海", annual_fee_cny=30_000)


def test_nothing_to_match_by_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="industry"):
        checked(Profile())
    with pytest.raises(InvalidRequest, match="characters"):
        checked(Profile(situation="长" * 1001))


def test_the_store_is_asked_for_what_is_current() -> None:
    store = InMemoryKnowledgeStore()
    found = CaseMatching(retriever=cast(Retriever, FoundPassages([])), store=store).match(Profile(city="宁波"), STAFF)
    assert found.matches == ()


def test_g3_a_figure_is_borrowed_from_a_peer_alone() -> None:
    told = "## 结果\n\n营业额提升了 20%。\n"
    near = [passage("免费用户不付费。", name="other", similarity=0.9, metadata=case("other")[2])]
    by_situation = matched(Profile(situation="免费用户不付费"), case("other", told), near=near)
    assert by_situation.fits
    assert by_situation.effects == ()
    by_industry = matched(Profile(industry="烘焙"), case("peer", told, industries=("餐饮",)))
    assert [effect.ratio for effect in by_industry.effects] == [0.2]
