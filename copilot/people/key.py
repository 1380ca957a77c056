"""Keys and sessions: random values of which only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Protocol

SESSION_LENGTH = timedelta(days=14)


class KeyStore(Protocol):
    """Port: who holds which key or session. Only hashes go in."""

    def has_keys(self) -> bool:
        """Tell whether any key was ever made."""
        ...

    def add_key(self, key_hash: str, person: str, at: datetime) -> None:
        """Keep a key."""
        ...

    def person_of_key(self, key_hash: str) -> str | None:
        """Return the holder, if any."""
        ...

    def add_session(self, session_hash: str, person: str, expires_at: datetime) -> None:
        """Keep a session."""
        ...

    def person_of_session(self, session_hash: str, now: datetime) -> str | None:
        """Return the holder of a session that has not expired."""
        ...


def new_secret(prefix: str) -> str:
    """Return a fresh random value (256 bits), recognisable by its prefix when it turns up where it should not."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """Hash a random secret; 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(secret.encode()).hexdigest()
