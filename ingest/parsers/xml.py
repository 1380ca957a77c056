"""XML: feeds entry by entry, any other file as the text of its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.decoding import decode
from ingest.errors import DamagedFile, UnsafeFile
from ingest.parsers.characters import one_line, readable
from ingest.source import Item
from knowledge.document import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SUMMARY = ("encoded", "content", "description", "summary")


class XmlParser:
    """Implements `Parser` for .xml, .rss and .atom."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the text; nothing outside the file is ever read.

        Raises:
            UnsafeFile: it declares entities, which can blow up without bound or fetch other files.
            UnreadableText, DamagedFile: it cannot be read.
        """
        from lxml import etree

        text, warnings = decode(data)
        if not text.strip():
            return Document(source=item.source, title="", text="", warnings=warnings)
        if "<!ENTITY" in text:
            raise UnsafeFile(f"{item.source!r} declares entities of its own. Export it without them.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            root = etree.fromstring(_DECLARATION.sub("", text, count=1).strip(), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DamagedFile(f"{item.source!r} is no XML that can be read ({error}). Export it anew.") from error
        entries = [element for element in root.iter() if _name(element) in ("item", "entry")]
        title = next((one_line(e.text or "") for e in root.iter() if _name(e) == "title"), "") if entries else ""
        blocks = [f"# {title}" if title else "", *_feed(entries)] if entries else _elements(root)
        return Document(
            source=item.source, title=title, text="\n\n".join(b for b in blocks if b.strip()), warnings=warnings
        )


def _name(element: _Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _feed(entries: list[_Element]) -> Iterator[str]:
    for entry in entries:
        fields = {_name(child): "".join(child.itertext()) for child in reversed(entry)}
        yield f"## {one_line(fields.get('title', ''))}" if fields.get("title", "").strip() else ""
        yield _plain(next((fields[name] for name in _SUMMARY if fields.get(name, "").strip()), ""))
        notes = [one_line(fields[name]) for name in ("author", "pubDate", "updated", "link") if fields.get(name)]
        yield " · ".join(note for note in notes if note)


def _plain(markup: str) -> str:
    """Return the words of the HTML that a feed carries as text."""
    from lxml import etree, html

    if "<" not in markup:
        return readable(markup).strip()
    try:
        parts = html.fromstring(f"<div>{markup}</div>").itertext()
    except (etree.ParserError, ValueError):
        return readable(markup).strip()
    return "\n".join(line for part in parts if (line := one_line(part)))


def _elements(root: _Element) -> Iterator[str]:
    yield "\n".join(line for part in root.itertext() if (line := readable(part).strip()))
