"""The use cases around people and keys, on the services of this process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from copilot.errors import InvalidRequest
from copilot.interfaces.people_contract import (
    ErasedTable,
    ErasureBody,
    InvitationBody,
    KeyBody,
    KeyList,
    MadeKeyBody,
    NewKeyBody,
    NewPersonBody,
    PersonBody,
    PersonChange,
    PersonExport,
    PersonList,
    RevokedInvitation,
    RotationBody,
)
from copilot.people.caller import Caller
from copilot.people.erasure import ErasureService
from copilot.people.invitations import InvitationService
from copilot.people.key import Key
from copilot.people.keys import KeyService, NewKey
from copilot.people.person import Person
from copilot.people.service import PeopleService


class People(Protocol):
    """What a surface can ask for, whether the database is in this process or in a server."""

    def people(self) -> PersonList:
        """Return everybody."""
        ...

    def person(self, id: str) -> PersonBody:
        """Return one person."""
        ...

    def add(self, body: NewPersonBody) -> PersonBody:
        """Take somebody in."""
        ...

    def change(self, id: str, body: PersonChange) -> PersonBody:
        """Change somebody, or let them go."""
        ...

    def keys(self, person: str | None = None) -> KeyList:
        """Return the keys of a person, or all that may be seen."""
        ...

    def create_key(self, body: NewKeyBody) -> MadeKeyBody:
        """Make a key and show it, once."""
        ...

    def rotate_key(self, id: str, body: RotationBody) -> MadeKeyBody:
        """Make a key like this one, which goes on for a while."""
        ...

    def revoke_key(self, id: str) -> KeyBody:
        """End a key at once."""
        ...

    def invite(self, id: str) -> InvitationBody:
        """Make a link by which somebody chooses their password, once; those before end."""
        ...

    def revoke_invitation(self, id: str) -> RevokedInvitation:
        """End the invitation of somebody."""
        ...

    def export(self, id: str) -> PersonExport:
        """Return everything that is kept of somebody."""
        ...

    def erase(self, id: str) -> ErasureBody:
        """Erase somebody as far as nothing else needs what is kept of them."""
        ...


class LocalPeople:
    """Implements `People` for one caller."""

    def __init__(
        self,
        people: PeopleService,
        keys: KeyService,
        invitations: InvitationService,
        erasing: ErasureService,
        caller: Caller,
        address: str,
    ) -> None:
        """`address` is where people reach us, ending in `/`."""
        self._people = people
        self._keys = keys
        self._invitations = invitations
        self._erasing = erasing
        self._caller = caller
        self._address = address

    def of(self, caller: Caller, address: str | None = None) -> LocalPeople:
        """Return the same for somebody else, who came by this address."""
        return LocalPeople(self._people, self._keys, self._invitations, self._erasing, caller, address or self._address)

    def people(self) -> PersonList:
        """Return everybody."""
        return PersonList(people=[_person(one) for one in self._people.people()])

    def person(self, id: str) -> PersonBody:
        """Return one person."""
        return _person(self._people.person(id))

    def name_of(self, id: str) -> str:
        """Return what somebody is called; the id itself, where nobody here has it."""
        try:
            return self._people.person(id).name
        except InvalidRequest:
            return id

    def add(self, body: NewPersonBody) -> PersonBody:
        """Take somebody in."""
        person = Person(
            id=body.id,
            name=body.name,
            email=body.email,
            roles=frozenset(body.roles),
            groups=frozenset(body.groups),
        )
        return _person(self._people.add(self._caller, person))

    def change(self, id: str, body: PersonChange) -> PersonBody:
        """Change somebody, or let them go."""
        changed = self._people.change(
            self._caller,
            id,
            name=body.name,
            email=body.email,
            roles=body.roles,
            groups=body.groups,
            active=body.active,
        )
        return _person(changed)

    def keys(self, person: str | None = None) -> KeyList:
        """Return the keys of a person, or all that may be seen."""
        return KeyList(keys=[_key(one) for one in self._keys.keys(self._caller, person)])

    def create_key(self, body: NewKeyBody) -> MadeKeyBody:
        """Make a key and show it, once."""
        made = self._keys.create(
            self._caller,
            body.person,
            label=body.label,
            scopes=None if body.scopes is None else frozenset(body.scopes),
            expires_in=None if body.expires_in_days is None else timedelta(days=body.expires_in_days),
        )
        return _made(made)

    def rotate_key(self, id: str, body: RotationBody) -> MadeKeyBody:
        """Make a key like this one, which goes on for a while."""
        return _made(self._keys.rotate(self._caller, id, timedelta(hours=body.grace_hours)))

    def revoke_key(self, id: str) -> KeyBody:
        """End a key at once."""
        return _key(self._keys.revoke(self._caller, id))

    def rename(self, name: str) -> PersonBody:
        """Change the caller's own name."""
        return _person(self._people.rename(self._caller, name))

    def invite(self, id: str) -> InvitationBody:
        """Make a link by which somebody chooses their password, once; those before end."""
        made = self._invitations.invite(self._caller, id, self._address)
        return InvitationBody(person=made.person.id, url=made.url, expires_at=made.expires_at, mailed=made.mailed)

    def revoke_invitation(self, id: str) -> RevokedInvitation:
        """End the invitation of somebody."""
        return RevokedInvitation(person=id, revoked=self._invitations.revoke(self._caller, id))

    def export(self, id: str) -> PersonExport:
        """Return everything that is kept of somebody."""
        rows = self._erasing.export(self._caller, id)
        return PersonExport(
            person=id,
            made_at=datetime.now(UTC),
            tables={table: list(map(dict, found)) for table, found in rows.items()},
        )

    def erase(self, id: str) -> ErasureBody:
        """Erase somebody as far as nothing else needs what is kept of them."""
        made = self._erasing.erase(self._caller, id)
        return ErasureBody(
            person=id,
            tables=[
                ErasedTable(table=one.table, done=one.done, rows=one.rows, why=one.why, why_zh=one.why_zh)
                for one in made.outcomes
            ],
            documents=list(made.documents),
        )

    def invited(self) -> Mapping[str, datetime]:
        """Return until when whose invitation is good."""
        return self._invitations.open()


def _person(person: Person) -> PersonBody:
    return PersonBody(
        id=person.id,
        name=person.name,
        email=person.email,
        roles=sorted(person.roles),
        groups=sorted(person.groups),
        active=person.active,
    )


def _key(key: Key) -> KeyBody:
    return KeyBody(
        id=key.id,
        person=key.person,
        label=key.label,
        scopes=None if key.scopes is None else sorted(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )


def _made(made: NewKey) -> MadeKeyBody:
    return MadeKeyBody(**_key(made.key).model_dump(), key=made.secret)
