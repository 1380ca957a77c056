"""A loopback web site: pages by path, and a record of what was asked for."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Page:
    """What stands at a path; with an `etag` or `modified`, a conditional request is answered with 304."""

    body: bytes = b""
    status: int = 200
    media: str | None = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None
    endless: bool = False  #: the body is sent again and again
    drip_s: float | None = None  #: waited between the bytes of the body


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    status: int


@dataclass
class WebServer:
    """Whatever has no page is answered with 404."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Address of a path."""
        return f"http://{host}:{self.port}{path}"

    def sitemap(self, *paths: str, at: str = "/sitemap.xml") -> None:
        """List pages of this site."""
        self.pages[at] = Page(body=sitemap(*map(self.url, paths)), media="application/xml")

    @property
    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[Page, bool]:
        """Return the page, and whether the client has this state of it; records the request."""
        page = self.pages.get(path, Page(status=404, body=b"nothing here"))
        known = (page.etag and headers.get("if-none-match") == page.etag) or (
            page.modified and headers.get("if-modified-since") == page.modified
        )
        self.asked.append(Asked(path=path, headers=headers, status=304 if known else page.status))
        return page, bool(known)


def sitemap(*urls: str, root: str = "urlset", entry: str = "url") -> bytes:
    """Return a sitemap of `urls`, or with root `sitemapindex` and entry `sitemap` an index."""
    listed = "".join(f"<{entry}><loc>{url}</loc></{entry}>" for url in urls)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}'
        f"</{root}>"
    ).encode()


@contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Serve until the end of the block, with `tls` over TLS."""
    site = WebServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = False
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        site.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(site: WebServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, known = site.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(304 if known else page.status)
            told: dict[str, Any] = {"Content-Type": page.media, "ETag": page.etag, "Last-Modified": page.modified}
            if not page.endless:
                told["Content-Length"] = str(len(page.body))
            for name, value in (told | dict(page.headers)).items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # the client has had enough
                if not known:
                    self._send(page)

        def _send(self, page: Page) -> None:
            if page.endless:
                while not site.stopping.is_set():
                    self.wfile.write(page.body)
            elif page.drip_s is None:
                self.wfile.write(page.body)
            else:
                for sign in page.body:
                    if site.stopping.wait(page.drip_s):
                        return
                    self.wfile.write(bytes([sign]))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
