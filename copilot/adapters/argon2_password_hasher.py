"""Passwords hashed with Argon2id."""

from __future__ import annotations

import threading

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

#: The second choice of RFC 9106 §4 takes 64 MiB and, on two shared cores, a third of a second; OWASP's minimum
#: (password storage cheat sheet) takes 19 MiB and 0.08 s, which a small machine can spend on strangers too.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Others wait: forty threads that hash would take 800 MB.
_AT_A_TIME = 4


class Argon2PasswordHasher:
    """Implements `PasswordHasher`."""

    def __init__(self, hasher: argon2.PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._turns = threading.BoundedSemaphore(_AT_A_TIME)

    def hash(self, password: str) -> str:
        """Return a hash that names its own parameters."""
        with self._turns:
            return self._hasher.hash(_bytes(password))

    def fits(self, hash: str, password: str) -> bool:
        """Tell whether this password was hashed; a hash that cannot be read fits none."""
        with self._turns:
            try:
                return self._hasher.verify(hash, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, hash: str) -> bool:
        """Tell whether it was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(hash)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
