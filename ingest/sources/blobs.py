"""What lies below a prefix of a blob store: uploads and approved answers, wherever they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from ingest.errors import TransientIngestError
from ingest.page_tree import pages_above
from ingest.source import Item
from ingest.sources.folder import printable, skipped
from knowledge.blobs import BlobStore
from knowledge.errors import BlobsUnavailable


class BlobSource:
    """Implements `Source`; the fingerprint of a blob is its stamp."""

    def __init__(self, blobs: BlobStore, prefix: str, *, origin: str) -> None:
        self._blobs = blobs
        self._prefix = prefix
        self.origin = origin
        self._keys: dict[str, str] = {}
        self.complete = True  # a store that cannot be listed raises, and nothing is taken for vanished

    def discover(self) -> Iterator[Item]:
        """Yield blobs in the order of their keys; hidden ones are left out."""
        items = [
            self._item(blob.key, blob.stamp)
            for blob in self._blobs.list(self._prefix)
            if not any(skipped(part) for part in blob.key.removeprefix(self._prefix).split("/"))
        ]
        above = pages_above(item.source for item in items)
        for item in items:
            yield replace(item, above=above[item.source])

    def fetch(self, item: Item) -> bytes:
        """Read a blob."""
        try:
            return self._blobs.get(self._keys.get(item.source, self._prefix + item.source))
        except (KeyError, OSError, BlobsUnavailable) as error:
            reason = error.message if isinstance(error, BlobsUnavailable) else type(error).__name__
            raise TransientIngestError(
                f"{item.source!r} cannot be read: {reason}. Ingest again when it can."
            ) from error

    def _item(self, key: str, stamp: str) -> Item:
        name = printable(key.removeprefix(self._prefix))
        self._keys[name] = key
        return Item(source=name, fingerprint=stamp, media=PurePosixPath(name).suffix.lower())
