"""Keys: limited, rotated, expired, revoked; nobody makes themselves more than they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.errors import InvalidRequest, NotPermitted, UnknownKey, UnknownPerson
from copilot.people.person import OWNER, Role
from copilot.people.scope import Scope
from tests.unit.copilot.people_standins import OWNER_CALLS, Office

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_key_does_what_its_person_may_unless_it_is_limited(office: Office) -> None:
    office.person("wang", Role.READER)
    full = office.caller(office.keys.create(OWNER_CALLS, "wang").secret)
    limited = office.caller(
        office.keys.create(OWNER_CALLS, "wang", scopes=frozenset({Scope.SEARCH, Scope.INGEST})).secret
    )
    assert full.scopes == {
        Scope.ASK,
        Scope.SEARCH,
        Scope.DOCUMENTS_READ,
        Scope.DOCUMENTS_VERIFY,
        Scope.GAPS_READ,
        Scope.GAPS_WRITE,
        Scope.KEYS_OWN,
    }
    assert limited.scopes == {Scope.SEARCH}
    assert (full.limited, limited.limited) == (False, True)


def test_a_key_that_expires_opens_until_then(office: Office) -> None:
    secret = office.keys.create(OWNER_CALLS, expires_in=DAY).secret
    office.time += DAY - MINUTE
    assert office.access.caller_of_key(secret)
    office.time += MINUTE
    assert office.access.caller_of_key(secret) is None


def test_a_revoked_key_opens_nothing_and_revoking_again_changes_nothing(office: Office) -> None:
    made = office.keys.create(OWNER_CALLS)
    first = office.keys.revoke(OWNER_CALLS, made.key.id)
    office.time += DAY
    assert office.keys.revoke(OWNER_CALLS, made.key.id) == first
    assert office.access.caller_of_key(made.secret) is None
    assert [action for action, *_ in office.told] == ["key.created", "key.revoked"]


def test_a_rotated_key_goes_on_for_its_grace_beside_one_like_it(office: Office) -> None:
    old = office.keys.create(OWNER_CALLS, label="crm", scopes=frozenset({Scope.ASK}), expires_in=30 * DAY)
    office.time += 10 * DAY
    new = office.keys.rotate(OWNER_CALLS, old.key.id, grace=DAY)
    assert (new.key.label, new.key.scopes, new.key.expires_at) == ("crm", {Scope.ASK}, office.time + 30 * DAY)
    assert office.access.caller_of_key(old.secret)
    office.time += DAY
    assert office.access.caller_of_key(old.secret) is None
    assert office.access.caller_of_key(new.secret)


@pytest.mark.parametrize("grace", [timedelta(0), 90 * DAY])
def test_grace_never_makes_a_key_live_longer(office: Office, grace: timedelta) -> None:
    old = office.keys.create(OWNER_CALLS, expires_in=DAY)
    office.keys.rotate(OWNER_CALLS, old.key.id, grace=grace)
    office.time += DAY
    assert office.access.caller_of_key(old.secret) is None


def test_what_opens_nothing_any_more_cannot_be_rotated(office: Office) -> None:
    old = office.keys.create(OWNER_CALLS)
    office.keys.revoke(OWNER_CALLS, old.key.id)
    with pytest.raises(InvalidRequest, match=old.key.id):
        office.keys.rotate(OWNER_CALLS, old.key.id)


def test_the_last_use_is_written_once_a_minute_at_most(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made = office.keys.create(OWNER_CALLS)
    written = []
    used = office.key_store.used
    monkeypatch.setattr(office.key_store, "used", lambda id, at: (written.append(at), used(id, at)))
    for _ in range(4):
        office.access.caller_of_key(made.secret)
        office.time += timedelta(seconds=25)
    assert len(written) == 2
    (kept,) = office.keys.keys(OWNER_CALLS)
    assert kept.last_used_at == written[-1]


def test_everybody_keeps_their_own_keys_and_sees_no_others(office: Office) -> None:
    wang, li = office.calls("wang", Role.READER), office.calls("li", Role.MANAGER)
    mine = office.keys.create(wang, label="mine").key
    assert {key.person for key in office.keys.keys(wang)} == {"wang"}
    for attempt in (
        lambda: office.keys.keys(li, "wang"),
        lambda: office.keys.create(li, "wang"),
        lambda: office.access.new_link_code(li, "wang"),
    ):
        with pytest.raises(NotPermitted, match=r"keys\.manage"):
            attempt()
    for change in (office.keys.revoke, office.keys.rotate):
        with pytest.raises(UnknownKey):
            change(li, mine.id)
    assert office.keys.revoke(wang, mine.id).revoked_at


def test_an_admin_keeps_the_keys_of_others_but_not_the_owners(office: Office) -> None:
    admin = office.calls("li", Role.ADMIN)
    office.person("wang", Role.READER)
    theirs, owners = office.keys.create(admin, "wang"), office.keys.create(OWNER_CALLS)
    assert office.keys.rotate(admin, theirs.key.id).key.person == "wang"
    assert {key.person for key in office.keys.keys(admin)} == {"li", "wang", OWNER}
    for attempt in (
        lambda: office.keys.create(admin, OWNER),
        lambda: office.keys.rotate(admin, owners.key.id),
        lambda: office.keys.revoke(admin, owners.key.id),
        lambda: office.access.new_link_code(admin, OWNER),
    ):
        with pytest.raises(NotPermitted, match=r"[Oo]wner"):
            attempt()


def test_a_limited_key_makes_nothing_that_is_less_limited(office: Office) -> None:
    scopes = frozenset({Scope.KEYS_OWN, Scope.KEYS_MANAGE, Scope.ASK})
    made = office.keys.create(OWNER_CALLS, scopes=scopes)
    full = office.keys.create(OWNER_CALLS)
    office.person("wang", Role.READER)
    limited = office.caller(made.secret)
    for attempt in (
        lambda: office.keys.create(limited),
        lambda: office.keys.create(limited, scopes=frozenset({Scope.ASK, Scope.INGEST})),
        lambda: office.keys.create(limited, "wang"),
        lambda: office.keys.rotate(limited, full.key.id),
        lambda: office.access.new_link_code(limited),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert office.access.sign_in(made.secret) is None
    assert office.caller(office.keys.create(limited, scopes=frozenset({Scope.ASK})).secret).scopes == {Scope.ASK}


@pytest.mark.parametrize(
    "wrong", [{"label": "x" * 101}, {"label": "a\nb"}, {"scopes": frozenset()}, {"expires_in": timedelta(0)}], ids=str
)
def test_a_key_of_the_wrong_form_is_not_made(office: Office, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        office.keys.create(OWNER_CALLS, **wrong)  # type: ignore[arg-type]
    assert (office.keys.keys(OWNER_CALLS), office.told) == ([], [])


@pytest.mark.parametrize("id", ["nobody", "gone"])
def test_nobody_gets_a_key_or_a_link_who_is_not_active(office: Office, id: str) -> None:
    office.person("gone", Role.READER)
    office.people.change(OWNER_CALLS, "gone", active=False)
    for attempt in (lambda: office.keys.create(OWNER_CALLS, id), lambda: office.access.new_link_code(OWNER_CALLS, id)):
        with pytest.raises(UnknownPerson, match=id):
            attempt()


def test_a_link_signs_in_the_person_it_was_made_for(office: Office) -> None:
    office.person("wang", Role.READER)
    session = office.access.redeem_link(office.access.new_link_code(OWNER_CALLS, "wang"))
    assert session is not None
    caller = office.access.caller_of_session(session)
    assert caller is not None
    assert (caller.person.id, caller.limited) == ("wang", False)


def test_no_secret_stands_in_the_audit_log(office: Office) -> None:
    made = office.keys.create(OWNER_CALLS)
    new = office.keys.rotate(OWNER_CALLS, made.key.id)
    told = repr(office.audit.events)
    assert made.secret not in told
    assert new.secret not in told
