"""Port: where documents come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that can be fetched."""

    source: str  #: path relative to the folder, id of a record, or URL; unique within its origin
    fingerprint: str  #: cheap to get; equal to last time means unchanged, so the bytes need not be fetched
    media: str  #: what parser it wants: a file suffix such as ".md", or "record"
    url: str | None = None  #: where a reader can open it
    above: tuple[str, ...] = ()  #: titles of the pages it lies under, outermost first, where names tell (page_tree)


class Source(Protocol):
    """A folder, a file of records, a site."""

    @property
    def origin(self) -> str:
        """The name of this source; a sync removes only what vanished from the same origin."""
        ...

    @property
    def complete(self) -> bool:
        """Whether everything that is there was told apart; if not, nothing may be taken for vanished."""
        ...

    def discover(self) -> Iterator[Item]:
        """Yield every item, in a stable order."""
        ...

    def fetch(self, item: Item) -> bytes:
        """Return the bytes of an item.

        Raises:
            TransientIngestError: it cannot be read right now.
            Gone: a remote one is no longer there.
        """
        ...


@runtime_checkable
class RemoteSource(Source, Protocol):
    """A source that knows of its items only where they are until it asks for them: their fingerprints are empty."""

    def look(self, item: Item, known: str) -> Item:
        """Ask for an item and return it with its fingerprint and media; fetching it then costs nothing more.

        Args:
            item: as it was discovered.
            known: the fingerprint it had when it was last ingested, or "". One that comes back means unchanged.

        Raises:
            Gone: it is no longer there.
            TransientIngestError: it cannot be told right now.
            PermanentIngestError: it may not be read, or is not what it should be.
        """
        ...


def looked_at(source: Source, item: Item, known: str) -> Item:
    """Return an item as its source sees it now; most sources told everything when they discovered it."""
    return source.look(item, known) if not item.fingerprint and isinstance(source, RemoteSource) else item
