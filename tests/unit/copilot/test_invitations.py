"""Invitations: who may make them, what they are good for, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from copilot.errors import (
    ChannelUnavailable,
    InvalidRequest,
    InvitationOver,
    NotPermitted,
    PasswordRefused,
    UnknownPerson,
)
from copilot.people.one_time import LIFE, CodeKind
from copilot.people.person import OWNER, Person, Role
from copilot.people.scope import Scope
from copilot.people.session import Visitor
from tests.unit.copilot.people_standins import OWNER_CALLS, Office

GOOD = "three pandas on a bike"
HOME = Visitor(address="203.0.113.5")


class Postbox:
    """Implements `InvitationMail`."""

    def __init__(self) -> None:
        self.sent: list[tuple[str | None, str, str]] = []
        self.down = False

    def send(self, person: Person, url: str, expires_at: datetime, by: str) -> None:
        if self.down:
            raise ChannelUnavailable("The mail server does not answer.")
        self.sent.append((person.email, url, by))


@pytest.fixture
def post() -> Postbox:
    return Postbox()


@pytest.fixture
def office(post: Postbox) -> Office:
    office = Office(mail=post)
    office.person("lin", Role.FRONTLINE, email="lin@example.com")
    return office


def invited(office: Office, id: str = "lin") -> str:
    return office.invitations.invite(OWNER_CALLS, id, "https://copilot.example.com/").url.partition("code=")[2]


def test_the_invited_choose_a_password_and_are_in(office: Office, post: Postbox) -> None:
    made = office.invitations.invite(OWNER_CALLS, "lin", "https://copilot.example.com/")
    assert made.url.startswith("https://copilot.example.com/invitation?code=invitation_")
    assert post.sent == [("lin@example.com", made.url, "Owner")]
    assert made.mailed
    code = made.url.partition("code=")[2]
    assert office.invitations.person_of(code).id == "lin"
    opened = office.invitations.accept(code, GOOD, HOME)
    assert office.access.caller_of_session(opened.secret) is not None
    assert office.passwords.sign_in("lin@example.com", GOOD, HOME).session.person == "lin"
    assert [one for one in office.told if one[0].startswith(("invitation", "password"))] == [
        ("invitation.made", OWNER, "lin"),
        ("invitation.accepted", "lin", "lin"),
        ("password.set", "lin", "lin"),
    ]


def test_an_invitation_is_good_once(office: Office) -> None:
    code = invited(office)
    office.invitations.accept(code, GOOD, HOME)
    for attempt in (lambda: office.invitations.person_of(code), lambda: office.invitations.accept(code, GOOD, HOME)):
        with pytest.raises(InvitationOver):
            attempt()


def test_a_refused_password_leaves_the_invitation_as_it_is(office: Office) -> None:
    code = invited(office)
    with pytest.raises(PasswordRefused):
        office.invitations.accept(code, "password1234", HOME)
    assert office.invitations.accept(code, GOOD, HOME)


def test_an_invitation_ends_after_a_week_by_another_or_by_word(office: Office) -> None:
    first, second = invited(office), invited(office)
    with pytest.raises(InvitationOver):
        office.invitations.person_of(first)
    assert list(office.invitations.open()) == ["lin"]
    office.time += LIFE[CodeKind.INVITATION] - timedelta(seconds=1)
    assert office.invitations.person_of(second).id == "lin"
    office.time += timedelta(seconds=1)
    with pytest.raises(InvitationOver):
        office.invitations.person_of(second)
    third = invited(office)
    assert office.invitations.revoke(OWNER_CALLS, "lin")
    assert not office.invitations.revoke(OWNER_CALLS, "lin")
    with pytest.raises(InvitationOver):
        office.invitations.accept(third, GOOD, HOME)


def test_who_is_let_go_has_no_invitation_even_when_they_come_back(office: Office) -> None:
    code = invited(office)
    office.people.change(OWNER_CALLS, "lin", active=False)
    office.people.change(OWNER_CALLS, "lin", active=True)
    with pytest.raises(InvitationOver):
        office.invitations.accept(code, GOOD, HOME)


def test_a_new_password_ends_the_sessions_of_before(office: Office) -> None:
    old = office.invitations.accept(invited(office), GOOD, HOME).secret
    office.invitations.accept(invited(office), GOOD + "!", HOME)
    assert office.access.caller_of_session(old) is None


def test_a_sign_in_link_is_no_invitation_and_an_invitation_no_link(office: Office) -> None:
    link = office.access.new_link_code(OWNER_CALLS, "lin")
    with pytest.raises(InvitationOver):
        office.invitations.accept(link, GOOD, HOME)
    code = invited(office)
    assert office.access.redeem_link(code) is None
    assert office.invitations.person_of(code).id == "lin"
    assert office.access.redeem_link(link) is not None


def test_nobody_is_invited_who_could_not_sign_in(office: Office) -> None:
    office.person("bare", Role.READER)
    office.person("twin", Role.READER, email="LIN@example.com")
    office.person("gone", Role.READER, email="gone@example.com")
    office.people.change(OWNER_CALLS, "gone", active=False)
    for id, says in (("bare", "no e-mail"), ("lin", "Somebody else"), (OWNER, "owner")):
        with pytest.raises(InvalidRequest, match=says):
            invited(office, id)
    for id in ("gone", "nobody"):
        with pytest.raises(UnknownPerson):
            invited(office, id)


def test_only_who_manages_people_invites_and_no_limited_key(office: Office) -> None:
    manager, admin = office.calls("gao", Role.MANAGER), office.calls("admin", Role.ADMIN)
    limited = office.caller(
        office.keys.create(admin, scopes=frozenset({Scope.PEOPLE_MANAGE, Scope.KEYS_MANAGE})).secret
    )
    assert office.invitations.invite(admin, "lin", "/").person.id == "lin"
    for caller in (manager, limited):
        with pytest.raises(NotPermitted):
            office.invitations.invite(caller, "lin", "/")
    with pytest.raises(NotPermitted):
        office.invitations.revoke(manager, "lin")


def test_an_invitation_that_was_not_mailed_is_good_all_the_same(office: Office, post: Postbox) -> None:
    post.down = True
    made = office.invitations.invite(OWNER_CALLS, "lin", "/")
    assert not made.mailed
    assert office.invitations.person_of(made.url.partition("code=")[2]).id == "lin"
    assert not Office().invitations.open()
