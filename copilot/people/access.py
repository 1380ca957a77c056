"""Who is calling: by key, by session, or by the token of this run."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from copilot.people.key import SESSION_LENGTH, KeyStore, new_secret, secret_hash
from copilot.people.person import OWNER

#: A sign-in link that nobody used in this time is dead.
_LINK_LIFE = timedelta(hours=1)


class AccessService:
    """Answers who holds a credential; opens sessions from one-time links."""

    def __init__(
        self,
        *,
        store: KeyStore,
        configured_key: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._configured_key = configured_key
        self._now = now
        self._lock = threading.Lock()
        self._links: dict[str, datetime] = {}
        self.run_token = new_secret("run")

    def first_key(self) -> str | None:
        """Make the owner's key when there is none yet and return it, once; afterwards None."""
        if self._configured_key is not None or self._store.has_keys():
            return None
        key = new_secret("copilot")
        self._store.add_key(secret_hash(key), OWNER, self._now())
        return key

    def person_of_key(self, key: str) -> str | None:
        """Return who holds a key or the token of this run."""
        if hmac.compare_digest(key.encode(), self.run_token.encode()):
            return OWNER
        if self._configured_key is not None and hmac.compare_digest(key.encode(), self._configured_key.encode()):
            return OWNER
        return self._store.person_of_key(secret_hash(key))

    def person_of_session(self, session: str) -> str | None:
        """Return who holds a session."""
        return self._store.person_of_session(secret_hash(session), self._now())

    def new_link_code(self) -> str:
        """Return a code for one sign-in within the hour."""
        code = new_secret("login")
        with self._lock:
            self._links[secret_hash(code)] = self._now() + _LINK_LIFE
        return code

    def redeem_link(self, code: str) -> str | None:
        """Exchange a link code, which is then used up, for a session; None when it is no longer good."""
        with self._lock:
            valid_until = self._links.pop(secret_hash(code), None)
        return self._open_session(OWNER) if valid_until is not None and valid_until > self._now() else None

    def sign_in(self, key: str) -> str | None:
        """Exchange a key for a session; the token of this run is for programs and opens none."""
        person = None if hmac.compare_digest(key.encode(), self.run_token.encode()) else self.person_of_key(key)
        return self._open_session(person) if person is not None else None

    def _open_session(self, person: str) -> str:
        session = new_secret("session")
        self._store.add_session(secret_hash(session), person, self._now() + SESSION_LENGTH)
        return session
