"""Routes around people and keys."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.errors import InvalidRequest
from copilot.interfaces.people import LocalPeople
from copilot.interfaces.people_contract import (
    ErasureBody,
    ErasureOrder,
    InvitationBody,
    KeyBody,
    KeyList,
    LoginLink,
    MadeKeyBody,
    NewKeyBody,
    NewLinkBody,
    NewPersonBody,
    PersonBody,
    PersonChange,
    PersonExport,
    PersonList,
    RevokedInvitation,
    RotationBody,
)
from copilot.people.access import AccessService


def add_people(app: FastAPI, people: LocalPeople, access: AccessService) -> None:
    """Register the routes."""

    def address(request: Request) -> str:
        return access.public_address or str(request.base_url)

    @app.get("/v1/people", tags=["people"])
    def list_people() -> PersonList:
        """List everybody, the owner first."""
        return people.people()

    @app.post("/v1/people", tags=["people"], status_code=201)
    def add_person(body: NewPersonBody, request: Request) -> PersonBody:
        """Take somebody in."""
        return people.of(request.state.caller).add(body)

    @app.get("/v1/people/{id}", tags=["people"])
    def show_person(id: str) -> PersonBody:
        """Show one person."""
        return people.person(id)

    @app.patch("/v1/people/{id}", tags=["people"])
    def change_person(id: str, body: PersonChange, request: Request) -> PersonBody:
        """Change somebody; `"active": false` ends their sessions and keys at once."""
        return people.of(request.state.caller).change(id, body)

    @app.post("/v1/people/{id}/invitations", tags=["people"], status_code=201)
    def invite_person(id: str, request: Request) -> InvitationBody:
        """Invite somebody to choose a password: a link, shown in this reply and never again; those before end."""
        return people.of(request.state.caller, address(request)).invite(id)

    @app.delete("/v1/people/{id}/invitations", tags=["people"])
    def revoke_invitation(id: str, request: Request) -> RevokedInvitation:
        """End the invitation of somebody."""
        return people.of(request.state.caller).revoke_invitation(id)

    @app.get("/v1/people/{id}/export", tags=["people"])
    def export_person(id: str, request: Request) -> PersonExport:
        """Return everything that is kept of somebody; that it was taken stands in the audit log."""
        return people.of(request.state.caller).export(id)

    @app.post("/v1/people/{id}/erasure", tags=["people"])
    def erase_person(id: str, body: ErasureOrder, request: Request) -> ErasureBody:
        """Erase somebody: doors and what they asked are gone, what they did for the company no longer names them."""
        if body.confirm != id:
            raise InvalidRequest(f"`confirm` is {body.confirm!r}, and {id!r} was addressed. Nothing was erased.")
        return people.of(request.state.caller).erase(id)

    @app.get("/v1/keys", tags=["keys"])
    def list_keys(request: Request, person: str | None = None) -> KeyList:
        """List your keys, or those of others where you may manage them."""
        return people.of(request.state.caller).keys(person)

    @app.post("/v1/keys", tags=["keys"], status_code=201)
    def create_key(body: NewKeyBody, request: Request) -> MadeKeyBody:
        """Make a key; it is shown in this reply and never again."""
        return people.of(request.state.caller).create_key(body)

    @app.post("/v1/keys/{id}/rotation", tags=["keys"], status_code=201)
    def rotate_key(id: str, request: Request, body: RotationBody | None = None) -> MadeKeyBody:
        """Make a key like this one, which goes on for the time of grace."""
        return people.of(request.state.caller).rotate_key(id, body or RotationBody())

    @app.delete("/v1/keys/{id}", tags=["keys"])
    def revoke_key(id: str, request: Request) -> KeyBody:
        """End a key at once."""
        return people.of(request.state.caller).revoke_key(id)

    @app.post("/v1/login-links", tags=["access"])
    def new_login_link(request: Request, body: NewLinkBody | None = None) -> LoginLink:
        """Make a one-time sign-in link: your own, or as an admin somebody else's."""
        code = access.new_link_code(request.state.caller, body.person if body else None)
        return LoginLink(url=f"{address(request)}app?login={code}")
