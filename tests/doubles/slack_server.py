"""A loopback Slack: its Web API over real HTTP, with failures on request, and signed requests to an app."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.doubles.slack_world import BOT_USER, TEAM, Json, SlackError, SlackWorld

TOKEN = "xoxb-loopback-token"
SECRET = "loopback-signing-secret"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a call goes wrong."""

    status: int = 200
    error: str | None = None  #: `ok: false`
    retry_after: str | None = None
    held_s: float = 0.0  #: says nothing for so long; the end of the server cuts it short
    done: bool = False  #: it is carried out all the same: only the answer is lost


def busy(seconds: str = "1") -> Failure:
    """429 with Retry-After."""
    return Failure(status=429, error="ratelimited", retry_after=seconds)


def broken(*, done: bool = False) -> Failure:
    """500, before or after the call was carried out."""
    return Failure(status=500, done=done)


def hangs(seconds: float = 30.0, *, done: bool = False) -> Failure:
    """Say nothing."""
    return Failure(status=500, held_s=seconds, done=done)


def refuses(error: str) -> Failure:
    """`ok: false`."""
    return Failure(error=error)


class SlackServer:
    """Serves until closed. `fail` scripts the next calls of a method; `chaos` is asked for every other call."""

    def __init__(self, world: SlackWorld | None = None, port: int = 0) -> None:
        self.world = world or SlackWorld()
        self.chaos: Callable[[str], Failure | None] = lambda _: None
        self._scripted: defaultdict[str, deque[Failure]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def api_url(self) -> str:
        """What COPILOT_SLACK_API_URL is set to."""
        return f"{self.address}/api/"

    def fail(self, method: str, *failures: Failure) -> None:
        """Let the next calls of a method go wrong, one after the other."""
        with self._lock:
            self._scripted[method].extend(failures)

    def heal(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._scripted.clear()
        self.chaos = lambda _: None

    def failure(self, method: str) -> Failure | None:
        """Return how this call goes wrong, if it does."""
        with self._lock:
            scripted = self._scripted[method]
            return scripted.popleft() if scripted else self.chaos(method)

    def pause(self, seconds: float) -> None:
        """Wait, not longer than the server lives."""
        self._stopping.wait(seconds)

    def close(self) -> None:
        """Stop."""
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def slack_server(world: SlackWorld | None = None) -> Iterator[SlackServer]:
    """Serve until the end of the block."""
    server = SlackServer(world)
    try:
        yield server
    finally:
        server.close()


def _handler(server: SlackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """HTTP/1.0: every connection ends with its reply."""

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("content-length", 0))))

        def _serve(self, raw: bytes) -> None:
            parts = urlsplit(self.path)
            try:
                if parts.path.startswith("/response/") and (failure := server.failure("response")):
                    self._send(failure.status, b"")
                elif parts.path.startswith("/response/"):
                    server.world.respond(parts.path.removeprefix("/response/"), json.loads(raw))
                    self._send(200, b"ok")
                elif parts.path.startswith("/upload/"):
                    server.world.files.append({"content": raw.decode("utf-8", "replace")})
                    self._send(200, b"OK")
                elif parts.path.startswith("/api/"):
                    self._api(parts.path.removeprefix("/api/"), self._given(parts.query, raw))
                else:
                    self._send(404, b"")
            except SlackError as error:
                self._send(404, str(error).encode())
            except OSError:  # the client has given up
                self.close_connection = True

        def _given(self, query: str, raw: bytes) -> Json:
            given: Json = dict(parse_qsl(query))
            if "json" in self.headers.get("content-type", ""):
                return given | (json.loads(raw) if raw else {})
            return given | dict(parse_qsl(raw.decode()))

        def _api(self, method: str, given: Json) -> None:
            if self.headers.get("authorization") != f"Bearer {TOKEN}":
                self._json({"ok": False, "error": "invalid_auth"})
                return
            failure = server.failure(method)
            reply: Json = {"ok": False, "error": failure.error} if failure and failure.error else {}
            if failure is None or failure.done:
                reply = self._carried_out(method, given)
            if failure is None:
                self._json(reply)
                return
            server.pause(failure.held_s)
            headers = {"retry-after": failure.retry_after} if failure.retry_after else {}
            self._send(failure.status, json.dumps(reply).encode() if failure.error else b"oops", headers)

        def _carried_out(self, method: str, given: Json) -> Json:
            try:
                if method == "files.getUploadURLExternal":
                    return {"ok": True, "file_id": "F1", "upload_url": f"{server.address}/upload/F1"}
                return {"ok": True} | server.world.answer(method, given)
            except SlackError as error:
                return {"ok": False, "error": str(error)}

        def _json(self, body: Json) -> None:
            self._send(200, json.dumps(body).encode(), {"content-type": "application/json"})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    return Handler


