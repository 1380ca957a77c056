"""Port: bytes → document."""

from __future__ import annotations

from typing import Protocol

from ingest.source import Item
from knowledge.document import Document


class Parser(Protocol):
    """Turns the bytes of one format into a document whose text is not cleaned yet."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the document; its text may be empty, which is reported as such.

        Raises:
            PermanentIngestError: these bytes are not what their name says, or are damaged.
        """
        ...
