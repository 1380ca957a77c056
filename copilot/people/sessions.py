"""Sessions opened, shown to their person and ended, each change in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import NotPermitted, UnknownSession
from copilot.people.caller import Caller
from copilot.people.key import key_id, new_secret, secret_hash
from copilot.people.person import OWNER
from copilot.people.scope import Scope
from copilot.people.session import Session, SessionLimits, SessionStore, Visitor, Way
from copilot.transaction import Transaction, Transactions
from knowledge.errors import DatabaseBusy

#: The last use is written at most this often: not every picture of a page is a reason to write.
_SEEN_EVERY = timedelta(minutes=1)
_LONGEST_BROWSER = 300


@dataclass(frozen=True, kw_only=True)
class NewSession:
    """A session as its browser keeps it."""

    secret: str
    session: Session


class SessionService:
    """Everybody sees and ends their own sessions; those of others need `keys.manage`."""

    def __init__(
        self,
        *,
        store: SessionStore,
        transactions: Transactions,
        audit: AuditLog,
        limits: SessionLimits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._transactions = transactions
        self._audit = audit
        self.limits = limits or SessionLimits()
        self._now = now

    def open(self, transaction: Transaction, person: str, way: Way, visitor: Visitor) -> NewSession:
        """Open a session under a fresh name; the one that the browser came with ends (session fixation)."""
        now = self._now()
        self._store.sweep(transaction, now - self.limits.longest, now - self.limits.idle)
        if visitor.session is not None:
            self._store.end(transaction, id_of(visitor.session))
        secret = new_secret("session")
        session = Session(
            id=id_of(secret),
            person=person,
            way=way,
            browser=visitor.browser[:_LONGEST_BROWSER],
            opened_at=now,
            seen_at=now,
        )
        self._store.add(transaction, secret_hash(secret), session)
        self._tell(transaction, "session.opened", person, session.id, way=way.value, address=visitor.address)
        return NewSession(secret=secret, session=session)

    def holder(self, secret: str) -> str | None:
        """Return whose session this is, if it is open, and remember that it was used."""
        found, now = self._store.find(secret_hash(secret)), self._now()
        if found is None or not found.open(now, self.limits):
            return None
        if now - found.seen_at >= _SEEN_EVERY:
            with suppress(DatabaseBusy):  # a note for people; nobody is kept out for it
                self._store.seen(found.id, now)
        return found.person

    def sessions(self, caller: Caller, person: str | None = None) -> Sequence[Session]:
        """Return the open sessions of the caller or, for who manages keys, of somebody else.

        Raises:
            NotPermitted: they are somebody else's.
        """
        whose = self._whose(caller, person)
        return [one for one in self._store.of(whose) if one.open(self._now(), self.limits)]

    def end(self, caller: Caller, id: str) -> None:
        """End a session of the caller's.

        Raises:
            UnknownSession: there is none of theirs.
            NotPermitted: they came by a limited key.
        """
        whose = self._whose(caller, None)
        if id not in {one.id for one in self._store.of(whose)}:
            raise UnknownSession(f"There is no session {id!r} of yours. It may have ended already.")
        with self._transactions.begin() as transaction:
            if self._store.end(transaction, id):
                self._tell(transaction, "session.ended", whose, id)

    def end_all(self, caller: Caller, person: str | None = None, *, but: str | None = None) -> int:
        """End all sessions of the caller or, for who manages keys, of somebody else; `but` is a session that goes on.

        Raises:
            NotPermitted: they are somebody else's, or the caller came by a limited key.
        """
        whose = self._whose(caller, person)
        with self._transactions.begin() as transaction:
            ended = self._store.end_all(transaction, whose, id_of(but) if but else None)
            if ended:
                self._tell(transaction, "session.all_ended", caller.person.id, whose, sessions=ended)
        return ended

    def end_of(self, transaction: Transaction, person: str) -> int:
        """End all sessions of a person along with something else; returns how many."""
        return self._store.end_all(transaction, person)

    def sign_out(self, secret: str) -> None:
        """End the session of a browser; one that has ended already changes nothing."""
        found = self._store.find(secret_hash(secret))
        if found is None:
            return
        with self._transactions.begin() as transaction:
            if self._store.end(transaction, found.id):
                self._tell(transaction, "session.ended", found.person, found.id)

    def _whose(self, caller: Caller, person: str | None) -> str:
        whose = person or caller.person.id
        if whose != caller.person.id:
            caller.need(Scope.KEYS_MANAGE)
            if whose == OWNER:
                raise NotPermitted("Only the owner sees and ends sessions of the owner.")
        elif caller.limited:
            raise NotPermitted("A limited key neither sees nor ends sessions. Sign in, or use another key.")
        return whose

    def _tell(self, transaction: Transaction, action: str, actor: str, subject: str, **details: str | int) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=Surface.APP, at=self._now(), details=details)
        self._audit.append(transaction, event)


def id_of(secret: str) -> str:
    """Return the id of a session."""
    return key_id(secret_hash(secret))
