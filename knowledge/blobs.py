"""Port: bytes by key, for what is kept beside the rows: originals, uploads, approved answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

#: Begins the last part of keys that are not complete yet; nobody lists them.
UNFINISHED = ".unfinished-"
#: What was put longer ago than this without being finished is of a process that died.
ABANDONED_S = 3600.0


@dataclass(frozen=True, kw_only=True)
class Blob:
    """What is known of stored bytes without reading them."""

    key: str
    size: int  #: bytes
    stamp: str  #: equal to last time means that the bytes are


class BlobStore(Protocol):
    """Keys are paths such as `uploads/手册.pdf`. Every blob is complete or absent, whoever reads it and whenever.

    Any method raises `BlobsUnavailable` when the store cannot be used right now.
    """

    @property
    def place(self) -> str:
        """Where it is, as a person writes it: a folder, or `s3://bucket/prefix`; without secrets."""
        ...

    def put(self, blobs: Sequence[tuple[str, BinaryIO]]) -> None:
        """Store durably, replacing what has these keys; whatever fails before all are there changes none of them."""
        ...

    def get(self, key: str) -> bytes:
        """Return the bytes as they were put.

        Raises:
            KeyError: there are none.
        """
        ...

    def has(self, key: str) -> bool:
        """Tell whether something has this key."""
        ...

    def delete(self, key: str) -> None:
        """Remove what has this key, if anything has."""
        ...

    def list(self, prefix: str) -> Iterator[Blob]:
        """Yield the finished blobs below a prefix that ends with `/`, in the order of their keys."""
        ...

    def recover(self, prefix: str, older_than_s: float = ABANDONED_S) -> None:
        """Remove what was left unfinished below a prefix; others may be putting blobs meanwhile."""
        ...
