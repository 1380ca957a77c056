"""Single sign-on: whose attempt it is, who that is here, and who is let in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from copilot.errors import NotPermitted, SignOnRefused, SignOnUnavailable
from copilot.people.admission import Admission
from copilot.people.caller import Caller
from copilot.people.identity import ProviderClaims
from copilot.people.person import Role
from copilot.people.scope import Scope
from copilot.people.session import Visitor, Way
from copilot.people.sign_on import ATTEMPT_LIFE, Finished, SignOnService
from tests.doubles.signing_in import InMemoryAttemptStore, InMemoryIdentityStore
from tests.unit.copilot.people_standins import OWNER_CALLS, Office

ISSUER, BROWSER = "https://login.example.com", "the secret of a browser"
VISITOR = Visitor(address="203.0.113.5", browser="Firefox/1")
LIN = ProviderClaims(subject="sub-lin", email="Lin@Example.com", email_verified=True, name="林 晓", all={})


class Provider:
    """Implements `IdentityProvider`: says what it is told to."""

    title, issuer = "Example", ISSUER

    def __init__(self) -> None:
        self.says: ProviderClaims | SignOnUnavailable = LIN
        self.began: dict[str, str] = {}
        self.finished: dict[str, str] = {}

    def address(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        self.began = {"redirect_uri": redirect_uri, "state": state, "nonce": nonce, "verifier": verifier}
        return f"{ISSUER}/authorize?state={state}"

    def claims(self, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> ProviderClaims:
        self.finished = {"redirect_uri": redirect_uri, "nonce": nonce, "verifier": verifier}
        if isinstance(self.says, SignOnUnavailable):
            raise self.says
        return self.says


class Desk:
    """An office with a provider."""

    def __init__(self, admission: Admission | None = None) -> None:
        self.office = Office()
        self.provider = Provider()
        self.identities = InMemoryIdentityStore()
        self.admission = admission or Admission()
        self.service = SignOnService(
            provider=self.provider,
            identities=self.identities,
            attempts=InMemoryAttemptStore(),
            people=self.office.people,
            sessions=self.office.sessions,
            transactions=self.office.transactions,
            audit=self.office.audit,
            admission=self.admission,
            now=lambda: self.office.time,
        )

    def begin(self, back: str = "/app/accounts", binds: Caller | None = None) -> str:
        self.service.begin(browser=BROWSER, redirect_uri="https://us/back", back=back, binds=binds)
        return self.provider.began["state"]

    def finish(self, state: str, browser: str = BROWSER, caller: Caller | None = None, issuer: str = "") -> Finished:
        return self.service.finish(
            state=state, code="code", browser=browser, visitor=VISITOR, caller=caller, issuer=issuer
        )

    def sign_in(self, says: ProviderClaims | None = None) -> str:
        """Go there and back; returns who is in."""
        self.provider.says = says or self.provider.says
        done = self.finish(self.begin())
        assert done.session is not None
        return done.session.session.person

    def refused(self, says: ProviderClaims | None = None) -> str:
        with pytest.raises(SignOnRefused) as caught:
            self.sign_in(says)
        return caught.value.reason


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.office.person("lin", Role.FRONTLINE, email="lin@example.com")
    return desk


def test_who_was_added_comes_in_by_a_verified_address(desk: Desk) -> None:
    done = desk.finish(desk.begin(back="/app/accounts?page=2"))
    assert done.session is not None
    assert (done.back, done.session.session.person, done.session.session.way) == (
        "/app/accounts?page=2",
        "lin",
        Way.PROVIDER,
    )
    assert {name: desk.provider.began[name] for name in desk.provider.finished} == desk.provider.finished
    assert [one[:2] for one in desk.office.told[-2:]] == [("identity.bound", "lin"), ("session.opened", "lin")]


def test_state_nonce_and_verifier_are_fresh_and_kept_here(desk: Desk) -> None:
    desk.begin()
    first = dict(desk.provider.began)
    desk.begin()
    assert all(first[name] != desk.provider.began[name] for name in ("state", "nonce", "verifier"))
    assert 43 <= len(first["verifier"]) <= 128  # RFC 7636 §4.1


def test_an_attempt_is_good_once_in_its_browser_for_some_minutes(desk: Desk) -> None:
    used = desk.begin()
    desk.finish(used)
    elsewhere, late = desk.begin(), desk.begin()
    attempts: list[Callable[[], Finished]] = [
        lambda: desk.finish(used),
        lambda: desk.finish(elsewhere, browser="another browser"),
        lambda: desk.finish(elsewhere),  # the wrong browser has used it up
        lambda: desk.finish("forged"),
        lambda: desk.finish(""),
    ]
    desk.office.time += ATTEMPT_LIFE
    attempts.append(lambda: desk.finish(late))
    for attempt in attempts:
        with pytest.raises(SignOnRefused) as caught:
            attempt()
        assert caught.value.reason == "attempt"
    assert len(desk.office.told) == 3  # added, bound, opened: strangers write nothing


def test_the_answer_of_another_provider_is_refused(desk: Desk) -> None:
    with pytest.raises(SignOnRefused) as caught:
        desk.finish(desk.begin(), issuer="https://evil.example.com")
    assert caught.value.reason == "issuer"
    assert desk.provider.finished == {}
    assert desk.finish(desk.begin(), issuer=ISSUER).session is not None


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (replace(LIN, email_verified=False), "unverified"),
        (replace(LIN, email=None), "no_email"),
        (replace(LIN, email="stranger@example.com"), "unknown"),
        (replace(LIN, email="\u013ein@example.com"), "unknown"),
    ],
    ids=["unverified", "no address", "stranger", "look-alike"],
)
def test_nobody_else_is_let_in(desk: Desk, says: ProviderClaims, reason: str) -> None:
    assert desk.refused(says) == reason
    (event,) = [one for one in desk.office.audit.events if one.action == "session.refused"]
    assert (event.actor, event.details["reason"], event.details["address"]) == ("system", reason, VISITOR.address)


def test_after_the_first_time_the_account_counts_and_not_its_address(desk: Desk) -> None:
    desk.sign_in()
    desk.office.person("boss", Role.ADMIN, email="boss@example.com")
    assert desk.sign_in(replace(LIN, email="boss@example.com")) == "lin"
    assert desk.sign_in(replace(LIN, email=None, email_verified=False)) == "lin"


def test_an_address_that_passed_to_another_account_takes_nobody_over(desk: Desk) -> None:
    desk.sign_in()
    assert desk.refused(replace(LIN, subject="somebody new")) == "taken"


def test_who_is_let_go_stays_out_bound_or_not(desk: Desk) -> None:
    desk.office.person("zhou", Role.READER, email="zhou@example.com")
    desk.sign_in()
    for id in ("lin", "zhou"):
        desk.office.people.change(OWNER_CALLS, id, active=False)
    assert desk.refused(LIN) == "inactive"
    assert desk.refused(replace(LIN, subject="sub-zhou", email="zhou@example.com")) == "inactive"


def test_an_address_of_several_is_nobodys(desk: Desk) -> None:
    desk.office.person("twin", Role.ADMIN, email="LIN@example.com")
    assert desk.refused() == "several"


@pytest.mark.parametrize(
    ("email", "verified", "let_in"),
    [
        ("lin@example.com", True, True),
        ("lin@EXAMPLE.com", True, True),
        ("lin@example.com", False, False),
        ("lin@example.com.evil.org", True, False),
        ("lin@sub.example.com", True, False),
        ("evil.org@example.com@evil.org", True, False),
        (None, True, False),
    ],
)
def test_only_the_named_domains_are_let_in(email: str | None, verified: bool, let_in: bool) -> None:
    desk = Desk(Admission(domains=frozenset({"example.com"}), create=True))
    says = replace(LIN, email=email, email_verified=verified)
    if let_in:
        assert desk.sign_in(says)
    else:
        assert desk.refused(says) == "domain"


def test_people_nobody_added_are_taken_in_where_that_is_wanted() -> None:
    desk = Desk(Admission(create=True))
    desk.office.person("lin", Role.ADMIN, email="other@example.com")
    person = desk.office.people.person(desk.sign_in())
    assert (person.id, person.name, person.email, person.roles) == (
        "Lin",
        "林 晓",
        "Lin@Example.com",
        {Role.READER},
    )
    again = replace(LIN, subject="second", email="Lin@elsewhere.com", name="\u202e" * 3)
    person = desk.office.people.person(desk.sign_in(again))
    assert (person.id, person.name) == ("Lin-2", "Lin@elsewhere.com")
    assert desk.sign_in(again) == "Lin-2"
    assert ("person.added", "Lin", "Lin") in desk.office.told


@pytest.mark.parametrize(
    ("email", "id"),
    [
        ("王敏@example.com", "person"),
        ("a+b@example.com", "a-b"),
        ("owner@example.com", "owner-2"),
        ("x" * 64 + "@e.com", "x" * 48),
    ],
)
def test_ids_are_made_of_addresses(email: str, id: str) -> None:
    assert Desk(Admission(create=True)).sign_in(replace(LIN, email=email)) == id


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["sales"], {Role.FRONTLINE}),
        (["sales", "leads", "other"], {Role.FRONTLINE, Role.MANAGER}),
        (["other"], {Role.READER}),
        ([], {Role.READER}),
        (None, {Role.READER}),
        ("leads", {Role.MANAGER}),
        ({"sales": 1}, {Role.READER}),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_groups_of_the_provider_decide_roles_at_every_sign_in(groups: object, roles: set[Role]) -> None:
    named = {"sales": Role.FRONTLINE, "leads": Role.MANAGER}
    desk = Desk(Admission(roles_claim="realm_access.roles", roles=named))
    desk.office.person("lin", Role.ADMIN, email="lin@example.com")
    desk.sign_in(replace(LIN, all={"realm_access": {"roles": groups}}))
    assert desk.office.people.person("lin").roles == roles
    assert ("person.changed", "lin", "lin") in desk.office.told


def test_a_claim_whose_name_has_dots_is_found() -> None:
    claims = replace(LIN, all={"https://ours.com/groups": ["sales"], "groups": ["x", 7, None]})
    assert claims.values("https://ours.com/groups") == {"sales"}
    assert claims.values("groups") == {"x"}
    assert claims.values("a.b.c") == frozenset()


def test_without_groups_roles_stay_as_they_are_here(desk: Desk) -> None:
    desk.sign_in(replace(LIN, all={"groups": ["admin"]}))
    assert desk.office.people.person("lin").roles == {Role.FRONTLINE}


def lin_in(desk: Desk, id: str = "lin") -> Caller:
    secret = desk.office.access.redeem_link(desk.office.access.new_link_code(OWNER_CALLS, id))
    caller = desk.office.access.caller_of_session(secret or "")
    assert caller is not None
    return caller


def test_who_is_in_binds_an_account_whose_address_nobody_verified(desk: Desk) -> None:
    lin = lin_in(desk)
    desk.provider.says = replace(LIN, email="private@elsewhere.com", email_verified=False)
    done = desk.finish(desk.begin(back="/app/settings", binds=lin), caller=lin)
    assert (done.back, done.session) == ("/app/settings", None)
    assert [one.subject for one in desk.service.identities(lin)] == ["sub-lin"]
    assert desk.sign_in() == "lin"
    desk.service.release(lin)
    assert desk.service.identities(lin) == []
    assert desk.refused() == "unverified"


def test_an_account_is_bound_to_who_began_and_is_still_in(desk: Desk) -> None:
    desk.office.person("zhou", Role.READER)
    lin, zhou = lin_in(desk), lin_in(desk, "zhou")
    for caller in (zhou, None):
        with pytest.raises(SignOnRefused) as caught:
            desk.finish(desk.begin(binds=lin), caller=caller)
        assert caught.value.reason == "attempt"
    desk.finish(desk.begin(binds=lin), caller=lin)
    with pytest.raises(SignOnRefused) as caught:
        desk.finish(desk.begin(binds=zhou), caller=zhou)
    assert caught.value.reason == "taken"


def test_neither_the_owner_nor_a_limited_key_binds(desk: Desk) -> None:
    limited = desk.office.caller(desk.office.keys.create(OWNER_CALLS, "lin", scopes=frozenset({Scope.KEYS_OWN})).secret)
    for caller in (OWNER_CALLS, limited):
        with pytest.raises(NotPermitted):
            desk.begin(binds=caller)
    with pytest.raises(NotPermitted):
        desk.service.release(limited)


def test_a_provider_that_is_down_refuses_nobody(desk: Desk) -> None:
    desk.provider.says = SignOnUnavailable("down")
    with pytest.raises(SignOnUnavailable):
        desk.finish(desk.begin())
    assert not any(action == "session.refused" for action, *_ in desk.office.told)
    desk.office.time += timedelta(minutes=1)
    assert desk.sign_in(LIN) == "lin"
