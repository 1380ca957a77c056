"""Pages of others that call from a browser: which paths they reach, and what their browsers are told (Fetch, CORS)."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.errors import OriginNotAllowed
from copilot.interfaces.api.refusing import ProblemResponse
from copilot.interfaces.api.scopes import RouteScopes
from copilot.interfaces.presentation import problem
from copilot.people.origins import Origins

_ALLOWED_HEADERS = "Authorization, Content-Type, Last-Event-ID"
_PREFLIGHT_S = "600"


class CrossOrigin:
    """ASGI middleware around the gate. Credentials of the browser are never asked for: a token stands in a header."""

    def __init__(self, app: ASGIApp, origins: Origins, routes: RouteScopes | None = None) -> None:
        self._app = app
        self._origins = origins
        self._routes = routes or RouteScopes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin, methods = headers.get("origin"), self._routes.visitor_methods(scope["path"])
        if origin is None or not methods:
            await self._app(scope, receive, send)
            return
        allowed = self._origins.allows(origin, headers.get("host", ""))
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(allowed, origin, methods)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.add_vary_header("Origin")
                if allowed:
                    answer["Access-Control-Allow-Origin"] = origin
                    answer["Access-Control-Expose-Headers"] = "Retry-After"
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _preflight(allowed: bool, origin: str, methods: list[str]) -> Response:
    if not allowed:
        told = problem(
            OriginNotAllowed(f"The page {origin[:200]!r} may not use this. Add it to COPILOT_WIDGET_ORIGINS.")
        )
        return ProblemResponse(told, {"Vary": "Origin"})
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
            "Access-Control-Max-Age": _PREFLIGHT_S,
            "Vary": "Origin",
        },
    )
