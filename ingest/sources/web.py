"""A web page, or the pages that a sitemap lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ingest.errors import DamagedFile, IngestError, TooManyPages, UnexpectedReply, UnknownSource
from ingest.source import Item
from ingest.sources.media_types import media_of
from ingest.sources.sitemap import Sitemap, may_be_sitemap, read_sitemap
from ingest.sources.web_site import Reach, Site
from knowledge.document import content_hash
from knowledge.guarded_http import Reply
from knowledge.web_address import spelled

_LONGEST_VALIDATOR = 200
_ETAG, _MODIFIED = "etag ", "modified "


class WebSource:
    """Implements `RemoteSource`; a fingerprint is the hash of the bytes and what the site calls this state of them.

    Whatever cannot be listed is an item too, and looking at it tells why.
    """

    def __init__(self, address: str, reach: Reach) -> None:
        """Nothing is asked for yet.

        Raises:
            UnknownSource: it is no address.
        """
        try:
            self.origin = spelled(address)
        except ValueError as error:
            raise UnknownSource(
                f"{address[:200]!r} is no address of a page. Give http(s)://host/path, without name and password."
            ) from error
        self._site = Site(self.origin, reach)
        self._limits = reach.limits
        self._failures: dict[str, IngestError] = {}
        self._bodies: dict[str, bytes] = {}  #: of items that were looked at and not fetched yet
        self._read: dict[str, Reply] = {}  #: what was taken for a sitemap and is a page
        self.complete = False

    def discover(self) -> Iterator[Item]:
        """Yield the page, or the pages of the sitemap in its order, then what could not be listed."""
        self._failures.clear()
        self.complete = False  # a page by itself says that it is gone; nothing else can vanish
        pages = [self.origin]
        if may_be_sitemap(self.origin):
            try:
                pages = self._listed()
            except IngestError as error:
                self._failures[self.origin] = error
        for page in pages:
            yield Item(source=page, fingerprint="", media="", url=page)

    def look(self, item: Item, known: str) -> Item:
        """Ask for the page, unless it is as it was."""
        if item.source in self._failures:
            raise self._failures[item.source]
        reply = self._read.pop(item.source, None) or self._site.get(item.source, _conditions(known))
        if reply.status == 304:
            return replace(item, fingerprint=known)
        media = media_of(item.source, reply.headers.get("content-type", ""))
        seen = replace(item, fingerprint=_fingerprint(reply), media=media)
        if seen.fingerprint != known:
            self._bodies[item.source] = reply.body
        return seen

    def fetch(self, item: Item) -> bytes:
        """Return the page as it was looked at, or as it is now."""
        body = self._bodies.pop(item.source, None)
        return self._site.get(item.source).body if body is None else body

    def _listed(self) -> list[str]:
        reply = self._site.get(self.origin)
        sitemap = self._sitemap(self.origin, reply)
        if sitemap is None:
            self._read[self.origin] = reply
            return [self.origin]
        self.complete = True
        pages = _pages(sitemap)
        for name in sitemap.sitemaps[: self._limits.pages]:
            if len(pages) > self._limits.pages:
                break
            try:
                pages |= _pages(self._inner(name))
            except IngestError as error:
                self._not_listed(name, error)
        if len(pages) > self._limits.pages or len(sitemap.sitemaps) > self._limits.pages:
            many = f"{self.origin!r} lists more than {self._limits.pages} pages; the first ones are read, and none is "
            self._not_listed(
                self.origin, TooManyPages(many + "removed. Name one of its sitemaps, or raise COPILOT_WEB_MAX_PAGES.")
            )
        listed = dict(list(pages.items())[: self._limits.pages])
        self._failures |= {name: error for name, error in listed.items() if error}
        return list(dict.fromkeys([*listed, *self._failures]))

    def _not_listed(self, name: str, error: IngestError) -> None:
        self._failures[name] = error
        self.complete = False

    def _inner(self, name: str) -> Sitemap:
        try:
            url = spelled(name)
        except ValueError as error:
            raise UnexpectedReply(f"{name[:200]!r} is no address of a sitemap. Correct the index.") from error
        sitemap = self._sitemap(url, self._site.get(url))
        if sitemap is None or sitemap.sitemaps:
            raise DamagedFile(f"{url!r} is no sitemap of pages. Name it itself, or correct the index.")
        return sitemap

    def _sitemap(self, url: str, reply: Reply) -> Sitemap | None:
        return read_sitemap(url, reply.body, self._limits.bytes)


def _pages(sitemap: Sitemap) -> dict[str, IngestError | None]:
    """Return the addresses, each once, and what is wrong with those that are none."""
    pages: dict[str, IngestError | None] = {}
    for written in sitemap.pages:
        try:
            pages[spelled(written)] = None
        except ValueError:
            name = written[:200]
            pages[name] = UnexpectedReply(f"{name!r} is no address of a page. Correct the sitemap.")
    return pages


def _fingerprint(reply: Reply) -> str:
    for header, mark in (("etag", _ETAG), ("last-modified", _MODIFIED)):
        told = reply.headers.get(header, "").strip()
        if told and len(told) <= _LONGEST_VALIDATOR and told.isascii() and told.isprintable():
            return f"{content_hash(reply.body)} {mark}{told}"
    return content_hash(reply.body)


def _conditions(known: str) -> Mapping[str, str]:
    told = known.partition(" ")[2]
    if told.startswith(_ETAG):
        return {"If-None-Match": told.removeprefix(_ETAG)}
    if told.startswith(_MODIFIED):
        return {"If-Modified-Since": told.removeprefix(_MODIFIED)}
    return {}