class Sender:
    """Sends what Slack would send to an app, signed, over real HTTP; returns the status and the body."""

    def __init__(self, server: SlackServer, address: str, secret: str = SECRET) -> None:
        self.server = server
        self.world = server.world
        self._address = address
        self._secret = secret
        self._numbers = itertools.count(1)

    def post(
        self,
        body: bytes,
        content_type: str,
        *,
        at: float | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Send bytes; `at` and `signature` replace what is right."""
        stamp = str(int(time.time() if at is None else at))
        made = hmac.new(self._secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        parts = urlsplit(self._address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        try:
            connection.request(
                "POST",
                "/slack/events",
                body,
                {
                    "Content-Type": content_type,
                    "X-Slack-Request-Timestamp": stamp,
                    "X-Slack-Signature": signature or f"v0={made}",
                    **(headers or {}),
                },
            )
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    def envelope(self, event: Json, **more: Any) -> Json:
        """Return the envelope of an event, with an id of its own."""
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event_id": f"Ev{next(self._numbers):06}",
            "event": event,
            **more,
        }

    def event(self, envelope: Json, *, retry: int = 0, **options: Any) -> tuple[int, bytes]:
        """Send an event."""
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"} if retry else {}
        return self.post(json.dumps(envelope).encode(), "application/json", headers=headers, **options)

    def mention(self, channel: str, user: str, text: str, *, thread: str | None = None) -> tuple[Json, Json]:
        """Let somebody mention us; returns the message and the envelope, not sent yet."""
        more = {"thread_ts": thread} if thread else {}
        message = self.world.said(channel, user, f"<@{BOT_USER}> {text}", **more)
        return message, self.envelope(message | {"type": "app_mention"})

    def message(
        self, channel: str, user: str, text: str, *, thread: str | None = None, **more: Any
    ) -> tuple[Json, Json]:
        """Let somebody write a message; returns it and the envelope, not sent yet."""
        kind = "im" if channel.startswith("D") else "channel"
        more |= {"thread_ts": thread} if thread else {}
        message = self.world.said(channel, user, text, **more)
        return message, self.envelope(message | {"channel_type": kind})

    def command(self, channel: str, user: str, text: str) -> tuple[int, bytes]:
        """Type /copilot and a text."""
        number = next(self._numbers)
        form = {
            "command": "/copilot",
            "text": text,
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": user,
            "trigger_id": f"{number}.trigger",
            "response_url": f"{self.server.address}/response/{number}",
        }
        return self.post(urlencode(form).encode(), "application/x-www-form-urlencoded")

    def interact(self, payload: Json) -> tuple[int, bytes]:
        """Send a payload of interactivity."""
        number = next(self._numbers)
        whole = {
            "team": {"id": TEAM},
            "trigger_id": f"{number}.trigger",
            "response_url": f"{self.server.address}/response/{number}",
            **payload,
        }
        form = urlencode({"payload": json.dumps(whole)}).encode()
        return self.post(form, "application/x-www-form-urlencoded")

    def click(
        self, user: str, action: Mapping[str, Any], message: Mapping[str, Any] | None = None, *, ephemeral: bool = False
    ) -> tuple[int, bytes]:
        """Press a button of a message or, without one, of App Home."""
        payload: Json = {
            "type": "block_actions",
            "user": {"id": user, "team_id": TEAM},
            "actions": [{"type": "button", "block_id": "b", "action_ts": "1", **action}],
        }
        if message is None:
            payload |= {"container": {"type": "view"}, "view": {"type": "home"}}
        else:
            payload |= {
                "container": {
                    "type": "message",
                    "message_ts": message["ts"],
                    "channel_id": message["channel"],
                    "is_ephemeral": ephemeral,
                    **({"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}),
                },
                "channel": {"id": message["channel"]},
                "message": {"ts": message["ts"]},
            }
        return self.interact(payload)

    def submit(self, user: str, view: Mapping[str, Any], values: Mapping[str, str]) -> tuple[int, bytes]:
        """Send a modal with these values; a choice is given by its value."""
        state: Json = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element, said = block["element"], values.get(block["block_id"])
            if element["type"] == "plain_text_input":
                answer: Json = {"type": element["type"], "value": said or element.get("initial_value")}
            else:
                answer = {"type": element["type"], "selected_option": {"value": said} if said else None}
            state[block["block_id"]] = {"value": answer}
        sent = {
            "type": "modal",
            "callback_id": view["callback_id"],
            "private_metadata": view.get("private_metadata", ""),
            "state": {"values": state},
        }
        return self.interact({"type": "view_submission", "user": {"id": user, "team_id": TEAM}, "view": sent})

    def shortcut(self, user: str, callback_id: str, message: Mapping[str, Any]) -> tuple[int, bytes]:
        """Use a message shortcut."""
        return self.interact(
            {
                "type": "message_action",
                "callback_id": callback_id,
                "user": {"id": user, "team_id": TEAM},
                "channel": {"id": message["channel"]},
                "message": dict(message),
                "message_ts": message["ts"],
            }
        )


def buttons(blocks: list[Json]) -> dict[str, Json]:
    """Return the buttons of blocks by action, as they would be sent when pressed; of feedback, the positive one."""
    found: dict[str, Json] = {}
    for block in blocks:
        elements = list(block.get("elements", ()))
        if "accessory" in block:
            elements.append(block["accessory"])
        for element in elements:
            if element.get("type") == "button":
                found[element["action_id"]] = {"action_id": element["action_id"], "value": element.get("value", "")}
            elif element.get("type") == "feedback_buttons":
                value = element["positive_button"]["value"]
                found[element["action_id"]] = {"action_id": element["action_id"], "value": value}
    return found
