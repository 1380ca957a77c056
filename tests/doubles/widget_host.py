"""A page of somebody else's that embeds the chat: another origin, a strict policy, a back end that makes tokens."""

from __future__ import annotations

import html
import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

#: Nothing inline, nothing from anywhere else; scripts that make markup of text are refused as well.
STRICT = (
    "default-src 'none'; script-src {api}; connect-src 'self' {api}; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>青禾商城</title>
  <script type="module" src="{script}/widget.js"></script>
</head>
<body>
  <main>
    <h1>青禾商城</h1>
    <p>把门店搬到线上。<a href="/next?{query}">下一页</a></p>
    {element}
    <p>页脚</p>
  </main>
  {corner}
</body>
</html>
"""


class WidgetHost:
    """Serves `/?mode=&lang=&theme=…` (attributes of the element) and `/chat-token`."""

    def __init__(self, port: int = 0) -> None:
        self.api = ""  #: where the script is, and the chat talks to
        self.key = ""  #: what this back end makes tokens with
        self.visitor = "visitor-1"
        self.tokens = 0  #: how many were asked for
        self.broken: str | None = None  #: a token to hand out instead of a good one
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def origin(self) -> str:
        """Return where the page is."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def page(self, query: str) -> str:
        """Return the page; what the query names becomes attributes of the element."""
        given = dict(parse_qsl(query))
        api = given.setdefault("api", self.api)
        given.setdefault("token-url", "/chat-token")
        attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in given.items() if value)
        element = f"<copilot-chat{attributes}></copilot-chat>"
        corner = given.get("mode", "launcher") == "launcher"
        return _PAGE.format(
            lang="en" if given.get("lang") == "en" else "zh-Hans",
            script=api,
            query=html.escape(query),
            element="" if corner else element,
            corner=element if corner else "",
        )

    def policy(self, query: str) -> str:
        """Return the policy of that page."""
        return STRICT.format(api=dict(parse_qsl(query)).get("api", self.api))

    def token(self) -> tuple[int, bytes]:
        """Ask the copilot for a token, as a host's back end does."""
        self.tokens += 1
        if self.broken is not None:
            token, self.broken = self.broken, None
            return 200, json.dumps({"token": token}).encode()
        request = urllib.request.Request(  # an address of this machine
            f"{self.api}/v1/widget/tokens",
            json.dumps({"visitor": self.visitor}).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read()

    def close(self) -> None:
        """Stop."""
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@contextmanager
def widget_host(port: int = 0) -> Iterator[WidgetHost]:
    """Serve a page until the end of the block."""
    host = WidgetHost(port)
    try:
        yield host
    finally:
        host.close()


def _handler(host: WidgetHost) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the server's name for it
            parts = urlsplit(self.path)
            body = host.page(parts.query).encode()
            self._send(200, body, "text/html; charset=utf-8", {"Content-Security-Policy": host.policy(parts.query)})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = host.token()
            self._send(status, body, "application/json", {})

        def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
