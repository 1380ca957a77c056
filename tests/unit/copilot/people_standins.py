"""People and keys on stores in memory, with a clock that stands still until it is moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from copilot.audit.surface import Surface
from copilot.people.access import AccessService
from copilot.people.caller import Caller, the_owner
from copilot.people.invitations import InvitationMail, InvitationService
from copilot.people.keys import KeyService
from copilot.people.passwords import PasswordService
from copilot.people.person import Person, Role
from copilot.people.service import PeopleService
from copilot.people.sessions import SessionService
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.people import InMemoryKeyStore, InMemoryPeopleStore
from tests.doubles.signing_in import (
    InMemoryCodeStore,
    InMemoryPasswordStore,
    InMemorySessionStore,
    InMemoryStrikeStore,
    PlainHasher,
)

OWNER_CALLS = the_owner(Surface.HTTP)


@dataclass
class Office:
    """Everything around people."""

    time: datetime = datetime(2026, 11, 26, 9, tzinfo=UTC)
    audit: InMemoryAuditLog = field(default_factory=InMemoryAuditLog)
    store: InMemoryPeopleStore = field(default_factory=InMemoryPeopleStore)
    key_store: InMemoryKeyStore = field(default_factory=InMemoryKeyStore)
    password_store: InMemoryPasswordStore = field(default_factory=InMemoryPasswordStore)
    hasher: PlainHasher = field(default_factory=PlainHasher)
    mail: InvitationMail | None = None

    def __post_init__(self) -> None:
        database = InMemoryDatabase()
        transactions = InMemoryTransactions(database)
        codes, sessions = InMemoryCodeStore(), InMemorySessionStore()
        self.people = PeopleService(
            store=self.store,
            keys=self.key_store,
            sessions=sessions,
            codes=codes,
            transactions=transactions,
            audit=self.audit,
            now=lambda: self.time,
        )
        self.keys = KeyService(
            store=self.key_store, people=self.store, transactions=transactions, audit=self.audit, now=lambda: self.time
        )
        self.sessions = SessionService(
            store=sessions, transactions=transactions, audit=self.audit, now=lambda: self.time
        )
        self.passwords = PasswordService(
            store=self.password_store,
            hasher=self.hasher,
            people=self.store,
            sessions=self.sessions,
            strikes=InMemoryStrikeStore(database),
            transactions=transactions,
            audit=self.audit,
            now=lambda: self.time,
        )
        self.invitations = InvitationService(
            codes=codes,
            people=self.store,
            passwords=self.passwords,
            transactions=transactions,
            audit=self.audit,
            mail=self.mail,
            now=lambda: self.time,
        )
        self.access = AccessService(
            store=self.key_store,
            people=self.store,
            keys=self.keys,
            sessions=self.sessions,
            codes=codes,
            passwords=self.passwords,
            invitations=self.invitations,
            transactions=transactions,
            now=lambda: self.time,
        )
        self.transactions = transactions

    def person(self, id: str, *roles: Role, groups: frozenset[str] = frozenset(), email: str | None = None) -> Person:
        return self.people.add(OWNER_CALLS, Person(id=id, name=id, email=email, roles=frozenset(roles), groups=groups))

    def caller(self, secret: str) -> Caller:
        found = self.access.caller_of_key(secret)
        assert found is not None
        return found

    def calls(self, id: str, *roles: Role) -> Caller:
        """Somebody new, coming in by a key of theirs."""
        self.person(id, *roles)
        return self.caller(self.keys.create(OWNER_CALLS, id).secret)

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """Action, actor and subject of everything in the audit log."""
        return [(event.action, event.actor, event.subject) for event in self.audit.events]
