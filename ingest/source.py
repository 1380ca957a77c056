"""Port: where documents come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that can be fetched."""

    source: str  #: path relative to the folder, id of a record, or URL; unique within its origin
    fingerprint: str  #: cheap to get; equal to last time means unchanged, so the bytes need not be fetched
    media: str  #: what parser it wants: a file suffix such as ".md", or "record"
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
        """
        ...
