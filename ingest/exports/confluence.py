"""Confluence: the HTML export of a space, one file per page, with a frame of navigation around the text of the page."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ingest.decoding import decode
from ingest.errors import NavigationPage
from ingest.parser import Parser
from ingest.source import Item
from knowledge.document import Document

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: Stand in every page of an export, and hardly together in any other.
_MARKS = (b'id="title-text"', b'id="main-content"')
#: Parts of the text that a program filled in: lists of pages and of headings, icons of notes and of people.
_FILLED_IN = (
    "toc-macro",
    "childpages-macro",
    "plugin_pagetree",
    "recently-updated",
    "contentbylabel",
    "confluence-information-macro-icon",
    "expand-control-icon",
)


class ConfluenceParser:
    """Implements `Parser` around one."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def parse(self, item: Item, data: bytes) -> Document:
        """Return a page of Confluence under the title it has there, with the pages above it as its context.

        Attachments and comments are no part of it: attachments are files of the export themselves.

        Raises:
            NavigationPage: it is the overview of the space.
        """
        if item.media not in (".html", ".htm") or not all(mark in data for mark in _MARKS):
            return self._parser.parse(item, data)
        from lxml import html  # here, because commands that read no HTML start faster without

        markup, warnings = decode(data)
        tree = html.fromstring(markup)
        content = tree.get_element_by_id("main-content", None)
        if content is None or "wiki-content" not in (content.get("class") or "").split():
            if PurePosixPath(item.source).name == "index.html":
                raise NavigationPage(f"{item.source!r} is the overview of a space of Confluence. Nothing was indexed.")
            return self._parser.parse(item, data)
        above = _breadcrumbs(tree)
        title = _title(tree, above)
        for name in _FILLED_IN:
            for element in content.find_class(name):
                element.drop_tree()
        body = html.tostring(content, encoding="unicode", with_tail=False)
        # An article is taken whole; of anything else, headings and tables may be taken for clutter.
        head, named = f"<head><title>{escape(title)}</title></head>", f"<h1>{escape(title)}</h1>"
        page = f"<html>{head}<body><article>{named}{body}</article></body></html>"
        document = self._parser.parse(item, page.encode("utf-8", "replace"))
        metadata = replace(document.metadata, context=" > ".join(above) or None)
        return replace(document, title=title, metadata=metadata, warnings=warnings + document.warnings)


def _breadcrumbs(tree: HtmlElement) -> list[str]:
    """Return the name of the space and the titles of the pages above, outermost first."""
    section = tree.get_element_by_id("breadcrumb-section", None)
    links = [] if section is None else section.iter("a")
    return [text for link in links if (text := " ".join(link.text_content().split()))]


def _title(tree: HtmlElement, above: list[str]) -> str:
    """Return the title without the name of the space, which the export puts in front."""
    element = tree.get_element_by_id("title-text", None)
    shown = "" if element is None else " ".join(element.text_content().split())
    return shown.removeprefix(f"{above[0]} : ") if above else shown.partition(" : ")[2] or shown
