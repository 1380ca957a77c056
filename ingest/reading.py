"""Bytes of an item → its document, cleaned; the first half of what a sync does with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ingest.cleaning import clean
from ingest.errors import TooLarge, UnsupportedFormat
from ingest.limits import Limits
from ingest.parser import Bundle, Parser
from ingest.source import Item
from knowledge.document import Document, Metadata
from knowledge.outline import title_of


class Reader:
    """Chooses the parser by the kind of the item, and cleans what it gives."""

    def __init__(self, parsers: Mapping[str, Parser], limits: Limits) -> None:
        self._parsers = parsers
        self.limits = limits

    def read(self, item: Item, data: bytes) -> Document:
        """Return the document with its title, its text being exactly what people are quoted from.

        Raises:
            PermanentIngestError: no parser takes it, or the one that does cannot read it.
            EmptyItem: there is no text, for a reason worth telling.
        """
        if len(data) > self.limits.bytes:
            raise TooLarge(
                f"{item.source!r} has {len(data)} bytes; {self.limits.bytes} are allowed. Split it, or raise "
                "COPILOT_PARSE_MAX_BYTES."
            )
        parser = self._parser(item)
        if not data:
            return Document(source=item.source, title="", text="")
        document = parser.parse(item, data)
        if item.url is not None:
            document = replace(document, metadata=replace(document.metadata, url=item.url))
        cleaned = clean(document.text, document.pages)
        return replace(
            document,
            title=document.title or title_of(cleaned.text, item.source),
            text=cleaned.text,
            metadata=_placed(document.metadata, item.above),
            pages=cleaned.pages,
            cuts=cleaned.cuts,
            warnings=document.warnings + cleaned.warnings,
        )

    def _parser(self, item: Item) -> Parser:
        parser = self._parsers.get(item.media)
        if parser is not None:
            return parser
        if item.media == ".jsonl":
            raise UnsupportedFormat(f"{item.source!r} holds records: ingest it by naming the file itself.")
        known = ", ".join(sorted(name for name in self._parsers if name.startswith(".")))
        raise UnsupportedFormat(
            f"{item.source!r} has the format {item.media or 'none'!r}; understood are {known} and .jsonl. "
            "Convert it, or leave it out."
        )


def _placed(metadata: Metadata, above: tuple[str, ...]) -> Metadata:
    """Say which pages a document lies under, unless it says so itself."""
    return metadata if metadata.context or not above else replace(metadata, context=" > ".join(above))


def searchable(document: Document) -> bool:
    """Tell whether a document is to be stored: it says something, or carries others that may."""
    return bool(document.text.strip()) or (isinstance(document, Bundle) and bool(document.parts))
