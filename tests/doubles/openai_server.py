"""A loopback server that speaks the OpenAI chat completions protocol and follows a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ServerReply:
    """What one request gets: `content` as a completion, or `body` as it stands."""

    content: str | None = None
    body: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    held_s: float = 0  #: before the first byte; the end of the server cuts it short
    between_bytes_s: float = 0
    finish: str = "stop"
    breaks: bool = False  #: the connection is closed before the end of the reply
    waits_after: int | None = None  #: characters of a streamed reply, before the rest waits for `go_on`
    piece: int = 1  #: characters of a streamed reply that come at once


#: Between the pieces of a reply that waits.
_BETWEEN_PIECES_S = 0.001


def says(content: str | None, finish: str = "stop") -> ServerReply:
    """Answer with this text; None is how a model answers that only calls tools."""
    return ServerReply(content=content, finish=finish)


def breaks_off(content: str) -> ServerReply:
    """Say all of this when streamed, half of it otherwise, and close the connection before the reply has ended."""
    return ServerReply(content=content, breaks=True)


def waits(before: str, after: str) -> ServerReply:
    """Stream the first part, and the second once the test sets the server's `go_on`."""
    return ServerReply(content=before + after, waits_after=len(before))


def sends(body: bytes) -> ServerReply:
    """Answer 200 with bytes that need not be JSON."""
    return ServerReply(body=body)


def fails(status: int = 500, headers: Mapping[str, str] | None = None) -> ServerReply:
    """Answer with an HTTP error."""
    return ServerReply(body=b'{"error": {"message": "scripted failure"}}', status=status, headers=headers or {})


def hangs(seconds: float = 30) -> ServerReply:
    """Say nothing for this long."""
    return ServerReply(content="too late", held_s=seconds)


def drips(content: str, seconds_between_bytes: float) -> ServerReply:
    """Send the answer byte by byte, so that no single wait is long."""
    return ServerReply(content=content, between_bytes_s=seconds_between_bytes)


@dataclass(frozen=True, kw_only=True)
class ServerRequest:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]  #: names in lower case
    body: Mapping[str, Any]


class OpenAIServer:
    """Replies in order, the last one again and again; `requests` holds what came in."""

    def __init__(self, replies: Sequence[ServerReply]) -> None:
        self.requests: list[ServerRequest] = []
        self.hung_up = threading.Event()  #: set when a client goes away in the middle of a reply
        self.go_on = threading.Event()  #: releases a reply that waits
        self._replies = list(replies)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = False  # so that closing waits for the handlers
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Address to give a client."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def script(self, *replies: ServerReply) -> None:
        """Replace what is still to be said."""
        with self._lock:
            self._replies = list(replies)

    def take(self, request: ServerRequest) -> ServerReply:
        """Record a request and return its reply."""
        with self._lock:
            self.requests.append(request)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def pause(self, seconds: float) -> bool:
        """Wait; True as soon as the server is being closed."""
        return self._stopping.wait(seconds)

    def wait_to_go_on(self) -> None:
        """Wait until the test says so or the server is being closed."""
        while not self.go_on.wait(0.02) and not self._stopping.is_set():
            pass

    def close(self) -> None:
        """Stop, cutting short whatever is held."""
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def openai_server(*replies: ServerReply) -> Iterator[OpenAIServer]:
    """Serve until the end of the block."""
    server = OpenAIServer(replies or [says("好的。")])
    try:
        yield server
    finally:
        server.close()


def _handler(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """HTTP/1.0: every connection ends with its reply, so nothing is left open."""

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = ServerRequest(path=self.path, headers=headers, body=json.loads(raw))
            reply = server.take(request)
            if reply.held_s and server.pause(reply.held_s):
                return
            if self.path != "/v1/chat/completions":
                reply = fails(404)
            try:
                self._send(reply, request)
            except OSError:  # the client has given up, which is what some tests are about
                self.close_connection = True
                server.hung_up.set()

        def _send(self, reply: ServerReply, request: ServerRequest) -> None:
            streamed = bool(request.body.get("stream")) and reply.body is None
            parts = [reply.body] if reply.body is not None else _completion(reply, request, streamed=streamed)
            self.send_response(reply.status)
            self.send_header("content-type", "text/event-stream" if streamed else "application/json")
            self.send_header("content-length", str(sum(map(len, parts))))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.breaks:
                parts = parts[:-2] if streamed else [parts[0][: len(parts[0]) // 2]]
            for number, part in enumerate(parts):
                if streamed and number - 1 == reply.waits_after:
                    server.wait_to_go_on()
                # A reply that fits into the buffers of the connection is gone before a client can hang up on it.
                elif streamed and reply.waits_after is not None and server.pause(_BETWEEN_PIECES_S):
                    return
                if not reply.between_bytes_s:
                    self.wfile.write(part)
                    continue
                for byte in part:
                    self.wfile.write(bytes([byte]))
                    if server.pause(reply.between_bytes_s):
                        return

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    return Handler


def _completion(reply: ServerReply, request: ServerRequest, *, streamed: bool) -> list[bytes]:
    common = {"id": "completion-1", "created": 1, "model": request.body.get("model", "")}
    content = reply.content
    message = {"role": "assistant", "content": content}
    if not streamed:
        choice = {"index": 0, "finish_reason": reply.finish, "message": message}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return [json.dumps(common | {"object": "chat.completion", "choices": [choice], "usage": usage}).encode()]
    text = content or ""
    parts = [text[start : start + reply.piece] for start in range(0, len(text), reply.piece)]
    pieces = [{"role": "assistant", "content": ""}, *({"content": part} for part in parts), {}]
    events = [
        common
        | {
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": piece, "finish_reason": None if piece else reply.finish}],
        }
        for piece in pieces
    ]
    return [*(f"data: {json.dumps(event)}\n\n".encode() for event in events), b"data: [DONE]\n\n"]
