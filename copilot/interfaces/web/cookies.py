"""The cookies that sign somebody in; over https only this very host can have set them."""

from __future__ import annotations

from datetime import timedelta

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import Response

from copilot.people.session import Visitor

_SESSION = "copilot_session"
_SIGN_ON = "copilot_sign_on"
_LONGEST = 200  # characters; ours are about 50


def session_of(headers: Headers, scheme: str) -> str | None:
    """Return the session that a request carries."""
    return _read(headers, scheme, _SESSION)


def keep_session(response: Response, request: Request, secret: str, lasting: timedelta) -> None:
    """Let the browser keep a session; without another visit it is asked for nothing after `lasting`."""
    _keep(response, request, _SESSION, secret, lasting)


def forget_session(response: Response, request: Request) -> None:
    """Let the browser forget its session."""
    _forget(response, request, _SESSION)


def sign_on_of(request: Request) -> str | None:
    """Return the secret of a browser that began to sign in at a provider."""
    return _read(request.headers, request.url.scheme, _SIGN_ON)


def keep_sign_on(response: Response, request: Request, secret: str, lasting: timedelta) -> None:
    """Let the browser keep that secret."""
    _keep(response, request, _SIGN_ON, secret, lasting)


def forget_sign_on(response: Response, request: Request) -> None:
    """Let the browser forget that secret."""
    _forget(response, request, _SIGN_ON)


def visitor_of(request: Request) -> Visitor:
    """Return who is at the door."""
    return Visitor(
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        session=session_of(request.headers, request.url.scheme),
    )


def _name(name: str, scheme: str) -> str:
    # RFC 6265bis §4.1.3.2: only this host over https can have set it, so no other subdomain fixes a session.
    return f"__Host-{name}" if scheme == "https" else name


def _read(headers: Headers, scheme: str, name: str) -> str | None:
    # Not http.cookies: it gives up at the first cookie of another site on this host that it cannot read.
    found = cookie_parser(headers.get("cookie", "")).get(_name(name, scheme))
    return found if found and len(found) <= _LONGEST else None


def _keep(response: Response, request: Request, name: str, secret: str, lasting: timedelta) -> None:
    # Lax, not Strict: a link in a mail, and the way back from a provider, lead to a page that knows its reader.
    response.set_cookie(
        _name(name, request.url.scheme),
        secret,
        max_age=int(lasting.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _forget(response: Response, request: Request, name: str) -> None:
    secure = request.url.scheme == "https"
    response.delete_cookie(_name(name, request.url.scheme), path="/", httponly=True, samesite="lax", secure=secure)
