"""Signing in with e-mail and password, and changing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, NotPermitted, SignInRefused, TooManyAttempts
from copilot.people.caller import Caller
from copilot.people.email import same_address
from copilot.people.key import new_secret
from copilot.people.password import LONGEST, KeptPassword, PasswordHasher, PasswordStore, checked, normal
from copilot.people.person import Person
from copilot.people.session import Visitor, Way
from copilot.people.sessions import NewSession, SessionService
from copilot.people.store import PeopleStore
from copilot.people.throttle import OF_ACCOUNT, OF_ADDRESS, Pace, StrikeStore, account_key, network_key
from copilot.transaction import Transaction, Transactions


class PasswordService:
    """Local accounts. Who has none, and who typed a wrong password, are told the same after the same time."""

    def __init__(
        self,
        *,
        store: PasswordStore,
        hasher: PasswordHasher,
        people: PeopleStore,
        sessions: SessionService,
        strikes: StrikeStore,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._hasher = hasher
        self._people = people
        self._sessions = sessions
        self._strikes = strikes
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def sign_in(self, email: str, password: str, visitor: Visitor) -> NewSession:
        """Open a session for who has this address and password.

        Raises:
            TooManyAttempts: this address, or this network, has to wait; nothing was tried.
            SignInRefused: they do not belong together.
        """
        name = same_address(email)[: LONGEST * 2]
        account, network = account_key(name), network_key(visitor.address)
        self._count(account, network)
        person = self.person_with(name)
        kept = self._store.password(person.id) if person is not None else None
        # Somebody unknown costs a comparison too: the time must not tell who is here.
        fits = self._hasher.fits(kept.hash if kept else self._nobodys, normal(password[:LONGEST]))
        if person is None or kept is None or not fits or len(password) > LONGEST:
            self._refused(person, visitor)
            raise SignInRefused(
                "E-mail and password do not belong together. Try again, or ask an admin for a new link."
            )
        anew = self._hasher.hash(normal(password)) if self._hasher.outdated(kept.hash) else None
        with self._transactions.begin() as transaction:
            self._strikes.forgive(transaction, network)
            self._strikes.clear(transaction, account)
            if anew is not None and self._store.password(person.id) == kept:
                self._store.put(transaction, replace(kept, hash=anew))
            return self._sessions.open(transaction, person.id, Way.PASSWORD, visitor)

    def change(self, caller: Caller, old: str, new: str, visitor: Visitor) -> NewSession:
        """Change the caller's password; all their sessions end, and a fresh one begins.

        Raises:
            NotPermitted: they came by a limited key.
            InvalidRequest: they have no password to change.
            TooManyAttempts: there were too many wrong ones.
            SignInRefused: the old one is wrong.
            PasswordRefused: the new one cannot be chosen.
        """
        if caller.limited:
            raise NotPermitted("A limited key changes no password. Sign in first.")
        kept = self._store.password(caller.person.id)
        if kept is None:
            raise InvalidRequest("You have no password yet. An admin's invitation lets you choose one.")
        text = checked(new, caller.person)
        account = account_key(f"id:{caller.person.id}")
        self._count(account, network_key(visitor.address))
        if len(old) > LONGEST or not self._hasher.fits(kept.hash, normal(old[:LONGEST])):
            raise SignInRefused("The present password is wrong. Try again, or ask an admin for a new link.")
        hashed = self._hasher.hash(text)
        with self._transactions.begin() as transaction:
            self._strikes.forgive(transaction, network_key(visitor.address))
            self._strikes.clear(transaction, account)
            return self.set(transaction, caller.person, hashed, Way.PASSWORD, visitor)

    def hashed(self, password: str, person: Person) -> str:
        """Return the hash of a password that somebody may choose.

        Raises:
            PasswordRefused: they may not.
        """
        return self._hasher.hash(checked(password, person))

    def set(self, transaction: Transaction, person: Person, hashed: str, way: Way, visitor: Visitor) -> NewSession:
        """Keep a password by its hash; all sessions of the person end, and a fresh one begins."""
        now = self._now()
        self._store.put(transaction, KeptPassword(person=person.id, hash=hashed, set_at=now))
        ended = self._sessions.end_of(transaction, person.id)
        self._tell(transaction, "password.set", person.id, person.id, sessions=ended, way=way.value)
        return self._sessions.open(transaction, person.id, way, visitor)

    def set_on(self, person: str) -> datetime | None:
        """Return when somebody chose their password; None: they have none."""
        kept = self._store.password(person)
        return kept.set_at if kept else None

    def holders(self) -> frozenset[str]:
        """Return who has a password."""
        return self._store.with_password()

    def person_with(self, email: str) -> Person | None:
        """Return the one active person with an address; several are nobody."""
        wanted = same_address(email)
        found = [one for one in self._people.people() if one.active and one.email and same_address(one.email) == wanted]
        return found[0] if wanted and len(found) == 1 else None

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(new_secret("nobody"))

    def _count(self, account: str, network: str) -> None:
        """Count a try as failed before it is made: of many at once, no more get through than may.

        Raises:
            TooManyAttempts: it may not be made.
        """
        now = self._now()
        with self._transactions.begin() as transaction:
            for key, pace in ((network, OF_ADDRESS), (account, OF_ACCOUNT)):
                self._strike(transaction, key, pace, now)

    def _strike(self, transaction: Transaction, key: str, pace: Pace, now: datetime) -> None:
        counted = self._strikes.strike(transaction, key, now, now - pace.within)
        if counted.blocked_until is not None and counted.blocked_until > now:
            raise TooManyAttempts(counted.blocked_until, now)
        if counted.count == 1:
            self._strikes.sweep(transaction, now - OF_ACCOUNT.within)
        pause = pace.pause(counted.count)
        if pause:
            self._strikes.block(transaction, key, now + pause)

    def _refused(self, person: Person | None, visitor: Visitor) -> None:
        with self._transactions.begin() as transaction:
            subject = person.id if person else "unknown"
            self._tell(transaction, "session.refused", "system", subject, way="password", address=visitor.address)

    def _tell(self, transaction: Transaction, action: str, actor: str, subject: str, **details: str | int) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=Surface.APP, at=self._now(), details=details)
        self._audit.append(transaction, event)
