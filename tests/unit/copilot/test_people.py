"""People: what may stand in a record, what a change does, and that it is told."""

from __future__ import annotations

import pytest

from copilot.errors import InvalidRequest, PersonExists, UnknownPerson
from copilot.people.person import OWNER, Person, Role
from copilot.people.scope import OF_ROLE, Scope, roles_with, scopes_of
from tests.unit.copilot.people_standins import OWNER_CALLS, Office


@pytest.fixture
def office() -> Office:
    return Office()


def test_somebody_new_is_listed_after_the_owner(office: Office) -> None:
    wang = office.person("wang", Role.CURATOR, groups=frozenset({" 财务 部 "}))
    assert wang.groups == {"财务 部"}
    assert [person.id for person in office.people.people()] == [OWNER, "wang"]
    assert office.told == [("person.added", OWNER, "wang")]


@pytest.mark.parametrize("id", ["", "王敏", "a b", "../x", "a" * 65, "-x", "x\n", "\ud800"])
def test_an_id_of_the_wrong_form_is_refused(office: Office, id: str) -> None:
    with pytest.raises(InvalidRequest, match="cannot be an id"):
        office.people.add(OWNER_CALLS, Person(id=id, name="x"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 101},
        {"name": "\u202e"},
        {"email": "nobody"},
        {"email": "a@b, c@d"},
        {"email": "\ud800@b"},
        {"roles": frozenset()},
        {"groups": frozenset({" \t"})},
        {"groups": frozenset({"g" * 101})},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_form_is_refused_and_nothing_is_kept(office: Office, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        office.people.add(OWNER_CALLS, Person(**({"id": "wang", "name": "王敏"} | wrong)))  # type: ignore[arg-type]
    assert (len(office.people.people()), office.told) == (1, [])


@pytest.mark.parametrize("id", ["wang", OWNER, "system"])
def test_an_id_is_taken_once(office: Office, id: str) -> None:
    office.person("wang", Role.READER)
    with pytest.raises(PersonExists, match=id):
        office.person(id, Role.ADMIN)


def test_what_is_not_given_stays(office: Office) -> None:
    office.person("wang", Role.CURATOR, groups=frozenset({"财务"}))
    changed = office.people.change(OWNER_CALLS, "wang", email="wang@example.com", roles=[Role.MANAGER])
    assert (changed.name, changed.email, changed.roles, changed.groups) == (
        "wang",
        "wang@example.com",
        {Role.MANAGER},
        {"财务"},
    )
    assert office.people.change(OWNER_CALLS, "wang", email="", groups=[]).email is None
    assert office.people.person("wang").groups == frozenset()


def test_a_change_that_changes_nothing_is_not_told(office: Office) -> None:
    office.person("wang", Role.CURATOR)
    office.people.change(OWNER_CALLS, "wang", roles=[Role.CURATOR])
    assert [action for action, *_ in office.told] == ["person.added"]


def test_the_owner_cannot_be_changed(office: Office) -> None:
    with pytest.raises(InvalidRequest, match="owner"):
        office.people.change(OWNER_CALLS, OWNER, active=False)


def test_nobody_is_changed_who_is_not_there(office: Office) -> None:
    with pytest.raises(UnknownPerson, match="'li'"):
        office.people.change(OWNER_CALLS, "li", name="x")


def test_who_is_let_go_loses_sessions_and_keys_at_once(office: Office) -> None:
    office.person("wang", Role.CURATOR)
    key = office.keys.create(OWNER_CALLS, "wang").secret
    session = office.access.sign_in(key)
    link = office.access.new_link_code(OWNER_CALLS, "wang")
    assert session is not None
    office.people.change(OWNER_CALLS, "wang", active=False)
    assert (office.access.caller_of_key(key), office.access.caller_of_session(session)) == (None, None)
    assert office.access.redeem_link(link) is None
    office.people.change(OWNER_CALLS, "wang", active=True)
    assert (office.access.caller_of_key(key), office.access.caller_of_session(session)) == (None, None)
    (event,) = [event for event in office.audit.events if event.action == "person.deactivated"]
    assert (event.details["sessions"], event.details["keys"]) == (1, 1)


def test_a_change_of_roles_holds_for_keys_and_sessions_that_are_open(office: Office) -> None:
    caller = office.calls("wang", Role.READER)
    key = office.keys.create(OWNER_CALLS, "wang").secret
    assert Scope.INGEST not in caller.scopes
    office.people.change(OWNER_CALLS, "wang", roles=[Role.CURATOR])
    assert Scope.INGEST in office.caller(key).scopes


def test_every_scope_belongs_to_a_role_and_the_owner_has_all() -> None:
    assert all(roles_with(scope) for scope in Scope)
    assert OWNER_CALLS.scopes == frozenset(Scope)
    assert scopes_of(Person(id="x", name="x", roles=frozenset(Role), active=False)) == frozenset()


def test_everybody_may_do_what_a_reader_may() -> None:
    assert all(OF_ROLE[Role.READER] <= scopes for scopes in OF_ROLE.values())
