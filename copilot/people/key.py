"""Keys: random values of which only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.people.scope import Scope
from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Key:
    """What is known of a key; the key itself is known to its holder alone."""

    id: str  #: 12 characters, to speak of it; opens nothing
    person: str
    created_at: datetime
    label: str = ""  #: what it is for, in its holder's words
    scopes: frozenset[Scope] | None = None  #: None: all that the person may do
    expires_at: datetime | None = None
    last_used_at: datetime | None = None  #: to the minute
    revoked_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """Tell whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeyStore(Protocol):
    """Port: keys. Only hashes go in; changes with a transaction are the caller's to commit."""

    def has_keys(self) -> bool:
        """Tell whether any key was ever made."""
        ...

    def add_key(self, transaction: Transaction, key_hash: str, key: Key) -> None:
        """Keep a key."""
        ...

    def find_key(self, key_hash: str) -> Key | None:
        """Return the key with this hash, whether it opens or not."""
        ...

    def key(self, id: str) -> Key | None:
        """Return the key with this id."""
        ...

    def keys(self, person: str | None = None) -> Sequence[Key]:
        """Return the keys of a person, or of everybody, oldest first."""
        ...

    def end_key(
        self,
        transaction: Transaction,
        id: str,
        *,
        expires_at: datetime | None = None,
        revoked_at: datetime | None = None,
    ) -> None:
        """Let a key expire at a moment, or revoke it; what is None stays as it is."""
        ...

    def revoke_keys(self, transaction: Transaction, person: str, at: datetime) -> int:
        """Revoke all keys of a person that are not revoked yet; returns how many."""
        ...

    def used(self, id: str, at: datetime) -> None:
        """Remember when a key was used."""
        ...


def new_secret(prefix: str) -> str:
    """Return a fresh random value (256 bits), recognisable by its prefix when it turns up where it should not."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """Hash a random secret; 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_id(key_hash: str) -> str:
    """Return the id of a key: the beginning of its hash, which tells nothing of the key."""
    return key_hash[:12]
