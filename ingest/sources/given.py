"""Items whose bytes are at hand: an edit that is tried, and the same edit when it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import BinaryIO

from ingest.source import Item, Source
from knowledge.document import content_hash


class GivenSource:
    """Implements `Source` for some items of an origin; the others of it have not vanished."""

    complete = False

    def __init__(self, origin: str, items: Mapping[Item, bytes]) -> None:
        self.origin = origin
        self._items = items

    def discover(self) -> Iterator[Item]:
        """Yield the items in the order they were given in."""
        return iter(self._items)

    def fetch(self, item: Item) -> bytes:
        """Return the bytes."""
        return next(data for one, data in self._items.items() if one.source == item.source)


class SelectedSource:
    """Implements `Source`: some items of another one, whose others have not vanished."""

    complete = False

    def __init__(self, source: Source, only: str) -> None:
        self.origin = source.origin
        self._source = source
        self._only = only

    def discover(self) -> Iterator[Item]:
        """Yield the item."""
        return (item for item in self._source.discover() if item.source == self._only)

    def fetch(self, item: Item) -> bytes:
        """Read the item."""
        return self._source.fetch(item)


class NotingSource:
    """Implements `Source`: another one, of which everything that was fetched is remembered.

    So what is published is what was tried, whatever happens to the files in between.
    """

    def __init__(self, source: Source) -> None:
        self.origin = source.origin
        self._source = source
        self._fetched: dict[Item, bytes] = {}

    @property
    def complete(self) -> bool:
        """Whether the other one is complete."""
        return self._source.complete

    def discover(self) -> Iterator[Item]:
        """Yield the items of the other one."""
        return self._source.discover()

    def fetch(self, item: Item) -> bytes:
        """Read an item, once."""
        if item not in self._fetched:
            self._fetched[item] = self._source.fetch(item)
        return self._fetched[item]

    def given(self) -> GivenSource:
        """Return what was fetched."""
        return GivenSource(self.origin, dict(self._fetched))

    def opened(self, name: str) -> BinaryIO:
        """Return what was fetched of an item, to be read.

        Raises:
            KeyError: nothing was.
        """
        return BytesIO({item.source: data for item, data in self._fetched.items()}[name])


def given_item(source: str, data: bytes, media: str) -> Item:
    """Describe bytes as an item."""
    return Item(source=source, fingerprint=content_hash(data), media=media)
