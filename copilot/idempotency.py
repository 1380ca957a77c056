"""Keys with which a client may send a request twice and have it done once (the HTTP header `Idempotency-Key`)."""

from __future__ import annotations

from copilot.errors import InvalidRequest

_LONGEST = 200


def checked_key(key: str) -> str:
    """Return the key.

    Raises:
        InvalidRequest: it is empty, too long or cannot be printed.
    """
    if not 0 < len(key) <= _LONGEST or not key.isprintable():
        raise InvalidRequest(f"The idempotency key {key[:40]!r} is not 1 to {_LONGEST} printable characters.")
    return key
