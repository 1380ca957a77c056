"""A loopback receiver of webhooks that follows a script."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class WebhookReceiver:
    """Answers with `replies` in order, the last again and again; `drip_s` is waited between the bytes of a reply."""

    replies: list[tuple[int, Mapping[str, str]]] = field(default_factory=lambda: [(200, {})])
    drip_s: float = 0.0
    received: list[Received] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    tls: ssl.SSLContext | None = None  #: speaks TLS when set

    @property
    def url(self) -> str:
        """Address to send to."""
        return f"http://127.0.0.1:{self.port}/hook?from=copilot"

    def take(self, received: Received) -> tuple[int, Mapping[str, str]]:
        """Record a request and return its reply."""
        self.received.append(received)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Server(ThreadingHTTPServer):
    receiver: WebhookReceiver

    def finish_request(self, request: Any, client_address: Any) -> None:
        tls = self.receiver.tls
        if tls is None:
            super().finish_request(request, client_address)
            return
        with suppress(ssl.SSLError), tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)  # unless the client did not trust us


@contextmanager
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """Serve until the end of the block."""
    receiver = WebhookReceiver()
    server = _Server(("127.0.0.1", 0), _handler(receiver))
    server.receiver = receiver
    server.daemon_threads = False
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: WebhookReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra = receiver.take(Received(path=self.path, headers=headers, body=body))
            if receiver.drip_s:
                for sign in b"HTTP/1.0 200 OK\r\nX-Long: " + b"x" * 200:
                    if receiver.stopping.wait(receiver.drip_s):
                        return
                    try:
                        self.wfile.write(bytes([sign]))
                    except OSError:
                        return
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
