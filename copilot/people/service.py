"""The people who use the copilot: added, changed and let go, each change in the audit log."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidPerson, InvalidRequest, NotPermitted, PersonExists, UnknownPerson
from copilot.people.caller import Caller
from copilot.people.key import KeyStore
from copilot.people.one_time import CodeStore
from copilot.people.person import OWNER, Person, Role, owner
from copilot.people.session import SessionStore
from copilot.people.store import PeopleStore
from copilot.transaction import Transaction, Transactions
from knowledge.reader import group_name

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EMAIL = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_LONGEST = 100
#: Names of nobody: the audit log calls what no person did so, and what a rule approved.
_TAKEN = frozenset({OWNER, "system", "policy"})


class PeopleService:
    """Who there is. Routes see to it that only those come here who may manage people."""

    def __init__(
        self,
        *,
        store: PeopleStore,
        keys: KeyStore,
        sessions: SessionStore,
        codes: CodeStore,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._keys = keys
        self._sessions = sessions
        self._codes = codes
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def people(self) -> Sequence[Person]:
        """Return everybody, the owner first."""
        return [owner(), *self._store.people()]

    def person(self, id: str) -> Person:
        """Return one person.

        Raises:
            UnknownPerson: nobody has this id.
        """
        person = owner() if id == OWNER else self._store.person(id)
        if person is None:
            raise UnknownPerson(f"Nobody has the id {id!r}. `copilot people list` shows everybody.")
        return person

    def add(self, caller: Caller, person: Person) -> Person:
        """Take somebody in.

        Raises:
            InvalidRequest: an id, name, address or group has the wrong form.
            PersonExists: the id is taken.
        """
        checked = _checked(person)
        taken = PersonExists(f"Somebody has the id {person.id!r} already. Change them with `copilot people set`.")
        if checked.id in _TAKEN:
            raise taken
        with self._transactions.begin() as transaction:
            if not self._store.add(transaction, checked, self._now()):
                raise taken
            self._tell(transaction, "person.added", caller, checked)
        return checked

    def change(
        self,
        caller: Caller,
        id: str,
        *,
        name: str | None = None,
        email: str | None = None,
        roles: Collection[Role] | None = None,
        groups: Collection[str] | None = None,
        active: bool | None = None,
    ) -> Person:
        """Change what is given; an empty address takes it away. Who is let go loses sessions and keys at once.

        Raises:
            UnknownPerson: nobody has this id.
            InvalidRequest: it is the owner, or a value has the wrong form.
        """
        if id == OWNER:
            raise InvalidRequest("The owner has every role and reads everything; nothing of that can be changed.")
        with self._transactions.begin() as transaction:
            before = self.person(id)
            after = _checked(
                replace(
                    before,
                    name=before.name if name is None else name,
                    email=before.email if email is None else email or None,
                    roles=before.roles if roles is None else frozenset(roles),
                    groups=before.groups if groups is None else frozenset(groups),
                    active=before.active if active is None else active,
                )
            )
            if after == before:
                return before
            self._store.change(transaction, after)
            if before.active and not after.active:
                ended = self._sessions.end_all(transaction, id)
                self._codes.end_all(transaction, id)
                revoked = self._keys.revoke_keys(transaction, id, self._now())
                self._tell(transaction, "person.deactivated", caller, after, sessions=ended, keys=revoked)
            else:
                self._tell(transaction, "person.changed", caller, after)
        return after

    def rename(self, caller: Caller, name: str) -> Person:
        """Change the caller's own name.

        Raises:
            InvalidRequest: it is the owner, or the name has the wrong form.
            NotPermitted: they came by a limited key.
        """
        if caller.limited:
            raise NotPermitted("A limited key changes nothing of its person. Sign in, or use another key.")
        return self.change(caller, caller.person.id, name=name)

    def take_in(self, transaction: Transaction, make: Callable[[Callable[[str], bool]], Person]) -> Person:
        """Take somebody in who signed on for the first time; `make` is told which ids are taken."""
        person = _checked(make(lambda id: id in _TAKEN or self._store.person(id) is not None))
        if not self._store.add(transaction, person, self._now()):
            raise PersonExists(f"Somebody has the id {person.id!r} already. Sign in again.")
        self._tell(transaction, "person.added", (person.id, Surface.APP), person)
        return person

    def assign(self, transaction: Transaction, person: Person) -> None:
        """Keep the roles that a provider of single sign-on gives to who signs in."""
        self._store.change(transaction, person)
        self._tell(transaction, "person.changed", (person.id, Surface.APP), person)

    def _tell(
        self, transaction: Transaction, action: str, by: Caller | tuple[str, Surface], person: Person, **counts: int
    ) -> None:
        actor, surface = by if isinstance(by, tuple) else (by.person.id, by.surface)
        self._audit.append(
            transaction,
            Event(
                action=action,
                actor=actor,
                subject=person.id,
                surface=surface,
                at=self._now(),
                details={
                    "roles": " ".join(sorted(person.roles)),
                    "groups": "\t".join(sorted(person.groups)),
                    "active": person.active,
                    **counts,
                },
            ),
        )


def _checked(person: Person) -> Person:
    if not _ID.fullmatch(person.id):
        raise InvalidPerson(
            f"{person.id!r} cannot be an id. Use up to 64 Latin letters, digits, dots, hyphens and underscores.", "id"
        )
    name = " ".join(person.name.split())
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise InvalidPerson(f"{person.name!r} cannot be a name. Give 1 to {_LONGEST} characters.", "name")
    if person.email is not None and (
        len(person.email) > 254 or not _EMAIL.fullmatch(person.email) or not person.email.isprintable()
    ):
        raise InvalidPerson(f"{person.email!r} is no e-mail address. Give one such as name@example.com.", "email")
    if not person.roles:
        raise InvalidPerson(
            f"Person {person.id!r} would have no role. Give one, or let them go with `deactivate`.", "roles"
        )
    return replace(person, name=name, groups=frozenset(checked_groups(person.groups)))


def checked_groups(groups: Collection[str]) -> list[str]:
    """Return the names of groups as they are kept, sorted.

    Raises:
        InvalidRequest: one is empty, too long or not printable.
    """
    names = {group: group_name(group) for group in groups}
    for group, name in names.items():
        if not name or len(name) > _LONGEST or not name.isprintable():
            raise InvalidPerson(f"{group!r} cannot be the name of a group. Give 1 to {_LONGEST} characters.", "groups")
    return sorted(set(names.values()))
