"""Who may call what over HTTP. Everything that is not listed as open answers 401 before its body is read."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.interfaces.contract import ProblemBody
from copilot.people.access import AccessService

SESSION_COOKIE = "copilot_session"

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/openapi.json", "/docs", "/app", "/login", "/favicon.ico"})
#: Style sheets, scripts and pictures of our pages; they hold nothing of anybody's.
OPEN_PREFIX = "/pages/"

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the sign-in link must not leak
    "X-Frame-Options": "DENY",
}


class Gate:
    """ASGI middleware: finds the caller, refuses strangers, adds security headers to every reply."""

    def __init__(self, app: ASGIApp, access: AccessService) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; `scope["state"]["person"]` is the caller, None on open paths without credentials."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        person = self._caller(Headers(scope=scope))
        scope.setdefault("state", {})["person"] = person
        path = scope["path"]
        if person is None and path not in OPEN_PATHS and not path.startswith(OPEN_PREFIX):
            refusal = ProblemBody(
                title="Sign in first",
                status=401,
                code="not_authenticated",
                detail="Send a key as `Authorization: Bearer …`, or sign in at /login.",
            )
            response = JSONResponse(
                refusal.model_dump(exclude_none=True),
                status_code=401,
                media_type="application/problem+json",
                headers={"WWW-Authenticate": "Bearer"},
            )
            await response(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _caller(self, headers: Headers) -> str | None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key:
            return self._access.person_of_key(key.strip())
        # Not http.cookies: it gives up at the first cookie of another site on this host that it cannot read.
        session = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        return self._access.person_of_session(session) if session else None
