"""A loopback 企业微信: tokens, tickets, sign-in codes and customers, in the shapes of its developer pages."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CORP, AGENT, SECRET = "ww1234567890abcdef", "1000002", "secret-of-the-agent"
#: A JS-SDK that knows one chat: who it is with, and what was put into its box.
SDK = """
window.ww = {
  put: [],
  register(given) { this.given = given; },
  async getContext() {
    const signed = [this.given.getConfigSignature(location.href), this.given.getAgentConfigSignature(location.href)];
    const told = { ...signed[0], agent: signed[1].signature, url: location.href };
    document.documentElement.dataset.signed = JSON.stringify(told);
    return { entry: window.wwEntry ?? "single_chat_tools" };
  },
  async getCurExternalContact() { return { userId: "wmCustomer1" }; },
  async sendChatMessage(message) {
    this.put.push(message);
    document.documentElement.dataset.put = JSON.stringify(this.put);
  },
};
"""


@dataclass
class WeComLoopback:
    """What it knows; `requests` are the paths that were asked for, in order."""

    codes: dict[str, str] = field(default_factory=lambda: {"good-code": "zhangsan"})
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)  #: the newest is the good one
    down: bool = False
    garbled: bool = False
    errcodes: dict[str, int] = field(default_factory=dict)  #: path → what it answers instead
    port: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self.port}"

    def expire(self) -> None:
        """End all tokens before their time, as 企业微信 may."""
        self.tokens.append("a token that nobody was given")

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return self.requests.count(path)

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """Answer one request."""
        with self._lock:
            self.requests.append(path)
            if path in self.errcodes:
                return {"errcode": self.errcodes[path], "errmsg": f"not allowed, hint: {query}"}
            if path == "/cgi-bin/gettoken":
                return self._token(query)
            if query.get("access_token") != (self.tokens or [""])[-1]:
                return {"errcode": 42001, "errmsg": "access_token expired"}
            if path == "/cgi-bin/get_jsapi_ticket":
                return {"errcode": 0, "errmsg": "ok", "ticket": "ticket-of-the-company", "expires_in": 7200}
            if path == "/cgi-bin/ticket/get" and query.get("type") == "agent_config":
                return {"errcode": 0, "errmsg": "ok", "ticket": "ticket-of-the-agent", "expires_in": 7200}
            if path == "/cgi-bin/auth/getuserinfo":
                member = self.codes.pop(query.get("code", ""), None)
                return (
                    {"errcode": 0, "errmsg": "ok", "userid": member}
                    if member
                    else {"errcode": 40029, "errmsg": "invalid code"}
                )
            if path == "/cgi-bin/externalcontact/get":
                found = self.customers.get(query.get("external_userid", ""))
                return (
                    {"errcode": 0, "errmsg": "ok", **found}
                    if found
                    else {"errcode": 84061, "errmsg": "not external contact"}
                )
            return {"errcode": 40066, "errmsg": "invalid url"}

    def _token(self, query: dict[str, str]) -> dict[str, Any]:
        if (query.get("corpid"), query.get("corpsecret")) != (CORP, SECRET):
            return {"errcode": 40001, "errmsg": f"invalid credential {query.get('corpsecret')}"}
        self.tokens.append(f"token-{len(self.tokens)}")
        return {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}


@contextmanager
def wecom_loopback() -> Iterator[WeComLoopback]:
    """Serve one until the end of the block."""
    known = WeComLoopback()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if known.down:
                self.close_connection = True
                return None
            if parts.path == "/sdk.js":
                return self._send(SDK.encode(), "text/javascript")
            if parts.path == "/authorize":
                return self._sign_in(parse_qs(parts.query))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            told = known.answer(parts.path, query)
            return self._send(b"<html>" if known.garbled else json.dumps(told).encode(), "application/json")

        def _sign_in(self, query: dict[str, list[str]]) -> None:
            code = next(iter(known.codes), "")
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri'][0]}?code={code}&state={query['state'][0]}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
