"""Who sees which report, of which days, on whom (J1, J2)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from copilot.errors import InvalidRequest, NotPermitted, UnknownPerson
from copilot.insight.counts import Gaps, OpenGap
from copilot.insight.period import usual_period
from copilot.insight.report import EVERYBODY, Report, Scope, one_person, team_of
from copilot.people.person import Person
from tests.unit.copilot.insight.insight_standins import (
    ADMIN,
    KONG,
    LI,
    NOW,
    WANG,
    Counted,
    account,
    calls,
    report,
)

TODAY = NOW.date()
RISK = Counted(records=[account("x", name="Star", usage_trend="none", seats_bought=10, seats_active=1, owner="li")])


def keys(found: Report) -> set[str]:
    return {one.key for one in found.figures()}


@pytest.mark.parametrize("person", [WANG, ADMIN])
def test_managers_and_admins_see_all(person: Person) -> None:
    assert len(report(caller=calls(person)).groups) == 4
    assert len(report(caller=calls(person), scope=one_person("li")).groups) == 4


def test_a_curator_sees_the_knowledge_and_nobodys_drafts_or_accounts() -> None:
    found = keys(report(caller=calls(KONG)))
    assert {"gap_share", "document_hits", "stale_used"} <= found
    assert not found & {"draft_acceptance", "hours_saved", "needs_attention"}


@pytest.mark.parametrize("scope", [EVERYBODY, one_person("wang"), team_of("wang"), team_of("li")])
def test_frontline_people_see_their_own_alone(scope: Scope) -> None:
    with pytest.raises(NotPermitted, match="insight"):
        report(caller=calls(LI), scope=scope)
    own = report(caller=calls(LI), scope=one_person("li"))
    assert {"questions", "draft_acceptance", "needs_attention"} <= keys(own)
    assert not keys(own) & {"active_people", "never_used"}


def test_an_admin_who_may_not_read_accounts_reads_no_names() -> None:
    told = report(RISK, caller=calls(ADMIN)).figure("needs_attention")
    assert told is not None
    assert (told.value, told.rows, told.link) == (1, (), None)
    assert "Star" not in told.analysis + told.action
    named = report(RISK, caller=calls(WANG)).figure("needs_attention")
    assert named is not None
    assert "Star" in named.action


def test_what_others_asked_is_told_to_those_who_see_all_gaps_and_without_numbers() -> None:
    asked = OpenGap(id="g", question="客户 13800138000 的退款找谁", askers=2, observations=3, owner="wang")
    counted = Counted(open=Gaps(open=1, without_owner=0, opened=1, answered=0, first=[asked]))
    for person in (WANG, KONG, ADMIN):
        told = report(counted, caller=calls(person)).figure("open_gaps")
        assert told is not None
        assert told.rows[0].name == "客户 ••• 的退款找谁"
        assert "13800138000" not in told.action
    own = report(counted, caller=calls(LI), scope=one_person("li")).figure("open_gaps")
    assert own is not None
    assert (own.value, list(own.rows), own.chart) == (1, [], None)
    assert "退款" not in own.analysis + own.action


def test_a_team_is_who_shares_a_group_with_its_manager() -> None:
    counted = Counted(records=[account("1", owner="Li Na"), account("2", owner="kong")])
    found = report(counted, scope=team_of("wang"))
    assert {window.persons for window in counted.asked_for} == {frozenset({"wang", "li"})}
    attention = found.figure("needs_attention")
    assert attention is not None
    assert attention.n == 1
    with pytest.raises(InvalidRequest, match="in no group"):
        report(scope=team_of("kong"))


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    counted = Counted()
    report(counted)
    now, before = counted.asked_for
    assert (now.since, now.until) == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
    assert (before.since, before.until) == (datetime(2026, 10, 22, tzinfo=UTC), now.since)


def test_nobody_by_that_name() -> None:
    with pytest.raises(UnknownPerson, match="'nobody'"):
        report(scope=one_person("nobody"))


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "Swap"),
        (date(1, 1, 1), date(2026, 11, 1), "Give a later day"),
        (date(2027, 1, 1), date(2027, 2, 1), "lies ahead"),
        (date(2001, 1, 1), date(2026, 11, 1), "shorter"),
        (None, date(1, 1, 1), "before since"),
        (date.max, None, "Swap"),
    ],
)
def test_days_that_make_no_period(since: date | None, until: date | None, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        usual_period(TODAY, since, until)


def test_the_usual_period_is_four_weeks_and_ends_today() -> None:
    usual = usual_period(TODAY)
    assert (usual.days, usual.until) == (28, TODAY)
    assert usual_period(TODAY, date(2026, 11, 1), date.max).until == TODAY
