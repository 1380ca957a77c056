"""Around every request: its id, what it is about, a log line when it ends, an answer to an error nobody foresaw."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import pairwise

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.interfaces.api.problems import unforeseen
from copilot.interfaces.api.scopes import RouteScopes
from copilot.telemetry.context import about, request_id
from copilot.telemetry.logs import log_event
from copilot.telemetry.measures import Measures
from copilot.telemetry.tracing import Tracer, Untraced

_log = logging.getLogger(__name__)

#: What says which trace of another system a request belongs to (W3C Trace Context).
_OF_TRACES = frozenset({"traceparent", "tracestate"})
REQUEST_ID = "X-Request-ID"
#: What no table of ours knows is one route, so that nobody can make names by asking for them.
UNKNOWN_ROUTE = "unknown"
#: Asked every few seconds, or many times for one page: told at `debug`.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/favicon.ico", "/pages/{path:path}"})
#: What the id in a path is the id of, by the word before it.
_NAMED = {"answers": "answer", "conversations": "conversation", "drafts": "draft", "deliveries": "delivery"}
#: As web servers write it: who asked was gone before there was an answer.
_GONE = 499


class Watched:
    """ASGI middleware, outermost: refusals are seen too."""

    def __init__(
        self,
        app: ASGIApp,
        watch: Measures | None = None,
        tracer: Tracer | None = None,
        routes: RouteScopes | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._watch = watch
        self._tracer: Tracer = tracer or Untraced()
        self._routes = routes or RouteScopes()
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id = request_id(Headers(scope=scope).get(REQUEST_ID))
        route, names = self._routes.route(scope["method"], scope["path"])
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = id
            await send(message)

        began = self._now()
        verb = f"{scope['method']} {route or UNKNOWN_ROUTE}"
        headers = {name: value for name, value in Headers(scope=scope).items() if name in _OF_TRACES}
        with about({"request": id, **_ids(route, names)}), self._tracer.span(verb, headers) as span:
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                span.note(status=status or _GONE)
                if status is not None and status >= 500:
                    span.fail(str(status))
                self._ended(scope["method"], route or UNKNOWN_ROUTE, status or _GONE, self._now() - began)

    def _ended(self, method: str, route: str, status: int, seconds: float) -> None:
        if self._watch is not None:
            self._watch.request(method, route, status, seconds)
        level = logging.DEBUG if route in _QUIET else logging.INFO
        log_event(
            _log,
            logging.WARNING if status >= 500 else level,
            "request",
            f"{method} {route} {status}",
            method=method,
            route=route,
            status=status,
            seconds=round(seconds, 4),
        )


class Unforeseen:
    """ASGI middleware: answers for what is inside of it when that ends in an error nobody foresaw.

    Once inside everything, so that its answer has the headers of every other, and once around what adds those.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except Exception as error:
            if scope["type"] != "http":
                raise
            response = unforeseen(Request(scope), error)  # logs it with its cause
            if not begun:  # else the client sees that the answer breaks off
                await response(scope, receive, send)


def _ids(route: str | None, names: dict[str, str]) -> dict[str, str]:
    """Return the ids that stand in a path, by what they are ids of."""
    parts = (route or "").split("/")
    return {
        _NAMED[before]: names["id"][:64]
        for before, part in pairwise(parts)
        if part == "{id}" and before in _NAMED and "id" in names
    }
