"""Port: the original bytes of what was ingested, kept beside the stored text."""

from __future__ import annotations

from typing import Protocol


class Originals(Protocol):
    """Bytes by their SHA-256; keeping the same bytes twice costs nothing."""

    def keep(self, data: bytes) -> str:
        """Store `data` durably and return its SHA-256 in hexadecimal."""
        ...

    def read(self, content_hash: str) -> bytes:
        """Return the bytes with this hash.

        Raises:
            KeyError: they were never kept.
        """
        ...
