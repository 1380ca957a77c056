"""Notion: pages as Markdown or HTML and databases as CSV, in files whose names end with the id of the page.

Which page lies under which is told by folders (`ingest.page_tree`). Links and pictures point at other files of the
export, by names full of percent signs: of a link its words stay, of a picture nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from ingest.errors import NavigationPage
from ingest.page_tree import has_page_id, page_title
from ingest.parser import Parser
from ingest.source import Item
from knowledge.document import Document

_MARKDOWN = frozenset({".md", ".markdown"})
_READ = _MARKDOWN | {".csv", ".html", ".htm"}
_LINK = re.compile(r"(?P<picture>!?)\[(?P<words>[^\[\]\n]*)\]\((?P<target>(?:[^()\n]|\([^()\n]*\))*)\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_FENCE = re.compile(r"^\s*(```|~~~)")
#: The frame of a highlighted paragraph.
_FRAME = re.compile(r"^\s*</?aside>\s*$")
_HREF = re.compile(rb"""<a\s[^>]*href=["']([^"'#?]+)""", re.IGNORECASE)


class NotionParser:
    """Implements `Parser` around one."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    def parse(self, item: Item, data: bytes) -> Document:
        """Return a page of Notion with its title and without links into the export.

        Raises:
            NavigationPage: it is the list of all pages.
        """
        if item.media == ".html" and _lists_pages(item, data):
            raise NavigationPage(f"{item.source!r} lists the pages of an export from Notion. Nothing was indexed.")
        document = self._parser.parse(item, data)
        if item.media not in _READ or not has_page_id(item.source):
            return document
        title = page_title(item.source) if item.media == ".csv" else document.title or page_title(item.source)
        text = _plain(document.text) if item.media in _MARKDOWN else document.text
        return replace(document, title=title, text=text)


def _plain(markdown: str) -> str:
    lines, code = [], False
    for line in markdown.split("\n"):
        code ^= _FENCE.match(line) is not None
        if not code and _FRAME.match(line):
            continue
        lines.append(line if code else _LINK.sub(_words, line))
    return "\n".join(lines)


def _words(link: re.Match[str]) -> str:
    if _ELSEWHERE.match(link["target"]):
        return link.group()
    return "" if link["picture"] else link["words"]


def _lists_pages(item: Item, data: bytes) -> bool:
    """Tell whether it is the index of an export, which links to pages by their ids and is none."""
    if PurePosixPath(item.source).name != "index.html":
        return False
    targets = [unquote(target.decode("utf-8", "replace")) for target in _HREF.findall(data)]
    return bool(targets) and sum(map(has_page_id, targets)) * 2 > len(targets)
