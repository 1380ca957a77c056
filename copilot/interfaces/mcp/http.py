"""The MCP server at `/mcp` (Streamable HTTP), by the keys of the API; without sessions, so that any worker answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from fastapi import FastAPI
from mcp.server.context import ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from copilot.audit.surface import Surface
from copilot.interfaces.api.refusing import problem_response
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.mcp.desk import Access, CallerDesk
from copilot.interfaces.mcp.server import mcp_server
from copilot.people.caller import Caller

PATH = "/mcp"
_MOST_BYTES = 1 << 20
_OURSELVES = frozenset({"localhost", "127.0.0.1", "::1"})


class McpEndpoint:
    """An ASGI application for one path; answers while `running`."""

    def __init__(self, copilot: LocalCopilot, version: str) -> None:
        self._copilot = copilot
        self._server = mcp_server(self._access, version=version)
        self._manager: StreamableHTTPSessionManager | None = None

    def add_to(self, app: FastAPI) -> None:
        """Register the path. There is nothing to GET or DELETE without sessions."""
        app.router.routes.append(Route(PATH, endpoint=self, methods=["POST"]))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer until the end of the block."""
        manager = StreamableHTTPSessionManager(self._server, stateless=True, max_request_body_size=_MOST_BYTES)
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refused = self._refusal(Request(scope))
        if refused is not None:
            await refused(scope, receive, send)
        elif self._manager is not None:
            await self._manager.handle_request(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        """Refuse browsers of other places (DNS rebinding) and whoever brings no key: a session is for our own pages."""
        origin = request.headers.get("origin")
        if origin is not None and not _is_here(origin):
            detail = f"Pages of {origin[:200]!r} may not call this server. Call it from a program, without an Origin."
            return problem_response(403, "origin_not_allowed", "Not from there", detail)
        if request.state.caller.surface is Surface.APP:
            detail = "A session is for the pages of this server. Send a key as `Authorization: Bearer …`."
            return problem_response(401, "not_authenticated", "Send a key", detail, {"WWW-Authenticate": "Bearer"})
        if self._manager is None:
            return problem_response(503, "not_running", "Not running", "The server is starting or stopping. Try again.")
        return None

    def _access(self, context: ServerRequestContext[Any, Any]) -> Access:
        request = cast(Request, context.request)  # what the transport took in; there is none only off HTTP
        known: Caller = request.state.caller
        caller = replace(known, surface=Surface.MCP)
        return Access(caller=caller, desk=lambda: nullcontext(CallerDesk(self._copilot, caller)))


def _is_here(origin: str) -> bool:
    try:
        return urlsplit(origin).hostname in _OURSELVES
    except ValueError:
        return False
