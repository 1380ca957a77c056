"""HTML: the main text of a page as Markdown, so that its headings stay headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.decoding import decode
from ingest.errors import UnreadableText
from ingest.source import Item
from knowledge.document import Document

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SMALL = 1_000  # characters
_INVISIBLE = ("script", "style", "noscript", "template", "head")


class HtmlParser:
    """Implements `Parser` for .html and .htm."""

    def parse(self, item: Item, data: bytes) -> Document:
        """Extract the main content; a page too small for that gives all its visible text."""
        import trafilatura
        from lxml import etree, html  # here, because commands that read no HTML start faster without

        markup, warnings = decode(data)
        title = ""
        text = ""
        if markup.strip():
            try:
                tree = html.fromstring(_without_declaration(markup), parser=html.HTMLParser(huge_tree=True))
            except (etree.ParserError, ValueError) as error:
                raise UnreadableText(f"{item.source!r} holds no HTML that can be read ({error}).") from error
            title = " ".join((tree.findtext(".//title") or "").split())
            main = trafilatura.extract(
                markup, output_format="markdown", include_tables=True, include_comments=False, favor_recall=True
            )
            visible = _visible_text(tree)
            text = visible if _lost(main or "", visible) else main or ""
            if title and title not in " ".join(text.split()):
                text = f"# {title}\n\n{text}" if text.strip() else text
            if not text.strip() and re.sub(r"<[^>]*>", "", markup).strip() and "<script" not in markup:
                raise UnreadableText(f"{item.source!r} is nested too deeply to be read. Save the page's text instead.")
        return Document(source=item.source, title=title, text=text, warnings=warnings)


def _lost(main: str, visible: str) -> bool:
    """Tell whether a small page would lose more than it keeps: then there is hardly any clutter to leave out."""
    return not main or (len(visible) <= _SMALL and 2 * len("".join(main.split())) < len("".join(visible.split())))


def _without_declaration(markup: str) -> str:
    """Lxml refuses decoded text that still declares an encoding."""
    if markup.lstrip().startswith("<?xml"):
        return markup.lstrip().split("?>", 1)[-1]
    return markup


def _visible_text(tree: HtmlElement) -> str:
    for element in list(tree.iter(*_INVISIBLE)):
        element.drop_tree()
    return "\n".join(line for part in tree.itertext() if (line := " ".join(part.split())))
