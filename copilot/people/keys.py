"""Keys of people: made, rotated and revoked, each change in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.errors import InvalidRequest, NotPermitted, UnknownKey, UnknownPerson
from copilot.people.caller import Caller
from copilot.people.key import Key, KeyStore, key_id, new_secret, secret_hash
from copilot.people.person import OWNER, Person, owner
from copilot.people.scope import Scope, scopes_of
from copilot.people.store import PeopleStore
from copilot.transaction import Transaction, Transactions

#: How long a rotated key goes on beside the new one, so that what uses it can be changed over.
GRACE = timedelta(hours=24)
_LONGEST_LABEL = 100


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key as it is shown, once."""

    secret: str
    key: Key


class KeyService:
    """Everybody keeps their own keys; those of others need `keys.manage`, those of the owner the owner."""

    def __init__(
        self,
        *,
        store: KeyStore,
        people: PeopleStore,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._people = people
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def keys(self, caller: Caller, person: str | None = None) -> Sequence[Key]:
        """Return the keys of a person; None: all that the caller may see, oldest first.

        Raises:
            NotPermitted: they are somebody else's.
        """
        if person is None and Scope.KEYS_MANAGE not in caller.scopes:
            person = caller.person.id
        if person not in (None, caller.person.id):
            caller.need(Scope.KEYS_MANAGE)
        return self._store.keys(person)

    def create(
        self,
        caller: Caller,
        person: str | None = None,
        *,
        label: str = "",
        scopes: frozenset[Scope] | None = None,
        expires_in: timedelta | None = None,
    ) -> NewKey:
        """Make a key; `scopes` None lets it do all that its person may, also what they may do later.

        Raises:
            UnknownPerson: nobody active has this id.
            InvalidRequest: the label is too long, there is no scope, or it would have expired already.
            NotPermitted: it is for somebody else, or may do more than the caller.
        """
        if len(label) > _LONGEST_LABEL or not label.isprintable():
            raise InvalidRequest(f"{label!r} cannot be a label. Give at most {_LONGEST_LABEL} characters in one line.")
        if scopes is not None and not scopes:
            raise InvalidRequest("A key without scopes opens nothing. Name some, or leave them out for all.")
        if expires_in is not None and expires_in <= timedelta(0):
            raise InvalidRequest("The key would have expired already. Give it a day or more.")
        holder = self._holder(caller, person or caller.person.id)
        self._only_what_the_caller_may(caller, scopes_of(holder) if scopes is None else scopes)
        now = self._now()
        with self._transactions.begin() as transaction:
            made = self._add(transaction, holder.id, label, scopes, now + expires_in if expires_in else None)
            self._tell(transaction, "key.created", caller, made.key)
        return made

    def rotate(self, caller: Caller, id: str, grace: timedelta = GRACE) -> NewKey:
        """Make a key like this one, which goes on for the time of grace.

        Raises:
            UnknownKey: there is none that the caller may see.
            InvalidRequest: it opens nothing any more.
            NotPermitted: it may do more than the caller.
        """
        old, now = self._known(caller, id), self._now()
        if not old.opens(now):
            raise InvalidRequest(f"Key {id!r} opens nothing any more. Make a new one with `copilot keys create`.")
        if grace < timedelta(0):
            raise InvalidRequest("The time of grace cannot be negative. 0 ends the old key at once.")
        holder = self._holder(caller, old.person)
        self._only_what_the_caller_may(caller, scopes_of(holder) if old.scopes is None else old.scopes)
        ends = now + grace if old.expires_at is None else min(now + grace, old.expires_at)
        lasts = now + (old.expires_at - old.created_at) if old.expires_at else None
        with self._transactions.begin() as transaction:
            made = self._add(transaction, old.person, old.label, old.scopes, lasts)
            self._store.end_key(transaction, old.id, expires_at=ends)
            self._tell(transaction, "key.rotated", caller, old, replaced_by=made.key.id)
        return made

    def revoke(self, caller: Caller, id: str) -> Key:
        """End a key at once; ending it again changes nothing.

        Raises:
            UnknownKey: there is none that the caller may see.
        """
        key = self._known(caller, id)
        if key.revoked_at is None:
            with self._transactions.begin() as transaction:
                self._store.end_key(transaction, key.id, revoked_at=self._now())
                self._tell(transaction, "key.revoked", caller, key)
        return self._store.key(id) or key

    def _known(self, caller: Caller, id: str) -> Key:
        key = self._store.key(id)
        mine = key is not None and key.person == caller.person.id
        if key is None or not (mine or Scope.KEYS_MANAGE in caller.scopes):
            raise UnknownKey(f"There is no key {id!r} of yours. `copilot keys list` shows them.")
        if not mine and key.person == OWNER:
            raise NotPermitted("Only the owner changes keys of the owner.")
        return key

    def _holder(self, caller: Caller, id: str) -> Person:
        if id != caller.person.id:
            caller.need(Scope.KEYS_MANAGE)
            if id == OWNER:
                raise NotPermitted("Only the owner makes keys of the owner.")
        person = owner() if id == OWNER else self._people.person(id)
        if person is None or not person.active:
            raise UnknownPerson(f"Nobody active has the id {id!r}. `copilot people list` shows everybody.")
        return person

    def _only_what_the_caller_may(self, caller: Caller, wanted: frozenset[Scope]) -> None:
        """A limited key must not make one that is less so; who is not limited may hand out what a role has."""
        beyond = sorted(wanted - caller.scopes) if caller.limited else []
        if beyond:
            raise NotPermitted(f"This key is limited and cannot make one for {beyond[0].value!r}. Use another key.")

    def _add(
        self,
        transaction: Transaction,
        person: str,
        label: str,
        scopes: frozenset[Scope] | None,
        expires_at: datetime | None,
    ) -> NewKey:
        secret = new_secret("copilot")
        hashed = secret_hash(secret)
        key = Key(
            id=key_id(hashed),
            person=person,
            created_at=self._now(),
            label=label,
            scopes=scopes,
            expires_at=expires_at,
        )
        self._store.add_key(transaction, hashed, key)
        return NewKey(secret=secret, key=key)

    def _tell(self, transaction: Transaction, action: str, caller: Caller, key: Key, **details: str) -> None:
        scopes = "all" if key.scopes is None else " ".join(sorted(key.scopes))
        self._audit.append(
            transaction,
            Event(
                action=action,
                actor=caller.person.id,
                subject=key.id,
                surface=caller.surface,
                at=self._now(),
                details={"person": key.person, "scopes": scopes, **details},
            ),
        )
