"""People and keys in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from copilot.people.key import Key
from copilot.people.person import Person
from copilot.transaction import Transaction


class InMemoryPeopleStore:
    """Implements `PeopleStore`."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    def add(self, transaction: Transaction, person: Person, at: datetime) -> bool:
        """Keep somebody new."""
        return self._people.setdefault(person.id, person) is person

    def change(self, transaction: Transaction, person: Person) -> bool:
        """Put a person in place of the one with their id."""
        known = person.id in self._people
        if known:
            self._people[person.id] = person
        return known

    def person(self, id: str) -> Person | None:
        """Return one person."""
        return self._people.get(id)

    def people(self) -> Sequence[Person]:
        """Return everybody, by id."""
        return sorted(self._people.values(), key=lambda person: person.id)


class InMemoryKeyStore:
    """Implements `KeyStore`."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}

    def has_keys(self) -> bool:
        """Tell whether any key was ever made."""
        return bool(self._keys)

    def add_key(self, transaction: Transaction, key_hash: str, key: Key) -> None:
        """Keep a key."""
        self._keys[key_hash] = key

    def find_key(self, key_hash: str) -> Key | None:
        """Return the key with this hash."""
        return self._keys.get(key_hash)

    def key(self, id: str) -> Key | None:
        """Return the key with this id."""
        return next((key for key in self._keys.values() if key.id == id), None)

    def keys(self, person: str | None = None) -> Sequence[Key]:
        """Return the keys of a person, or of everybody, oldest first."""
        mine = [key for key in self._keys.values() if person in (None, key.person)]
        return sorted(mine, key=lambda key: (key.created_at, key.id))

    def end_key(
        self,
        transaction: Transaction,
        id: str,
        *,
        expires_at: datetime | None = None,
        revoked_at: datetime | None = None,
    ) -> None:
        """Let a key expire at a moment, or revoke it."""
        for name, key in self._keys.items():
            if key.id == id:
                self._keys[name] = replace(
                    key, expires_at=expires_at or key.expires_at, revoked_at=revoked_at or key.revoked_at
                )

    def revoke_keys(self, transaction: Transaction, person: str, at: datetime) -> int:
        """Revoke all keys of a person that are not revoked yet."""
        open_ones = [key for key in self._keys.values() if key.person == person and key.revoked_at is None]
        for key in open_ones:
            self.end_key(transaction, key.id, revoked_at=at)
        return len(open_ones)

    def used(self, id: str, at: datetime) -> None:
        """Remember when a key was used."""
        self._keys = {name: replace(k, last_used_at=at) if k.id == id else k for name, k in self._keys.items()}
