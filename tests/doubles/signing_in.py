"""Sessions, codes, passwords, failures and identities in memory; a hasher that costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from copilot.people.identity import Attempt, Identity
from copilot.people.one_time import CodeKind, OneTimeCode
from copilot.people.password import KeptPassword
from copilot.people.session import Session
from copilot.people.throttle import Strikes
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemorySessionStore:
    """Implements `SessionStore`."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def add(self, transaction: Transaction, session_hash: str, session: Session) -> None:
        """Keep a session."""
        self._sessions[session_hash] = session

    def find(self, session_hash: str) -> Session | None:
        """Return the session with this hash."""
        return self._sessions.get(session_hash)

    def of(self, person: str) -> Sequence[Session]:
        """Return the sessions of a person, the one that was used last first."""
        mine = sorted((one for one in self._sessions.values() if one.person == person), key=lambda one: one.id)
        return sorted(mine, key=lambda one: one.seen_at, reverse=True)

    def seen(self, id: str, at: datetime) -> None:
        """Remember when a session was used."""
        self._sessions = {
            name: replace(one, seen_at=at) if one.id == id else one for name, one in self._sessions.items()
        }

    def end(self, transaction: Transaction, id: str) -> bool:
        """End one."""
        return self._keep(lambda one: one.id != id) > 0

    def end_all(self, transaction: Transaction, person: str, but: str | None = None) -> int:
        """End all sessions of a person but one."""
        return self._keep(lambda one: one.person != person or one.id == but)

    def sweep(self, transaction: Transaction, opened_before: datetime, seen_before: datetime) -> None:
        """Forget those that were opened, or used last, before these moments."""
        self._keep(lambda one: one.opened_at >= opened_before and one.seen_at >= seen_before)

    def _keep(self, wanted: Callable[[Session], bool]) -> int:
        before = len(self._sessions)
        self._sessions = {name: one for name, one in self._sessions.items() if wanted(one)}
        return before - len(self._sessions)


class InMemoryCodeStore:
    """Implements `CodeStore`."""

    def __init__(self) -> None:
        self._codes: dict[str, OneTimeCode] = {}

    def add(self, transaction: Transaction, code_hash: str, code: OneTimeCode) -> None:
        """Keep a code, and forget those that expired before it was made."""
        self._codes = {name: one for name, one in self._codes.items() if one.expires_at >= code.made_at}
        self._codes[code_hash] = code

    def find(self, code_hash: str) -> OneTimeCode | None:
        """Return an open code."""
        return self._codes.get(code_hash)

    def use(self, transaction: Transaction, code_hash: str) -> OneTimeCode | None:
        """Take a code away and return it."""
        return self._codes.pop(code_hash, None)

    def of_kind(self, kind: CodeKind, now: datetime) -> Sequence[OneTimeCode]:
        """Return the codes of a kind that have not expired."""
        found = [one for one in self._codes.items() if one[1].kind is kind and one[1].expires_at > now]
        return [code for _, code in sorted(found, key=lambda one: (one[1].made_at, one[0]))]

    def end_all(self, transaction: Transaction, person: str, kind: CodeKind | None = None) -> int:
        """Take all codes of a person, or those of a kind, away."""
        gone = [name for name, one in self._codes.items() if one.person == person and kind in (None, one.kind)]
        for name in gone:
            del self._codes[name]
        return len(gone)


class InMemoryPasswordStore:
    """Implements `PasswordStore`."""

    def __init__(self) -> None:
        self._passwords: dict[str, KeptPassword] = {}

    def password(self, person: str) -> KeptPassword | None:
        """Return the password of a person."""
        return self._passwords.get(person)

    def with_password(self) -> frozenset[str]:
        """Return who has one."""
        return frozenset(self._passwords)

    def put(self, transaction: Transaction, password: KeptPassword) -> None:
        """Keep a password, in place of the one before."""
        self._passwords[password.person] = password

    def take_away(self, transaction: Transaction, person: str) -> bool:
        """Forget the password of a person."""
        return self._passwords.pop(person, None) is not None


