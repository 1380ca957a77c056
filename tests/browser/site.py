"""The copilot behind a real socket, with a small team in it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Page

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.people_contract import NewPersonBody
from copilot.people.caller import Caller, the_owner
from copilot.people.person import OWNER, Role
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

#: A salesperson, a customer success manager, their manager, who keeps the knowledge, and somebody who only reads.
TEAM = (
    NewPersonBody(id="lin", name="林晓", email="lin@example.com", roles=[Role.FRONTLINE]),
    NewPersonBody(id="zhou", name="周宁", email="zhou@example.com", roles=[Role.FRONTLINE]),
    NewPersonBody(id="gao", name="高岚", email="gao@example.com", roles=[Role.MANAGER]),
    NewPersonBody(id="shen", name="沈知", email="shen@example.com", roles=[Role.CURATOR]),
    NewPersonBody(id="du", name="杜阅", email="du@example.com", roles=[Role.READER]),
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served workbench."""

    address: str
    application: Application

    def sign_in(self, page: Page, person: str = OWNER) -> None:
        """Sign somebody in as a link from `copilot up` would."""
        page.goto(f"{self.address}/app?login={self.application.access.new_link_code(the_owner(Surface.CLI), person)}")

    def caller(self, person: str) -> Caller:
        """Return a member of the team as they come in through a page."""
        code = self.application.access.new_link_code(the_owner(Surface.CLI), person)
        found = self.application.access.caller_of_session(self.application.access.redeem_link(code) or "")
        assert found is not None
        return found


@contextmanager
def served(home: Path, settings: Settings | None = None, *, listener: socket.socket | None = None) -> Iterator[Site]:
    """Serve a home until the end of the block; `listener` where the settings name the address."""
    with open_application(settings or Settings(home=home), embedder=HashingEmbedder()) as application:
        for person in TEAM:
            application.copilot.people.add(person)
        app = create_app(
            copilot=application.copilot,
            access=application.access,
            ready=lambda: ReadyBody(status="ready"),
            version="0",
            slack=application.slack,
        )
        listener = listener or socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        ends = time.monotonic() + 30
        while not server.started and time.monotonic() < ends:
            time.sleep(0.02)
        assert server.started
        try:
            yield Site(address=f"http://127.0.0.1:{listener.getsockname()[1]}", application=application)
        finally:
            server.should_exit = True
            thread.join(10)
            listener.close()
