"""How large a request may be, and how slowly it may come; refused before a route reads it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.errors import RequestTooLarge, RequestTooSlow
from copilot.interfaces.api.refusing import as_read, refused
from copilot.interfaces.api.scopes import RouteScopes
from knowledge.errors import ReportableError

#: Of a body: a conversation of a hundred long turns as JSON escapes has 15 MB.
MOST_BYTES = 32 * 2**20
#: Of the part after `?`.
MOST_QUERY = 16 * 1024
#: Between two parts of a body, and for every megabyte of it.
_PART_WITHIN_S, _MEGABYTE_WITHIN_S = 20.0, 30.0
#: Routes that look at the length themselves (COPILOT_UPLOAD_MAX_BYTES) and say it on their own form.
OWN_MEASURE = frozenset(
    {
        ("POST", "/v1/documents"),
        ("POST", "/v1/changes"),
        ("POST", "/v1/accounts/history"),
        ("POST", "/app/knowledge/upload"),
        ("POST", "/app/knowledge/changes"),
        ("POST", "/app/account-import"),
    }
)
#: What base64 and JSON escapes make of an upload, at most, for those of these routes that read all of it.
_GROWN = 3


class Sized:
    """ASGI middleware: refuses what is too large or comes too slowly."""

    def __init__(
        self,
        app: ASGIApp,
        upload_bytes: int,
        routes: RouteScopes | None = None,
        part_within_s: float = _PART_WITHIN_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`upload_bytes` is what an upload may have."""
        self._app = app
        self._upload = upload_bytes
        self._routes = routes or RouteScopes()
        self._part_within_s = part_within_s
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        own = (scope["method"], self._routes.route(scope["method"], scope["path"])[0]) in OWN_MEASURE
        most = self._upload * _GROWN + MOST_BYTES if own else MOST_BYTES
        error: RequestTooLarge | None = None
        told = headers.get("content-length", "")
        if len(scope.get("query_string", b"")) > MOST_QUERY:
            error = RequestTooLarge(f"The part after `?` has more than {MOST_QUERY} characters. Send a shorter one.")
        elif not own and told.isascii() and told.isdecimal() and int(told[:20]) > most:
            error = _too_large(most)
        if error is not None:
            await _refuse(error, scope, receive, send)
            return
        watched = _Body(receive, most, self._part_within_s, self._now)
        begun = False

        async def send_unless_refused(message: Message) -> None:
            nonlocal begun
            if begun or watched.error is None:  # what a route makes of the error is not what is told
                begun = True
                await send(message)

        try:
            await self._app(scope, watched.receive, send_unless_refused)
        except (RequestTooLarge, RequestTooSlow):
            if begun:
                raise
        if watched.error is not None and not begun:
            await _refuse(watched.error, scope, receive, send)


class _Body:
    """A body as it arrives."""

    def __init__(self, receive: Receive, most: int, part_within_s: float, now: Callable[[], float]) -> None:
        self._receive = receive
        self._most = most
        self._part_within_s = part_within_s
        self._now = now
        self._began = now()
        self._taken = 0
        self._ended = False
        self.error: RequestTooLarge | RequestTooSlow | None = None

    async def receive(self) -> Message:
        """Return the next part; after the last, wait as long as it takes for the client to go."""
        if self._ended:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._part_within_s)
        except TimeoutError:
            raise self._refused(_too_slow()) from None
        self._taken += len(message.get("body", b""))
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        if self._taken > self._most:
            raise self._refused(_too_large(self._most))
        within_s = self._part_within_s + _MEGABYTE_WITHIN_S * self._taken / 2**20
        if not self._ended and self._now() - self._began > within_s:
            raise self._refused(_too_slow())
        return message

    def _refused(self, error: RequestTooLarge | RequestTooSlow) -> Exception:
        self.error = error
        return error


async def _refuse(error: ReportableError, scope: Scope, receive: Receive, send: Send) -> None:
    """Say it and close the connection: what is still to come of the body is read by nobody."""
    answer = as_read(Request(scope), refused(error))
    answer.headers["Connection"] = "close"
    await answer(scope, receive, send)


def _too_large(most: int) -> RequestTooLarge:
    return RequestTooLarge(f"A request may have {most} bytes here. Send less at once.")


def _too_slow() -> RequestTooSlow:
    return RequestTooSlow("The request did not arrive in time. Send it again over a better connection.")
