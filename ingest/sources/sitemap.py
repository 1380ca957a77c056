"""Sitemaps (sitemaps.org): which pages a site has."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

from ingest.errors import DamagedFile, UnsafeFile
from ingest.sources.compressed import MARK, inflated

_ROOTS = ("urlset", "sitemapindex")


@dataclass(frozen=True, kw_only=True)
class Sitemap:
    """Addresses as they are written, in their order, made absolute."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()  #: of an index


def may_be_sitemap(url: str) -> bool:
    """Tell by its name whether it is worth looking; pages are asked for only when their turn comes."""
    path = PurePosixPath(urlsplit(url).path)
    return path.suffix.lower() in (".xml", ".gz") or ("sitemap" in path.name.lower() and not path.suffix)


def read_sitemap(url: str, data: bytes, most_bytes: int) -> Sitemap | None:
    """Return the sitemap, packed or not; None for XML that is something else, such as a feed.

    Raises:
        TooLarge: it unpacks to more than `most_bytes`.
        UnsafeFile: it declares a document type, which no sitemap needs.
        DamagedFile: it is no whole XML: half a list must not pass for a short one.
    """
    from lxml import etree

    if data.startswith(MARK):
        data = inflated(url, data, most_bytes)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnsafeFile(f"{url!r} is no plain sitemap: it declares a document type. Name pages, or another sitemap.")
    found: dict[str, list[str]] = {"url": [], "sitemap": []}
    try:
        parsed = etree.iterparse(
            io.BytesIO(data), events=("end",), resolve_entities=False, no_network=True, load_dtd=False
        )
        for _, element in parsed:
            parent = element.getparent()
            if _name(element) == "loc" and parent is not None and (element.text or "").strip():
                found.get(_name(parent), []).append(urljoin(url, element.text.strip()))
            elif _name(element) in found:
                element.clear()  # keeps memory flat
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile(f"{url!r} is no sitemap that can be read ({error}). Nothing was removed.") from error
    if _name(parsed.root) not in _ROOTS:
        return None
    return Sitemap(pages=tuple(found["url"]), sitemaps=tuple(found["sitemap"]))


def _name(element: object) -> str:
    tag = getattr(element, "tag", None)
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
