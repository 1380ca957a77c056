"""Passwords: which may be chosen, what signs in, what is told, and how guessing is slowed down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.adapters.argon2_password_hasher import Argon2PasswordHasher
from copilot.errors import InvalidRequest, NotPermitted, PasswordRefused, SignInRefused, TooManyAttempts
from copilot.people.email import domain_of, same_address
from copilot.people.password import LONGEST, SHORTEST, Fault, checked
from copilot.people.person import Person, Role
from copilot.people.scope import Scope
from copilot.people.session import Visitor, Way
from copilot.people.throttle import OF_ACCOUNT, OF_ADDRESS, network_key
from tests.doubles.signing_in import PlainHasher
from tests.unit.copilot.people_standins import OWNER_CALLS, Office

GOOD = "three pandas on a bike"
HOME, ELSEWHERE = Visitor(address="203.0.113.5", browser="Firefox/1"), Visitor(address="198.51.100.7")
LIN = Person(id="lin.xiao", name="林晓", email="lin.xiao@example.com")


@pytest.fixture
def office() -> Office:
    office = Office()
    office.person("lin", Role.FRONTLINE, email="Lin@Example.com")
    office.person("zhou", Role.FRONTLINE, email="zhou@example.com")
    office.invitations.accept(code_for(office, "lin"), GOOD, HOME)
    return office


def code_for(office: Office, id: str) -> str:
    return office.invitations.invite(OWNER_CALLS, id, "/").url.partition("code=")[2]


def refused(office: Office, email: str = "lin@example.com", password: str = "x", visitor: Visitor = HOME) -> str:
    with pytest.raises((SignInRefused, TooManyAttempts)) as caught:
        office.passwords.sign_in(email, password, visitor)
    return caught.value.code


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("tiny", Fault.SHORT),
        ("x" * (SHORTEST - 1), Fault.SHORT),
        ("好" * 3, Fault.SHORT),
        ("ab" * 200, Fault.LONG),
        ("password1234", Fault.COMMON),
        ("PassWord1234", Fault.COMMON),
        ("aaaaaaaaaaaaaaaa", Fault.COMMON),
        ("121212121212", Fault.COMMON),
        ("abcdefghijklmnop", Fault.COMMON),
        ("9876543210987654", Fault.COMMON),
        ("qwertyuiopqwerty", Fault.COMMON),
        ("lin.xiao@example.com", Fault.PERSONAL),
        ("林晓lin.xiao123", Fault.PERSONAL),
        ("Copilot12345", Fault.PERSONAL),
        ("前线副驾copilot!", Fault.PERSONAL),
    ],
)
def test_what_is_guessed_first_cannot_be_chosen(password: str, fault: Fault) -> None:
    with pytest.raises(PasswordRefused) as caught:
        checked(password, LIN)
    assert caught.value.fault == fault
    assert password not in caught.value.message


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse 电池", "tttttttuvwxyz1", "x7" * 5 + "qpz", "林晓喜欢在周末骑车去郊外看熊猫"]
)
def test_length_is_enough_and_nothing_else_is_asked_for(password: str) -> None:
    assert checked(password, LIN) == password


def test_letters_that_are_composed_differently_are_the_same(office: Office) -> None:
    office.invitations.accept(code_for(office, "zhou"), "cafe\u0301 au lait, twice", HOME)
    assert office.passwords.sign_in("zhou@example.com", "caf\u00e9 au lait, twice", HOME).session.person == "zhou"


@pytest.mark.parametrize("email", ["lin@example.com", "LIN@EXAMPLE.COM", "  Lin@Example.com "])
def test_an_address_signs_in_however_it_is_written(office: Office, email: str) -> None:
    opened = office.passwords.sign_in(email, GOOD, HOME)
    assert (opened.session.person, opened.session.way, opened.session.browser) == ("lin", Way.PASSWORD, "Firefox/1")
    assert office.access.caller_of_session(opened.secret) is not None


def test_letters_of_other_alphabets_are_no_other_spelling() -> None:
    assert same_address("\u212aim@example.com") != same_address("kim@example.com")
    assert domain_of("a@b@Example.com") == "example.com"


def test_unknown_and_wrong_are_told_the_same_after_the_same_work(office: Office) -> None:
    messages, work = [], []
    for email, password in (("lin@example.com", "wrong"), ("nobody@example.com", "wrong"), ("zhou@example.com", GOOD)):
        before = office.hasher.compared
        with pytest.raises(SignInRefused) as caught:
            office.passwords.sign_in(email, password, HOME)
        messages.append(caught.value.message)
        work.append(office.hasher.compared - before)
    assert len(set(messages)) == 1
    assert work == [1, 1, 1]


def test_who_is_let_go_does_not_come_in(office: Office) -> None:
    office.people.change(OWNER_CALLS, "lin", active=False)
    assert refused(office, password=GOOD) == "sign_in_refused"


def test_an_address_of_two_people_is_nobodys(office: Office) -> None:
    office.people.change(OWNER_CALLS, "zhou", email="LIN@example.com")
    assert refused(office, password=GOOD) == "sign_in_refused"


@pytest.mark.parametrize("password", ["", "\ud800" * 20, "\0" * 20, GOOD + " ", GOOD.upper(), GOOD + "x" * LONGEST])
def test_anything_else_is_wrong(office: Office, password: str) -> None:
    assert refused(office, password=password) == "sign_in_refused"


def test_after_some_wrong_ones_everybody_waits_longer_each_time(office: Office) -> None:
    for _ in range(OF_ACCOUNT.free):
        assert refused(office) == "sign_in_refused"
    waits = []
    for _ in range(7):
        with pytest.raises(TooManyAttempts) as caught:
            office.passwords.sign_in("lin@example.com", GOOD, ELSEWHERE)
        waits.append(caught.value.wait_s)
        office.time += timedelta(seconds=caught.value.wait_s)
        assert refused(office) == "sign_in_refused"
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_nothing_is_tried_while_one_waits(office: Office) -> None:
    for _ in range(OF_ACCOUNT.free):
        refused(office)
    before = office.hasher.compared
    assert refused(office, password=GOOD) == "too_many_attempts"
    assert office.hasher.compared == before


def test_an_unknown_address_waits_as_a_known_one_does(office: Office) -> None:
    told = [[refused(office, email) for _ in range(7)] for email in ("lin@example.com", "nobody@example.com")]
    assert told[0] == told[1]
    assert told[0][-1] == "too_many_attempts"


def test_the_right_password_forgives(office: Office) -> None:
    for _ in range(20):
        for _ in range(OF_ACCOUNT.free - 1):
            assert refused(office, visitor=replace(HOME, address=str(_))) == "sign_in_refused"
        office.passwords.sign_in("lin@example.com", GOOD, HOME)


def test_one_network_that_tries_many_accounts_waits(office: Office) -> None:
    for n in range(OF_ADDRESS.free):
        assert refused(office, f"a{n}@example.com") == "sign_in_refused"
    assert refused(office, password=GOOD) == "too_many_attempts"
    assert office.passwords.sign_in("lin@example.com", GOOD, ELSEWHERE).session.person == "lin"
    office.time += OF_ADDRESS.within + timedelta(seconds=1)
    assert office.passwords.sign_in("lin@example.com", GOOD, HOME).session.person == "lin"


def test_links_keys_and_invitations_open_while_passwords_wait(office: Office) -> None:
    for _ in range(OF_ACCOUNT.free + 1):
        refused(office)
    assert office.access.redeem_link(office.access.new_link_code(OWNER_CALLS, "lin"), HOME)
    assert office.access.sign_in(office.keys.create(OWNER_CALLS, "lin").secret, HOME)
    assert office.invitations.accept(code_for(office, "lin"), GOOD + "!", HOME)


def test_neighbours_in_ipv6_are_one_network() -> None:
    assert network_key("2001:db8::1") == network_key("2001:db8::ffff:1") != network_key("2001:db8:0:1::1")
    assert network_key("203.0.113.5") != network_key("203.0.113.6")
    assert network_key("testclient").startswith("address:")


def test_a_change_ends_every_other_session(office: Office) -> None:
    first = office.passwords.sign_in("lin@example.com", GOOD, HOME).secret
    second = office.passwords.sign_in("lin@example.com", GOOD, ELSEWHERE).secret
    caller = office.access.caller_of_session(first)
    assert caller is not None
    fresh = office.passwords.change(caller, GOOD, GOOD + "!", replace(HOME, session=first))
    assert [office.access.caller_of_session(one) is not None for one in (first, second, fresh.secret)] == [
        False,
        False,
        True,
    ]
    assert refused(office, password=GOOD) == "sign_in_refused"
    assert ("password.set", "lin", "lin") in office.told


def test_a_change_needs_the_present_password_and_a_good_new_one(office: Office) -> None:
    caller = office.access.caller_of_session(office.passwords.sign_in("lin@example.com", GOOD, HOME).secret)
    assert caller is not None
    with pytest.raises(PasswordRefused):
        office.passwords.change(caller, GOOD, "password1234", HOME)
    for _ in range(OF_ACCOUNT.free):
        with pytest.raises(SignInRefused):
            office.passwords.change(caller, "wrong", GOOD + "!", HOME)
    with pytest.raises(TooManyAttempts):
        office.passwords.change(caller, GOOD, GOOD + "!", HOME)


def test_who_has_no_password_and_a_limited_key_change_none(office: Office) -> None:
    with pytest.raises(InvalidRequest, match="invitation"):
        office.passwords.change(OWNER_CALLS, "x", GOOD, HOME)
    limited = office.caller(office.keys.create(OWNER_CALLS, "lin", scopes=frozenset({Scope.KEYS_OWN})).secret)
    with pytest.raises(NotPermitted, match="limited"):
        office.passwords.change(limited, GOOD, GOOD + "!", HOME)


def test_a_hash_of_before_is_made_anew_by_the_next_sign_in(office: Office) -> None:
    office.hasher.version = 2
    since = office.passwords.set_on("lin")
    office.time += timedelta(days=1)
    office.passwords.sign_in("lin@example.com", GOOD, HOME)
    kept = office.password_store.password("lin")
    assert kept is not None
    assert (kept.hash, kept.set_at) == (f"2:{GOOD}", since)


def test_signing_in_and_failing_to_are_told(office: Office) -> None:
    refused(office, "nobody@example.com", visitor=ELSEWHERE)
    refused(office)
    opened = office.passwords.sign_in("lin@example.com", GOOD, HOME)
    office.sessions.sign_out(opened.secret)
    assert office.told[-4:] == [
        ("session.refused", "system", "unknown"),
        ("session.refused", "system", "lin"),
        ("session.opened", "lin", opened.session.id),
        ("session.ended", "lin", opened.session.id),
    ]
    assert office.audit.events[-4].details["address"] == ELSEWHERE.address
    assert not any(GOOD in str(event) or "nobody@" in str(event) for event in office.audit.events)


def test_argon2_hashes_are_salted_and_name_their_parameters() -> None:
    hasher = Argon2PasswordHasher()
    one, other = hasher.hash(GOOD), hasher.hash(GOOD)
    assert one != other
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.fits(one, GOOD)
    assert not hasher.fits(one, GOOD + " ")
    assert not hasher.fits("no hash", GOOD)
    assert not hasher.outdated(one)
    assert hasher.outdated(one.replace("m=19456", "m=9000"))


def test_the_double_is_no_better_than_the_real_one() -> None:
    double = PlainHasher()
    assert double.fits(double.hash("x"), "x")
    assert PlainHasher(2).outdated(double.hash("x"))
