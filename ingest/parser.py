"""Port: bytes → document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ingest.source import Item
from knowledge.document import Document


@dataclass(frozen=True, kw_only=True)
class Part:
    """An item inside another one; `name` is a relative path without `..`, unique in its bundle."""

    name: str
    data: bytes = b""
    code: str | None = None  #: why its bytes could not be had; then there is a reason too
    reason: str | None = None
    above: tuple[str, ...] = ()  #: titles of the pages of its bundle that it lies under, outermost first


@dataclass(frozen=True, kw_only=True)
class Bundle(Document):
    """A document that carries others: an archive, whose own text is empty, or a mail with attachments."""

    parts: tuple[Part, ...] = ()


class Parser(Protocol):
    """Turns the bytes of one format into a document whose text is not cleaned yet."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the document, a `Bundle` if it carries others; its text may be empty, which is reported as such.

        Raises:
            PermanentIngestError: these bytes are not what their name says, or are damaged, or go beyond a limit.
            EmptyItem: there is no text, for a reason worth telling.
        """
        ...
