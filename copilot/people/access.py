"""Who is calling: by key, by session, or by the token of this run; and every way to sign in."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from copilot.audit.surface import Surface
from copilot.errors import NotPermitted, UnknownPerson
from copilot.people.caller import Caller, the_owner
from copilot.people.invitations import InvitationService
from copilot.people.key import KeyStore, new_secret, secret_hash
from copilot.people.keys import KeyService
from copilot.people.one_time import LIFE, CodeKind, CodeStore, OneTimeCode
from copilot.people.passwords import PasswordService
from copilot.people.person import OWNER, Person, owner
from copilot.people.scope import Scope, scopes_of
from copilot.people.session import Visitor, Way
from copilot.people.sessions import SessionService
from copilot.people.sign_on import SignOnService
from copilot.people.store import PeopleStore
from copilot.people.visitors import Visitors
from copilot.transaction import Transactions
from knowledge.errors import DatabaseBusy

#: The last use of a key is written at most this often: a busy key must not write with every request.
_USED_EVERY = timedelta(minutes=1)
_NOWHERE = Visitor()


class AccessService:
    """Answers who holds a credential; opens sessions from one-time links and keys.

    The other ways in stand beside: `passwords`, `invitations`, and `sign_on` where a provider is set up.
    """

    def __init__(
        self,
        *,
        store: KeyStore,
        people: PeopleStore,
        keys: KeyService,
        sessions: SessionService,
        codes: CodeStore,
        passwords: PasswordService,
        invitations: InvitationService,
        transactions: Transactions,
        sign_on: SignOnService | None = None,
        visitors: Visitors | None = None,
        configured_key: str | None = None,
        public_address: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`public_address` is the one that people know, ending in `/`; None: that which they came by."""
        self._store = store
        self._people = people
        self._keys = keys
        self.sessions = sessions
        self.passwords = passwords
        self.invitations = invitations
        self.sign_on = sign_on
        self._codes = codes
        self._transactions = transactions
        self.visitors = visitors
        self._configured_key = configured_key
        self.public_address = public_address
        self._now = now
        self.run_token = new_secret("run")

    def first_key(self) -> str | None:
        """Make the owner's key when there is none yet and return it, once; afterwards None."""
        if self._configured_key is not None or self._store.has_keys():
            return None
        return self._keys.create(the_owner(Surface.CLI)).secret

    def caller_of_key(self, key: str) -> Caller | None:
        """Return who holds a key or the token of this run; None when it opens nothing, or not any more."""
        if hmac.compare_digest(key.encode(), self.run_token.encode()):
            return the_owner(Surface.CLI)
        if self._configured_key is not None and hmac.compare_digest(key.encode(), self._configured_key.encode()):
            return the_owner(Surface.HTTP)
        found, now = self._store.find_key(secret_hash(key)), self._now()
        if found is None or not found.opens(now):
            return None
        caller = self._caller(found.person, Surface.HTTP, found.scopes)
        if caller is not None and (found.last_used_at is None or now - found.last_used_at >= _USED_EVERY):
            with suppress(DatabaseBusy):  # a note for people; nobody is kept out for it
                self._store.used(found.id, now)
        return caller

    def caller_of_session(self, session: str) -> Caller | None:
        """Return who holds a session."""
        person = self.sessions.holder(session)
        return self._caller(person, Surface.APP) if person is not None else None

    def new_link_code(self, caller: Caller, person: str | None = None) -> str:
        """Return a code for one sign-in within the hour, of the caller or, by an admin, of somebody else.

        Raises:
            NotPermitted: the caller's key is limited, a session would not be; or it is for somebody else.
            UnknownPerson: nobody active has this id.
        """
        holder = person or caller.person.id
        if caller.limited:
            raise NotPermitted("A limited key makes no sign-in links: a session may do all that its person may.")
        if holder != caller.person.id:
            caller.need(Scope.KEYS_MANAGE)
            if holder == OWNER:
                raise NotPermitted("Only the owner makes sign-in links for the owner.")
        if self._caller(holder, Surface.APP) is None:
            raise UnknownPerson(f"Nobody active has the id {holder!r}. `copilot people list` shows everybody.")
        code, now = new_secret("login"), self._now()
        kept = OneTimeCode(
            kind=CodeKind.LINK,
            person=holder,
            made_by=caller.person.id,
            made_at=now,
            expires_at=now + LIFE[CodeKind.LINK],
        )
        with self._transactions.begin() as transaction:
            self._codes.add(transaction, secret_hash(code), kept)
        return code

    def redeem_link(self, code: str, visitor: Visitor = _NOWHERE) -> str | None:
        """Exchange a link code, which is then used up, for a session; None when it is no longer good."""
        hashed = secret_hash(code)
        found = self._codes.find(hashed)
        if found is None or found.kind is not CodeKind.LINK:
            return None
        with self._transactions.begin() as transaction:
            used = self._codes.use(transaction, hashed)
            if used is None or used.expires_at <= self._now() or self._caller(used.person, Surface.APP) is None:
                return None
            return self.sessions.open(transaction, used.person, Way.LINK, visitor).secret

    def sign_in(self, key: str, visitor: Visitor = _NOWHERE) -> str | None:
        """Exchange a key for a session; neither the token of this run, which is for programs, nor a limited key."""
        caller = None if hmac.compare_digest(key.encode(), self.run_token.encode()) else self.caller_of_key(key)
        if caller is None or caller.limited:
            return None
        with self._transactions.begin() as transaction:
            return self.sessions.open(transaction, caller.person.id, Way.KEY, visitor).secret

    def _caller(self, id: str, surface: Surface, only: frozenset[Scope] | None = None) -> Caller | None:
        person: Person | None = owner() if id == OWNER else self._people.person(id)
        if person is None or not person.active:
            return None
        scopes = scopes_of(person)
        return Caller(person=person, scopes=scopes if only is None else scopes & only, surface=surface)
