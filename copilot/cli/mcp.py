"""`mcp`: the Model Context Protocol on standard input and output, for a client that starts us."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version as installed_version

import anyio
from mcp.server.stdio import stdio_server

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, open_application, running_copilot
from copilot.interfaces.mcp.desk import Access, CallerDesk, Desk, ServedDesk
from copilot.interfaces.mcp.server import mcp_server
from copilot.people.caller import the_owner
from copilot.settings import Settings

_log = logging.getLogger(__name__)


class Door:
    """Where calls find the copilot: in the process that runs on the home, else in this one, which then keeps the home.

    Each call looks anew, so that a server may come and go while a client stays.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._opened = ExitStack()
        self._application: Application | None = None

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Give the copilot to one call.

        Raises:
            IndexLocked: another process owns the home and serves nobody.
        """
        with self._lock:
            running = None if self._application else running_copilot(self._settings, Surface.MCP)
            if running is None and self._application is None:
                self._application = self._opened.enter_context(open_application(self._settings))
        if running is not None:
            with running:
                yield ServedDesk(running)
        elif self._application is not None:
            yield CallerDesk(self._application.copilot, the_owner(Surface.MCP))

    def close(self) -> None:
        """Give the home up."""
        self._opened.close()


def serve_stdio(settings: Settings, *, read_only: bool) -> None:
    """Answer until the client closes our input. Only the protocol goes to standard output."""
    door = Door(settings)
    access = Access(caller=the_owner(Surface.MCP), desk=door.desk, read_only=read_only)
    server = mcp_server(lambda _: access, version=installed_version("frontline-copilot"))

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    try:
        anyio.run(run)
    finally:
        door.close()
    # Calls that were cancelled may still wait for a chat model; they must not keep the process alive.
    os._exit(0)