class InMemoryStrikeStore:
    """Implements `StrikeStore`."""

    def __init__(self, database: InMemoryDatabase | None = None) -> None:
        self._database = database or InMemoryDatabase()

    def strike(self, transaction: Transaction, key: str, at: datetime, since: datetime) -> Strikes:
        """Count a failure, from 1 if the first was before `since`."""
        known, first = self._database.sign_in_failures.get(key, (Strikes(count=0, blocked_until=None), at))
        counted = replace(known, count=1) if first < since else replace(known, count=known.count + 1)
        self._database.sign_in_failures[key] = counted, at if first < since else first
        return counted

    def block(self, transaction: Transaction, key: str, until: datetime) -> None:
        """Let nobody try before this moment."""
        known, first = self._database.sign_in_failures[key]
        self._database.sign_in_failures[key] = replace(known, blocked_until=until), first

    def forgive(self, transaction: Transaction, key: str) -> None:
        """Take one failure back, and the pause."""
        if key in self._database.sign_in_failures and self._database.sign_in_failures[key][0].count:
            known, first = self._database.sign_in_failures[key]
            self._database.sign_in_failures[key] = Strikes(count=known.count - 1, blocked_until=None), first

    def clear(self, transaction: Transaction, key: str) -> None:
        """Forget all failures."""
        self._database.sign_in_failures.pop(key, None)

    def sweep(self, transaction: Transaction, first_before: datetime) -> None:
        """Forget what began before this moment."""
        self._database.sign_in_failures = {
            key: one for key, one in self._database.sign_in_failures.items() if one[1] >= first_before
        }


class InMemoryIdentityStore:
    """Implements `IdentityStore`."""

    def __init__(self) -> None:
        self._identities: dict[tuple[str, str], Identity] = {}

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Return the identity, if it is bound."""
        return self._identities.get((issuer, subject))

    def of(self, person: str) -> Sequence[Identity]:
        """Return the identities of a person, the oldest first."""
        return sorted((one for one in self._identities.values() if one.person == person), key=lambda one: one.bound_at)

    def bind(self, transaction: Transaction, identity: Identity) -> bool:
        """Keep an identity."""
        return self._identities.setdefault((identity.issuer, identity.subject), identity) is identity

    def used(self, transaction: Transaction, issuer: str, subject: str, at: datetime) -> None:
        """Remember when somebody signed in with it."""
        self._identities[issuer, subject] = replace(self._identities[issuer, subject], used_at=at)

    def release(self, transaction: Transaction, person: str, issuer: str) -> int:
        """Forget the identities of a person at a provider."""
        gone = [key for key, one in self._identities.items() if one.person == person and one.issuer == issuer]
        for key in gone:
            del self._identities[key]
        return len(gone)


class InMemoryAttemptStore:
    """Implements `AttemptStore`."""

    def __init__(self) -> None:
        self._attempts: dict[str, Attempt] = {}

    def begin(self, transaction: Transaction, state_hash: str, attempt: Attempt, now: datetime) -> None:
        """Keep an attempt, and forget those that expired."""
        self._attempts = {name: one for name, one in self._attempts.items() if one.expires_at >= now}
        self._attempts[state_hash] = attempt

    def finish(self, transaction: Transaction, state_hash: str) -> Attempt | None:
        """Take an attempt away and return it."""
        return self._attempts.pop(state_hash, None)


class PlainHasher:
    """Implements `PasswordHasher` without hiding anything; counts what it compared."""

    def __init__(self, version: int = 1) -> None:
        self.version = version
        self.compared = 0

    def hash(self, password: str) -> str:
        """Return the password with the parameters in front."""
        return f"{self.version}:{password}"

    def fits(self, hash: str, password: str) -> bool:
        """Tell whether this password was hashed."""
        self.compared += 1
        return hash.partition(":")[2] == password

    def outdated(self, hash: str) -> bool:
        """Tell whether it was made with other parameters than are used now."""
        return hash.partition(":")[0] != str(self.version)
