"""Reads addresses of one site: politely, within limits, and nothing that it or our network would not have read."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

import httpcore
from protego import Protego

from ingest.errors import (
    AccessDenied,
    AddressNotAllowed,
    Gone,
    IngestError,
    OtherSite,
    RobotsDisallowed,
    TooLarge,
    TransientIngestError,
    UnexpectedReply,
)
from ingest.sources.compressed import inflated
from knowledge.guarded_http import AddressForbidden, Reply, Resolve, is_public, request, resolve
from knowledge.web_address import host_of, spelled

#: What sites call us in their robots.txt.
AGENT = "frontline-copilot"
_MOST_REDIRECTS = 5  # RFC 9309 asks for as many, for robots.txt
_MOST_ROBOTS = 512 * 1024  # RFC 9309 asks for 500 KiB
_MOVED = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})
_ACCEPTED = "text/html,application/xhtml+xml,application/pdf,text/markdown,text/plain;q=0.9,*/*;q=0.5"


def _nowhere(host: str, port: int) -> bool:
    del host, port
    return False


@dataclass(frozen=True, kw_only=True)
class WebLimits:
    """What reading a site may cost, us and it."""

    bytes: int = 20 << 20  #: of a page, and of what it unpacks to
    pages: int = 1_000  #: of a sitemap
    seconds: float = 30.0  #: of a request
    run_seconds: float = 3_600.0  #: of all requests to a site in one run, with the waits between them
    pause: float = 0.2  #: seconds between two requests
    longest_pause: float = 10.0  #: however much longer the site asks for


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How the web is reached; the same for all sites."""

    limits: WebLimits = WebLimits()
    inside: Callable[[str, int], bool] = _nowhere  #: whether a host may lie inside our network
    version: str = "1"
    trust: ssl.SSLContext | None = None  #: whom to believe who they are; None: whom the system believes
    resolve: Resolve = resolve
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class Site:
    """Scheme, host and port; one request at a time."""

    def __init__(self, url: str, reach: Reach) -> None:
        """`url` is any address of the site, in its one spelling."""
        self._site = _site(url)
        self._reach = reach
        self._limits = reach.limits
        # What the system believes takes a while to load, and means nothing without TLS.
        default = ssl.create_default_context if url.startswith("https:") else _nobody
        self._trust = reach.trust or default()
        self._inside = reach.inside(*host_of(url))
        self._one_at_a_time = threading.Lock()
        self._robots: Protego | IngestError | None = None
        self._spent = 0.0
        self._last: float | None = None

    def get(self, url: str, conditions: Mapping[str, str] | None = None) -> Reply:
        """Return what is at an address, unpacked: status 200, or 304 where `conditions` (headers) allow that.

        Raises:
            Gone: it is no longer there.
            TransientIngestError: no answer, or one that asks for patience.
            OtherSite, RobotsDisallowed, AddressNotAllowed, AccessDenied, TooLarge, UnexpectedReply: it is not read.
        """
        with self._one_at_a_time:
            self._check(url, url)
            reply = self._followed(url, conditions or {}, lambda target: self._check(url, target))
            return self._judged(url, reply, conditional=bool(conditions))

    def _check(self, named: str, url: str) -> None:
        """Refuse what is of another site, or what the site would not have read."""
        if _site(url) != self._site:
            raise OtherSite(
                f"{named!r} is on another site than {self._site!r}"
                if named == url
                else f"{named!r} leads to {url!r}, which is not on {self._site!r}. If that is wanted, name it."
            )
        if not self._rules().can_fetch(url, AGENT):
            raise RobotsDisallowed(
                f"{named!r} may not be read by programs: {self._site}/robots.txt says so. Ask the site to allow "
                f"{AGENT!r}, or save the page as a file."
            )

    def _rules(self) -> Protego:
        """Return what robots.txt says; where that cannot be read, nothing may be (RFC 9309)."""
        if self._robots is None:
            try:
                self._robots = self._read_robots()
            except IngestError as error:
                self._robots = error
        if isinstance(self._robots, IngestError):
            raise self._robots
        return self._robots

    def _read_robots(self) -> Protego:
        url = f"{self._site}/robots.txt"

        def same_site(target: str) -> None:
            if _site(target) != self._site:
                raise OtherSite(
                    f"{url!r} leads to {target!r}, another site; its rules are not known, so nothing is read."
                )

        reply = self._followed(url, {}, same_site)
        if reply.status in _LATER or reply.status >= 500:
            raise TransientIngestError(
                f"{url!r} answered {reply.status}; until it can be read, no page is. Ingest again."
            )
        text = self._unpacked(url, reply).body[:_MOST_ROBOTS] if 200 <= reply.status < 300 else b""
        return Protego.parse(text.decode("utf-8", "replace"))

    def _followed(self, url: str, conditions: Mapping[str, str], check: Callable[[str], None]) -> Reply:
        named = url
        for _ in range(_MOST_REDIRECTS + 1):
            reply = self._request(url, conditions)
            if reply.status not in _MOVED:
                return reply
            # Headers are bytes, and what is not ASCII in them is usually UTF-8.
            target = reply.headers.get("location", "").encode("latin-1").decode("utf-8", "replace")
            try:
                url = spelled(urljoin(url, target))
            except ValueError as error:
                raise UnexpectedReply(f"{named!r} leads to {target[:200]!r}, which is no address.") from error
            check(url)
        raise UnexpectedReply(f"{named!r} leads on more than {_MOST_REDIRECTS} times. Name the address where it ends.")

    def _request(self, url: str, conditions: Mapping[str, str]) -> Reply:
        left = self._limits.run_seconds - self._spent
        if left <= 0:
            raise TransientIngestError(
                f"{url!r} was not asked for: this run has spent {self._limits.run_seconds:g} seconds on "
                f"{self._site!r}. Ingest again to go on, or raise COPILOT_WEB_RUN_S."
            )
        begun = self._reach.clock()
        self._pause()
        try:
            return request(
                "GET",
                url,
                headers={
                    "Host": urlsplit(url).netloc,
                    "User-Agent": f"{AGENT}/{self._reach.version}",
                    "Accept": _ACCEPTED,
                    "Accept-Encoding": "gzip",
                    "Connection": "close",
                    **conditions,
                },
                permitted=lambda address: self._inside or is_public(address),
                most_bytes=self._limits.bytes,
                within_s=min(self._limits.seconds, left),
                trust=self._trust,
                resolve=self._reach.resolve,
                clock=self._reach.clock,
            )
        except AddressForbidden as error:
            raise AddressNotAllowed(
                f"The host of {url!r} has an address inside our network. If it is to be read, name it in "
                "COPILOT_WEB_ALLOWED."
            ) from error
        except (
            OSError,
            UnicodeError,
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
        ) as error:
            raise TransientIngestError(
                f"{url!r} does not answer as it should ({type(error).__name__}). Ingest again when it does."
            ) from error
        finally:
            self._last = self._reach.clock()
            self._spent += self._last - begun

    def _pause(self) -> None:
        asked = self._robots.crawl_delay(AGENT) if isinstance(self._robots, Protego) else None
        pause = min(max(self._limits.pause, asked or 0.0), self._limits.longest_pause)
        if self._last is not None and (rest := self._last + pause - self._reach.clock()) > 0:
            self._reach.sleep(rest)

    def _judged(self, url: str, reply: Reply, *, conditional: bool) -> Reply:
        status = reply.status
        if status == 200:
            return self._unpacked(url, reply)
        if status == 304 and conditional:
            return reply
        if status in (404, 410):
            raise Gone(f"{url!r} is not there: it answered {status}. Correct the address.")
        if status in _LATER or status >= 500:
            raise TransientIngestError(f"{url!r} answered {status}. Ingest again when it is well.")
        if status in (401, 402, 403, 407, 451):
            raise AccessDenied(f"{url!r} is not shown to us: it answered {status}. Save the page as a file instead.")
        raise UnexpectedReply(f"{url!r} answered {status}, which is no page. Open it in a browser to see what it is.")

    def _unpacked(self, url: str, reply: Reply) -> Reply:
        if not reply.whole:
            raise TooLarge(
                f"{url!r} has more than {self._limits.bytes} bytes. Leave it out, or raise COPILOT_WEB_MAX_BYTES."
            )
        packed = reply.headers.get("content-encoding", "identity").strip().lower()
        if packed in ("identity", ""):
            return reply
        if packed not in ("gzip", "x-gzip"):
            raise UnexpectedReply(f"{url!r} is packed as {packed!r}, which was not asked for. Tell the site.")
        return replace(reply, body=inflated(url, reply.body, self._limits.bytes))


def _nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
