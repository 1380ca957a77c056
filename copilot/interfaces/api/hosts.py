"""What this is called. A page of another site whose name is pointed here (DNS rebinding) is not answered."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from copilot.errors import UnknownHost
from copilot.interfaces.api.refusing import refused
from copilot.interfaces.api.security import HEADERS

#: Asked by probes and collectors, under whatever name the machine has among machines.
_BY_ANY_NAME = frozenset({"/healthz", "/readyz", "/metrics"})
_THIS_MACHINE = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})


class Hosts:
    """Knows our names. An address is no name: nobody can point it anywhere."""

    def __init__(self, names: Iterable[str] | None) -> None:
        """Take host names; None: any is ours."""
        self._names = None if names is None else _THIS_MACHINE | {name.lower().rstrip(".") for name in names}

    def ours(self, host: str) -> bool:
        """Tell whether a `Host` header names us; without one, the client is no browser."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:  # no address can be made of it, by nobody who handles this request
            return False
        return self._names is None or not host or name in self._names or _is_address(name)


class Named:
    """ASGI middleware, before anybody is looked up."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] in _BY_ANY_NAME:
            await self._app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if self._hosts.ours(host):
            await self._app(scope, receive, send)
            return
        error = UnknownHost(
            f"This is not {host[:100]!r}. Open it under its own name; if that is its name, set "
            "COPILOT_PUBLIC_URL=https://… to it."
        )
        answer = refused(error)  # no page: nobody has looked yet who asks, and of this name no address may be possible
        answer.headers.update(HEADERS)
        await answer(scope, receive, send)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
