"""The people who use the copilot, for those who manage them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from copilot.errors import InvalidPerson, InvalidRequest, PersonExists
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.people import LocalPeople
from copilot.interfaces.people_contract import InvitationBody, NewPersonBody, PersonBody, PersonChange
from copilot.interfaces.web.pages import page, see_other, sliced
from copilot.interfaces.web.people_words import PEOPLE
from copilot.people.access import AccessService
from copilot.people.person import OWNER, Role

_HOME = "/app/people"
_DONE = frozenset({"added", "saved", "withdrawn", "ended", "deactivated", "activated"})
_ROLES = tuple(Role)

State = Literal["active", "inactive", "all"]
Text = Annotated[str, Form(max_length=2000)]
Roles = Annotated[list[Role] | None, Form()]


def add_people_pages(app: FastAPI, copilot: LocalCopilot, access: AccessService) -> None:
    """Register the pages and what their forms do."""

    def of(request: Request) -> LocalPeople:
        return copilot.people.of(request.state.caller, access.public_address or str(request.base_url))

    @app.get(_HOME, include_in_schema=False)
    def people_page(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        state: State = "active",
        number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1,
    ) -> Response:
        return _list(request, of(request), access, q=q.strip(), state=state, number=number)

    @app.post(_HOME, include_in_schema=False)
    def add_person(
        request: Request,
        id: Text = "",
        name: Text = "",
        email: Text = "",
        groups: Text = "",
        roles: Roles = None,
        invite: Annotated[bool, Form()] = False,
    ) -> Response:
        body = NewPersonBody(
            id=id.strip(), name=name, email=email.strip() or None, roles=roles or [], groups=_groups(groups)
        )
        try:
            person = of(request).add(body)
        except (InvalidPerson, PersonExists) as error:
            field = error.field if isinstance(error, InvalidPerson) else "taken"
            return _list(request, of(request), access, status=422, typed=body, fault=field)
        if not invite:
            return see_other(f"{_HOME}/{person.id}", done="added")
        return _invited(request, of(request), access, person)

    @app.get(f"{_HOME}/{{id}}", include_in_schema=False)
    def person_page(request: Request, id: str, done: str = "") -> Response:
        person = of(request).person(id)
        return _person(request, of(request), access, person, done=done if done in _DONE else "")

    @app.post(f"{_HOME}/{{id}}", include_in_schema=False)
    def change_person(
        request: Request, id: str, name: Text = "", email: Text = "", groups: Text = "", roles: Roles = None
    ) -> Response:
        change = PersonChange(name=name, email=email.strip(), roles=roles or [], groups=_groups(groups))
        try:
            of(request).change(id, change)
        except InvalidPerson as error:
            before = of(request).person(id)
            typed = before.model_copy(update=change.model_dump(exclude={"active"}))
            return _person(request, of(request), access, before, status=422, typed=typed, fault=error.field)
        return see_other(f"{_HOME}/{id}", done="saved")

    @app.post(f"{_HOME}/{{id}}/activity", include_in_schema=False)
    def let_go(request: Request, id: str, active: Annotated[bool, Form()] = False) -> Response:
        of(request).change(id, PersonChange(active=active))
        return see_other(f"{_HOME}/{id}", done="activated" if active else "deactivated")

    @app.post(f"{_HOME}/{{id}}/invitation", include_in_schema=False)
    def invite_person(request: Request, id: str) -> Response:
        return _invited(request, of(request), access, of(request).person(id))

    @app.post(f"{_HOME}/{{id}}/invitation/revocation", include_in_schema=False)
    def withdraw(request: Request, id: str) -> Response:
        of(request).revoke_invitation(id)
        return see_other(f"{_HOME}/{id}", done="withdrawn")

    @app.post(f"{_HOME}/{{id}}/sessions/end", include_in_schema=False)
    def end_sessions(request: Request, id: str) -> Response:
        access.sessions.end_all(request.state.caller, id)
        return see_other(f"{_HOME}/{id}", done="ended")


def _list(
    request: Request,
    people: LocalPeople,
    access: AccessService,
    *,
    q: str = "",
    state: State = "active",
    number: int = 1,
    status: int = 200,
    typed: NewPersonBody | None = None,
    fault: str = "",
) -> HTMLResponse:
    found = [one for one in people.people().people if _fits(one, q, state)]
    return page(
        request,
        "people.html",
        PEOPLE,
        at="people",
        back=_HOME if request.method == "POST" else None,
        status=status,
        slice=sliced(found, number),
        q=q,
        state=state,
        states=("active", "inactive", "all"),
        typed=typed or NewPersonBody(id="", name=""),
        fault=fault,
        all_roles=_ROLES,
        with_password=access.passwords.holders(),
        invited=people.invited(),
        owner=OWNER,
    )


def _invited(request: Request, people: LocalPeople, access: AccessService, person: PersonBody) -> HTMLResponse:
    """Make an invitation and show it; not led on to another page: the link is in this answer and nowhere else."""
    try:
        made = people.invite(person.id)
    except InvalidRequest:
        shared = "invitation.shared" if person.email else "invitation.no_email"
        return _person(request, people, access, person, status=422, invitation_fault=shared)
    return _person(request, people, access, person, invitation=made)


def _person(
    request: Request,
    people: LocalPeople,
    access: AccessService,
    person: PersonBody,
    *,
    status: int = 200,
    typed: PersonBody | None = None,
    fault: str = "",
    done: str = "",
    invitation: InvitationBody | None = None,
    invitation_fault: str = "",
) -> HTMLResponse:
    mine_to_see = person.id != OWNER or request.state.caller.person.id == OWNER
    return page(
        request,
        "person.html",
        PEOPLE,
        at="people",
        back=f"{_HOME}/{person.id}" if request.method == "POST" else None,
        status=status,
        person=person,
        typed=typed or person,
        fault=fault,
        done=done,
        all_roles=_ROLES,
        is_owner=person.id == OWNER,
        password_since=access.passwords.set_on(person.id),
        invited_until=people.invited().get(person.id),
        invitation=invitation,
        invitation_fault=invitation_fault,
        sessions=access.sessions.sessions(request.state.caller, person.id) if mine_to_see else [],
    )


def _fits(one: PersonBody, q: str, state: State) -> bool:
    wanted = q.casefold()
    named = any(wanted in text.casefold() for text in (one.id, one.name, one.email or "", *one.groups))
    return named and (state == "all" or one.active == (state == "active"))


def _groups(text: str) -> Sequence[str]:
    """Read names between commas, also those of a Chinese keyboard."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return [part.strip() for part in parts if part.strip()]
