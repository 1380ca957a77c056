"""A page of somebody else's, on another site, that shows an address in a frame as wide as a CRM's sidebar."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True, kw_only=True)
class FramingPage:
    """Served on `localhost`, which is another site than the `127.0.0.1` of the copilot."""

    port: int

    @property
    def origin(self) -> str:
        """Return what a browser calls it."""
        return f"http://localhost:{self.port}"

    def showing(self, address: str, width: int) -> str:
        """Return the address of the page that shows another."""
        return f"{self.origin}/?{urlencode({'src': address, 'width': width})}"


@contextmanager
def framing_page() -> Iterator[FramingPage]:
    """Serve it until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield FramingPage(port=server.server_address[1])
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        source, width = html.escape(query.get("src", ["about:blank"])[0]), query.get("width", ["320"])[0]
        body = (
            "<!doctype html><html lang=en><title>CRM</title><link rel=icon href=data:,>"
            "<style>body{margin:0}iframe{border:0}</style>"
            f'<iframe title="sidebar" width="{int(width)}" height="1600" src="{source}"></iframe>'
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
