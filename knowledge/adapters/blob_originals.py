"""Original bytes as blobs named by their hash, two levels deep."""

from __future__ import annotations

import io
import re

from knowledge.blobs import BlobStore
from knowledge.document import content_hash
from knowledge.errors import BlobsUnavailable

#: The prefix of their keys.
ORIGINALS = "originals/"
_HASH = re.compile(r"[0-9a-f]{64}")


class BlobOriginals:
    """Implements `Originals`."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def keep(self, data: bytes) -> str:
        """Put bytes that are not there yet."""
        name = content_hash(data)
        if not self._blobs.has(_key(name)):
            self._blobs.put([(_key(name), io.BytesIO(data))])
        return name

    def read(self, hash: str) -> bytes:
        """Return the bytes with this hash.

        Raises:
            BlobsUnavailable: the bytes there are others by now.
        """
        if not _HASH.fullmatch(hash):
            raise KeyError(hash)
        data = self._blobs.get(_key(hash))
        if content_hash(data) != hash:
            raise BlobsUnavailable(
                f"{_key(hash)!r} in {self._blobs.place} is damaged: its bytes have another checksum. Restore it from a "
                "backup, or ingest its source again."
            )
        return data


def _key(name: str) -> str:
    return f"{ORIGINALS}{name[:2]}/{name}"
