"""Sessions: seen and ended by their person, and by who manages keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.errors import NotPermitted, UnknownSession
from copilot.interfaces.web.browser_names import browser_name
from copilot.people.person import OWNER, Role
from copilot.people.scope import Scope
from copilot.people.session import Visitor
from copilot.people.sessions import id_of
from tests.unit.copilot.people_standins import OWNER_CALLS, Office


@pytest.fixture
def office() -> Office:
    office = Office()
    office.person("lin", Role.FRONTLINE)
    office.person("zhou", Role.FRONTLINE)
    return office


def opened(office: Office, id: str, browser: str = "") -> str:
    secret = office.access.redeem_link(office.access.new_link_code(OWNER_CALLS, id), Visitor(browser=browser))
    assert secret is not None
    return secret


def test_everybody_sees_their_own_open_sessions_the_last_used_first(office: Office) -> None:
    first, _ = opened(office, "lin", "one"), opened(office, "zhou")
    office.time += timedelta(minutes=5)
    opened(office, "lin", "two")
    office.time += timedelta(minutes=5)
    lin = office.access.caller_of_session(first)
    assert lin is not None
    assert [one.browser for one in office.sessions.sessions(lin)] == ["one", "two"]
    office.time += office.sessions.limits.idle - timedelta(minutes=1)
    assert [one.browser for one in office.sessions.sessions(lin)] == ["one"]


def test_a_session_is_written_at_most_once_a_minute(office: Office) -> None:
    secret = opened(office, "lin")
    caller = office.access.caller_of_session(secret)
    assert caller is not None
    seen = []
    for _ in range(4):
        office.time += timedelta(seconds=30)
        office.access.caller_of_session(secret)
        seen.append(office.sessions.sessions(caller)[0].seen_at)
    assert len(set(seen)) == 3


def test_one_ends_a_session_of_ones_own_and_no_other(office: Office) -> None:
    mine, other, theirs = opened(office, "lin"), opened(office, "lin"), opened(office, "zhou")
    lin = office.access.caller_of_session(mine)
    assert lin is not None
    office.sessions.end(lin, id_of(other))
    for id in (id_of(other), id_of(theirs), "nothing"):
        with pytest.raises(UnknownSession):
            office.sessions.end(lin, id)
    assert office.access.caller_of_session(other) is None
    assert office.access.caller_of_session(theirs) is not None


def test_all_others_end_at_once(office: Office) -> None:
    mine, other, theirs = opened(office, "lin"), opened(office, "lin"), opened(office, "zhou")
    lin = office.access.caller_of_session(mine)
    assert lin is not None
    assert office.sessions.end_all(lin, but=mine) == 1
    states = [office.access.caller_of_session(one) is not None for one in (mine, other, theirs)]
    assert states == [True, False, True]


def test_who_manages_keys_ends_sessions_of_others_but_not_of_the_owner(office: Office) -> None:
    theirs, admin = opened(office, "zhou"), office.calls("admin", Role.ADMIN)
    lin = office.access.caller_of_session(opened(office, "lin"))
    assert lin is not None
    with pytest.raises(NotPermitted):
        office.sessions.end_all(lin, "zhou")
    with pytest.raises(NotPermitted, match="owner"):
        office.sessions.sessions(admin, OWNER)
    assert office.sessions.end_all(admin, "zhou") == 1
    assert office.access.caller_of_session(theirs) is None
    assert office.told[-1] == ("session.all_ended", "admin", "zhou")


def test_a_limited_key_neither_sees_nor_ends_sessions(office: Office) -> None:
    limited = office.caller(office.keys.create(OWNER_CALLS, "lin", scopes=frozenset({Scope.KEYS_OWN})).secret)
    for attempt in (lambda: office.sessions.sessions(limited), lambda: office.sessions.end_all(limited)):
        with pytest.raises(NotPermitted, match="limited"):
            attempt()


def test_signing_out_twice_changes_nothing(office: Office) -> None:
    secret = opened(office, "lin")
    office.sessions.sign_out(secret)
    office.sessions.sign_out(secret)
    office.sessions.sign_out("nothing")
    assert [action for action, *_ in office.told].count("session.ended") == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
            "Safari · macOS",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_browsers_are_named_as_people_name_them(agent: str, name: str) -> None:
    assert browser_name(agent) == name
