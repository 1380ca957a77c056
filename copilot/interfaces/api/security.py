"""Who may call what over HTTP: 401 and 403 are answered before a body is read (copilot/interfaces/api/scopes.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.interfaces.api.scopes import RouteScopes
from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.trouble import is_page, trouble_page
from copilot.people.access import AccessService
from copilot.people.caller import Caller, refusal
from copilot.people.scope import scopes_of
from knowledge.errors import ReportableError

SESSION_COOKIE = "copilot_session"

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


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """Who was let in by another way than a key, and the request as they meant it."""

    caller: Caller
    path: str
    receive: Receive
    headers: Mapping[str, str] = field(default_factory=dict)  #: added to those that came


class SignedDoor(Protocol):
    """Lets requests in that somebody else has signed as a whole, so that their bodies are read first."""

    def leads_from(self, path: str) -> bool:
        """Tell whether a path is behind this door."""
        ...

    async def admit(self, scope: Scope, receive: Receive) -> Admitted:
        """Check a request and return who sends it.

        Raises:
            ReportableError: it is not let in.
        """
        ...


class Gate:
    """ASGI middleware: finds the caller, refuses strangers and those without the scope, adds security headers."""

    def __init__(
        self,
        app: ASGIApp,
        access: AccessService,
        routes: RouteScopes | None = None,
        bearers: Sequence[Callable[[str], Caller | None]] = (),
        doors: Sequence[SignedDoor] = (),
    ) -> None:
        """`bearers` read tokens that are no keys, each its own kind."""
        self._app = app
        self._access = access
        self._routes = routes or RouteScopes()
        self._bearers = bearers
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request.

        `scope["state"]["caller"]` is the `Caller` and `["person"]` their id; both None for strangers on open paths.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
                    del headers["X-Frame-Options"]  # the older header knows no list, and would forbid all
            await send(message)

        caller: Caller | None
        door = next((one for one in self._doors if one.leads_from(scope["path"])), None)
        if door is not None:
            try:
                admitted = await door.admit(scope, receive)
            except ReportableError as error:
                await ProblemResponse(problem(error))(scope, receive, send_with_headers)
                return
            scope, receive, caller = _as_meant(scope, admitted), admitted.receive, admitted.caller
        else:
            # In a thread: looking a key up reads the database.
            caller = await run_in_threadpool(self._caller, Headers(scope=scope))
        state = scope.setdefault("state", {})
        state["caller"], state["person"] = caller, caller.person.id if caller else None
        refused = self._refusal(scope["method"], scope["path"], caller)
        answer: ASGIApp = self._app if refused is None else _as_page(Request(scope), refused)
        await answer(scope, receive, send_with_headers)

    def _refusal(self, method: str, path: str, caller: Caller | None) -> ProblemResponse | None:
        """Return what stands against a request, before its body is read."""
        need = self._routes.need(method, path)
        if need == "open":
            return None
        if caller is None:
            detail = "Send a key as `Authorization: Bearer …`, or sign in at /login."
            return _problem(401, "not_authenticated", "Sign in first", detail, {"WWW-Authenticate": "Bearer"})
        if need is None:
            methods = self._routes.methods(path)
            there = (
                f"{method} {path}: "
                + ("method not allowed" if methods else "not found")
                + ". /docs lists what there is."
            )
            if methods:
                return _problem(405, "method_not_allowed", "Method Not Allowed", there, {"Allow": ", ".join(methods)})
            return _problem(404, "not_found", "Not Found", there)
        if need in caller.scopes:
            return None
        detail = refusal(need, limited=need in scopes_of(caller.person))
        return _problem(403, "not_permitted", "Not permitted", detail)

    def _caller(self, headers: Headers) -> Caller | None:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key:
            return self._of_bearer(key.strip())
        # Not http.cookies: it gives up at the first cookie of another site on this host that it cannot read.
        session = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        return self._access.caller_of_session(session) if session else None

    def _of_bearer(self, key: str) -> Caller | None:
        found = self._access.caller_of_key(key)
        return found or next((caller for read in self._bearers if (caller := read(key)) is not None), None)


def _as_meant(scope: Scope, admitted: Admitted) -> Scope:
    added = [(name.lower().encode(), value.encode()) for name, value in admitted.headers.items()]
    return {**scope, "path": admitted.path, "raw_path": admitted.path.encode(), "headers": [*scope["headers"], *added]}


def _as_page(request: Request, refused: ProblemResponse) -> Response:
    """Say it as the reader of a page expects it: strangers are led to sign in and back."""
    if not is_page(request.url.path):
        return refused
    if refused.problem.code != "not_authenticated":
        return trouble_page(request, refused.problem)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse("/login" if request.method != "GET" else f"/login?{urlencode({'next': back})}", 303)


class ProblemResponse(JSONResponse):
    """A problem as JSON (RFC 9457)."""

    media_type = "application/problem+json"

    def __init__(self, problem: ProblemBody, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.model_dump(exclude_none=True), status_code=problem.status, headers=headers)
        self.problem = problem


def _problem(
    status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> ProblemResponse:
    return ProblemResponse(ProblemBody(title=title, status=status, code=code, detail=detail), headers)
