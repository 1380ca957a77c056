"""Who may call what over HTTP: 401 and 403 are answered before a body is read (copilot/interfaces/api/scopes.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copilot.errors import BadToken, OriginNotAllowed
from copilot.interfaces.api.cross_site import is_cross_site
from copilot.interfaces.api.refusing import ProblemResponse, as_read, patience, problem_response
from copilot.interfaces.api.scopes import RouteScopes
from copilot.interfaces.presentation import problem
from copilot.interfaces.web.cookies import session_of
from copilot.people.access import AccessService
from copilot.people.caller import Caller, refusal
from copilot.people.scope import scopes_of
from copilot.people.visit import Visit
from copilot.telemetry.context import note
from knowledge.errors import ReportableError

#: A signed token has three parts (RFC 7515).
_DOTS_OF_A_TOKEN = 2

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    # Nobody else learns of a sign-in link. Not `no-referrer`, under which forms are sent with `Origin: null`.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    # What a browser or a proxy keeps may be read by whoever comes next; what is nobody's says otherwise itself.
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: Our own style sheets, scripts and pictures.
_KEPT_BY_BROWSERS = ("/pages/", "/favicon.ico", "/docs")
#: A year; only what came over https may say it (RFC 6797 §7.2).
_HSTS = "max-age=31536000"


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
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(_KEPT_BY_BROWSERS) and headers["Cache-Control"] == "no-store":
                    del headers["Cache-Control"]  # `ETag` and `Last-Modified` say whether it changed
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", _HSTS)
                if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
                    del headers["X-Frame-Options"]  # the older header knows no list, and would forbid all
            await send(message)

        headers = Headers(scope=scope)
        caller: Caller | None
        forged: ProblemResponse | None = None
        door = next((one for one in self._doors if one.leads_from(scope["path"])), None)
        try:
            if door is not None:
                admitted = await door.admit(scope, receive)
                scope, receive, caller = _as_meant(scope, admitted), admitted.receive, admitted.caller
            else:
                # In a thread: looking a key up reads the database.
                caller = await run_in_threadpool(self._caller, headers, scope.get("scheme", "http"))
        except BadToken as error:
            caller, forged = None, ProblemResponse(problem(error), {"WWW-Authenticate": "Bearer"})
        except ReportableError as error:
            # Who it is cannot be looked up now; no handler of errors stands outside of this door.
            scope.setdefault("state", {}).update(caller=None, person=None)
            refusal = ProblemResponse(problem(error), patience(error))
            shown: ASGIApp = refusal if door is not None else as_read(Request(scope), refusal)
            await shown(scope, receive, send_with_headers)
            return
        state = scope.setdefault("state", {})
        state["caller"], state["person"] = caller, caller.person.id if caller else None
        note(person=state["person"])
        refused = self._foreign(scope, headers) or self._refusal(scope["method"], scope["path"], caller, forged)
        if refused is None and caller is not None and caller.visit is not None:
            refused = self._refused_visitor(scope, caller.visit)
        answer: ASGIApp = self._app if refused is None else as_read(Request(scope), refused)
        await answer(scope, receive, send_with_headers)

    def _foreign(self, scope: Scope, headers: Headers) -> ProblemResponse | None:
        """Return what stands against a request that another site set off: no page there holds a key of ours."""
        if _bearer(headers) or self._routes.need(scope["method"], scope["path"]) == "signed":
            return None
        if not is_cross_site(scope["method"], headers, scope.get("scheme", "http")):
            return None
        detail = (
            "Another site sent this form or request. Open the page here and send it again; behind a proxy, check "
            "COPILOT_TRUSTED_PROXIES."
        )
        return problem_response(403, "cross_site_request", "Sent by another site", detail)

    def _refusal(
        self, method: str, path: str, caller: Caller | None, forged: ProblemResponse | None
    ) -> ProblemResponse | None:
        """Return what stands against a request, before its body is read."""
        need = self._routes.need(method, path)
        if need == "open" or need == "signed":
            return None
        if caller is None:
            detail = "Send a key as `Authorization: Bearer …`, or sign in at /login."
            stranger = {"WWW-Authenticate": "Bearer"}
            return forged or problem_response(401, "not_authenticated", "Sign in first", detail, stranger)
        if caller.visit is not None and not self._routes.lets_visitors(method, path):
            detail = "A visitor's token opens the chat alone: asking, feedback, looking back, asking for a person."
            return problem_response(403, "not_permitted", "Not permitted", detail)
        if need is None:
            methods = self._routes.methods(path)
            there = (
                f"{method} {path}: "
                + ("method not allowed" if methods else "not found")
                + ". /docs lists what there is."
            )
            if methods:
                return problem_response(
                    405, "method_not_allowed", "Method Not Allowed", there, {"Allow": ", ".join(methods)}
                )
            return problem_response(404, "not_found", "Not Found", there)
        if need == "known" or need in caller.scopes:
            return None
        detail = refusal(need, limited=need in scopes_of(caller.person))
        return problem_response(403, "not_permitted", "Not permitted", detail)

    def _refused_visitor(self, scope: Scope, visit: Visit) -> ProblemResponse | None:
        """Return what stands against the page a visitor comes from."""
        headers, visitors = Headers(scope=scope), self._access.visitors
        try:
            if visitors is not None:
                reads = scope["method"] in ("GET", "HEAD")
                host = headers.get("host", "")
                visitors.origins.check(headers.get("origin"), host, bound_to=visit.origin, reads=reads)
        except OriginNotAllowed as error:
            return ProblemResponse(problem(error))
        return None

    def _caller(self, headers: Headers, scheme: str) -> Caller | None:
        if key := _bearer(headers):
            return self._of_bearer(key)
        session = session_of(headers, scheme)
        return self._access.caller_of_session(session) if session else None

    def _of_bearer(self, key: str) -> Caller | None:
        found = self._access.caller_of_key(key)
        if found is not None or key.count(".") != _DOTS_OF_A_TOKEN:
            return found
        found = next((caller for read in self._bearers if (caller := read(key)) is not None), None)
        return self._access.visitors.caller_of(key) if found is None and self._access.visitors is not None else found


def _as_meant(scope: Scope, admitted: Admitted) -> Scope:
    added = [(name.lower().encode(), value.encode()) for name, value in admitted.headers.items()]
    return {**scope, "path": admitted.path, "raw_path": admitted.path.encode(), "headers": [*scope["headers"], *added]}


def _bearer(headers: Headers) -> str:
    """Return the key that a request carries; empty: none. What carries one needs no cookie, and sends none for it."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
