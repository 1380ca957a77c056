"""RecordVisits: how long they last, and what their tokens open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copilot.adapters.jwt_tokens import JwtTokens
from copilot.audit.surface import Surface
from copilot.errors import BadToken, ExpiredToken, UsedToken
from copilot.people.person import OWNER, Person, Role, owner
from copilot.people.record_visit import RecordVisit, RecordVisits
from copilot.people.scope import Scope
from copilot.people.token import SigningKey

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = {
    "lin": Person(id="lin", name="林晓", roles=frozenset({Role.FRONTLINE})),
    "boss": Person(id="boss", name="管理", roles=frozenset({Role.ADMIN, Role.MANAGER})),
    "gone": Person(id="gone", name="走了", roles=frozenset({Role.FRONTLINE}), active=False),
    OWNER: owner(),
}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class OneKey:
    def newest(self) -> SigningKey:
        return SigningKey(id=1, secret="k" * 43, created_at=START)

    def find(self, id: int) -> SigningKey | None:
        return self.newest() if id == 1 else None


class UsedInMemory:
    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def use(self, token: str, until: datetime, now: datetime) -> bool:
        return self._until.setdefault(token, until) is until


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visits(clock: Clock) -> RecordVisits:
    return RecordVisits(tokens=JwtTokens(OneKey(), now=clock), used=UsedInMemory(), person_of=PEOPLE.get, now=clock)


VISIT = RecordVisit(
    person="lin",
    record="hubspot:company/1",
    account="a",
    origin="https://crm.example.com",
    language="zh",
    shown={"name": "柚子", "city": "宁波"},
)


def test_a_visit_comes_back_as_it_was_opened(visits: RecordVisits) -> None:
    assert visits.read(visits.open(VISIT)) == replace(VISIT, since=START)


def test_what_a_crm_shows_is_cut(visits: RecordVisits) -> None:
    told = visits.read(visits.open(replace(VISIT, shown={"name": "x" * 5000}))).shown
    assert told == {"name": "x" * 200}


def test_a_visit_ends_and_goes_on_when_renewed(visits: RecordVisits, clock: Clock) -> None:
    token = visits.open(VISIT)
    clock.now += timedelta(minutes=29)
    renewed = visits.renew(token)
    clock.now += timedelta(minutes=5)
    with pytest.raises(ExpiredToken):
        visits.read(token)
    assert visits.read(renewed).since == START


def test_no_visit_lasts_longer_than_a_day_of_work(visits: RecordVisits, clock: Clock) -> None:
    token = visits.open(VISIT)
    while clock.now - START <= timedelta(hours=8):
        token = visits.renew(token)
        clock.now += timedelta(minutes=25)
    with pytest.raises(ExpiredToken):
        visits.renew(token)


def test_an_invitation_is_accepted_once_and_in_time(visits: RecordVisits, clock: Clock) -> None:
    first, second = visits.invite(VISIT), visits.invite(VISIT)
    assert visits.accept(first) == VISIT
    with pytest.raises(UsedToken):
        visits.accept(first)
    clock.now += timedelta(minutes=11)
    with pytest.raises(ExpiredToken):
        visits.accept(second)


def test_a_token_of_one_kind_is_none_of_the_other(visits: RecordVisits) -> None:
    with pytest.raises(BadToken):
        visits.read(visits.invite(VISIT))
    with pytest.raises(BadToken):
        visits.accept(visits.open(VISIT))


def test_who_visits_keeps_their_rights_but_those_over_people(visits: RecordVisits) -> None:
    found = visits.caller(visits.open(replace(VISIT, person="boss")))
    assert found is not None
    assert found.surface is Surface.SIDEBAR
    assert Scope.DRAFTS_DECIDE in found.scopes
    assert not found.scopes & {Scope.PEOPLE_MANAGE, Scope.KEYS_OWN, Scope.KEYS_MANAGE, Scope.SIDEBAR_INVITE}


@pytest.mark.parametrize("person", ["gone", "nobody", OWNER])
def test_only_active_people_visit_and_never_the_owner(visits: RecordVisits, person: str) -> None:
    assert visits.caller(visits.open(replace(VISIT, person=person))) is None


@pytest.mark.parametrize("token", ["", "copilot_key", "a.b.c"])
def test_what_is_no_token_is_nobodys(visits: RecordVisits, token: str) -> None:
    assert visits.caller(token) is None
