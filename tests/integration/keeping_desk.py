"""A running copilot with a small team, as those who keep the knowledge see it: pages without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.people_contract import NewPersonBody
from copilot.people.caller import the_owner
from copilot.people.person import Role
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

PEOPLE = {"shen": Role.CURATOR, "wen": Role.CURATOR, "gao": Role.MANAGER, "lin": Role.FRONTLINE, "du": Role.READER}


@dataclass
class Desk:
    """A copilot whose pages are asked for by members of the team."""

    application: Application
    client: TestClient
    sessions: dict[str, str] = field(default_factory=dict)

    def get(self, who: str, path: str, **options: Any) -> Response:
        return self._ask(who, "GET", path, **options)

    def post(self, who: str, path: str, **options: Any) -> Response:
        return self._ask(who, "POST", path, **options)

    def page(self, who: str, path: str, language: str = "zh") -> str:
        """Return a page that is there, with its entities read."""
        reply = self.get(who, path, headers={"Accept-Language": language})
        assert reply.status_code == 200, reply.text
        return unescape(reply.text)

    def _ask(self, who: str, method: str, path: str, **options: Any) -> Response:
        if who not in self.sessions:
            code = self.application.access.new_link_code(the_owner(Surface.CLI), who)
            self.sessions[who] = self.application.access.redeem_link(code) or ""
        headers = {"Cookie": f"copilot_session={self.sessions[who]}", **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, follow_redirects=False, **options)

    def id_of(self, source: str) -> str:
        return self.application.copilot.document(source).id


@contextmanager
def opened_desk(home: Path, folder: Path) -> Iterator[Desk]:
    """Open it with these documents."""
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        for id, role in PEOPLE.items():
            application.copilot.people.add(NewPersonBody(id=id, name=id, roles=[role]))
        app = create_app(
            copilot=application.copilot,
            access=application.access,
            ready=lambda: ReadyBody(status="ready"),
            version="0",
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Desk(application=application, client=client)


class _Dangers(HTMLParser):
    """Collects what could run, load or send something that is not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "object", "embed", "svg", "math", "style", "base", "video", "audio"):
            self.found.append(tag)
        if tag in ("script", "img", "link") and not values.get("src", values.get("href", "")).startswith("/pages/"):
            self.found.append(f"{tag} {values}")
        if tag == "form" and not values.get("action", "").startswith("/"):
            self.found.append(f"{tag} {values}")
        self.found += [f"{tag} {name}" for name in values if name.startswith("on") or name in ("style", "srcdoc")]
        schemes = ("/", "#", "http://", "https://", "mailto:")
        self.found += [values["href"] for _ in "a" if tag == "a" and not values.get("href", "/").startswith(schemes)]


def dangers(html: str) -> list[str]:
    """Return what could run in a page, or load something from elsewhere."""
    reader = _Dangers()
    reader.feed(html)
    return reader.found
