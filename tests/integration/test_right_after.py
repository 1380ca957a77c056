"""What search and ask say right after a document was deleted, replaced or narrowed, and after the model was switched.

On real stores, over HTTP, with an embedder of words and with the packaged model.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application, Readiness, open_application
from copilot.interfaces.api.app import create_app
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.embedder import Embedder, ModelIdentity, PassageVectors, Vectors
from tests.integration.conftest import FAQ

TRIAL, RENEWAL = "trial.md", "renewal.md"
ASKED, SAID = "试用一般给多久", "试用一般给 1 周"


class Held:
    """An embedder that embeds no document until it is let go, so that a test can look meanwhile."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.begun, self.go = threading.Event(), threading.Event()

    @property
    def identity(self) -> ModelIdentity:
        return self._embedder.identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_passages(texts)

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        self.begun.set()
        assert self.go.wait(60)
        return self._embedder.embed_sentences(texts, spans)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_queries(texts)


class Desk:
    """Somebody who asks, and the folder that is ingested."""

    def __init__(self, application: Application, client: TestClient, folder: Path) -> None:
        self.application = application
        self.client = client
        self._folder = folder

    def write(self, name: str, text: str | None) -> None:
        page = self._folder / name
        page.unlink() if text is None else page.write_text(text, encoding="utf-8")
        self.application.indexing.ingest([str(self._folder)], corpus=False)

    def found(self, audience: str = "internal") -> set[str]:
        reply = self.client.get("/v1/search", params={"q": ASKED, "audience": audience}).json()
        return {one["source"] for one in reply["passages"]}

    def ask(self, audience: str = "internal") -> dict[str, Any]:
        reply: dict[str, Any] = self.client.post("/v1/ask", json={"question": ASKED, "audience": audience}).json()
        return reply

    def cited(self, audience: str = "internal") -> list[dict[str, Any]]:
        """Return the citations of the document about trials."""
        return [one for one in self.ask(audience)["citations"] if one["source"] == TRIAL]

    def silent(self, audience: str = "internal") -> bool:
        """Tell that neither search nor answer knows the document, nor anything that it said."""
        told = str(self.ask(audience))
        return TRIAL not in self.found(audience) and TRIAL not in told and "1 周" not in told

    def opened(self, citation: dict[str, Any]) -> dict[str, Any]:
        """Open what an answer cites, as the page does."""
        path = f"/v1/documents/{citation['document_id']}"
        body: dict[str, Any] = self.client.get(path, params={"version": citation["version"]}).json()
        return body


@contextmanager
def desk_of(settings: Settings, embedder: Embedder, folder: Path) -> Iterator[Desk]:
    with open_application(settings, embedder=embedder) as application:
        app = create_app(
            copilot=application.copilot, access=application.access, ready=Readiness(application), version="0"
        )
        with TestClient(app, headers={"Authorization": f"Bearer {application.access.run_token}"}) as client:
            yield Desk(application, client, folder)


@pytest.fixture
def settings(home: Path, model_folder: Path) -> Settings:
    return Settings(home=home, model_folder=model_folder)


@pytest.fixture(params=["words", "packaged"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "words":
        return HashingEmbedder()
    real: Embedder = request.getfixturevalue("real_embedder")
    return real


@pytest.fixture
def desk(settings: Settings, embedder: Embedder, knowledge_folder: Path) -> Iterator[Desk]:
    with desk_of(settings, embedder, knowledge_folder) as opened:
        opened.write(TRIAL, FAQ)
        assert [one["version"] for one in opened.cited()] == [1]
        yield opened


@pytest.mark.parametrize("how", ["command", "vanished"])
def test_deleted(desk: Desk, how: str) -> None:
    if how == "command":
        assert desk.client.delete(f"/v1/documents/{TRIAL}").json()["status"] == "deleted"
    else:
        desk.write(TRIAL, None)
    assert desk.silent()
    assert desk.silent("customer")
    assert TRIAL not in desk.client.get("/v1/documents").text
    assert desk.client.get(f"/v1/documents/{TRIAL}").status_code == 404
    if how == "vanished":
        desk.write(TRIAL, FAQ)
        assert [one["version"] for one in desk.cited()] == [2]


def test_replaced(desk: Desk) -> None:
    desk.write(TRIAL, FAQ.replace("试用一般给 1 周", "试用一般给 3 周"))
    assert desk.found() == {TRIAL, RENEWAL}
    (citation,) = desk.cited()
    assert citation["version"] == 2
    assert "3 周" in citation["quote"]
    assert SAID not in str(desk.ask())
    desk.write(TRIAL, "---\nkind: faq\ntitle: 门店\n---\n收银机先装好,再开线上店。\n")
    assert "周" not in desk.ask()["answer"]


def test_narrowed(desk: Desk) -> None:
    assert desk.cited("customer")
    desk.client.post(f"/v1/documents/{TRIAL}/access", json={"audience": "internal"})
    assert desk.silent("customer")
    assert desk.cited()


def test_an_old_answer_opens_what_it_cited_through_replacements_and_deletion(desk: Desk) -> None:
    citations = []
    for weeks in (1, 2, 3, 4):
        if weeks > 1:
            desk.write(TRIAL, FAQ.replace("试用一般给 1 周", f"试用一般给 {weeks} 周"))
        citations += desk.cited()
    assert [one["version"] for one in citations] == [1, 2, 3, 4]

    def statuses() -> list[str]:
        bodies = [desk.opened(one) for one in citations]
        for body, one in zip(bodies, citations, strict=True):
            assert body["text"][one["start"] : one["end"]] == one["quote"]
        return [body["status"] for body in bodies]

    assert statuses() == ["replaced", "replaced", "replaced", "current"]
    desk.client.delete(f"/v1/documents/{TRIAL}")
    assert statuses() == ["deleted"] * 4
    assert desk.opened(citations[0] | {"version": 5})["code"] == "unknown_document"
    desk.write(TRIAL, FAQ)
    assert statuses() == ["replaced"] * 4
    desk.client.post(f"/v1/documents/{TRIAL}/access", json={"groups": ["财务"]})
    desk.client.post("/v1/people", json={"id": "li", "name": "李", "roles": ["reader"]})
    key = desk.client.post("/v1/keys", json={"person": "li"}).json()["key"]
    desk.client.headers["Authorization"] = f"Bearer {key}"
    assert {desk.opened(one)["code"] for one in citations} == {"unknown_document"}


def test_the_model_switched_while_serving_and_back(
    settings: Settings, embedder: Embedder, knowledge_folder: Path
) -> None:
    first = HashingEmbedder(64)
    with desk_of(settings, first, knowledge_folder) as desk:
        desk.write(TRIAL, FAQ)
        before = [one["quote"] for one in desk.cited()]
    held = Held(embedder)
    with desk_of(settings, held, knowledge_folder) as desk:
        rebuild = threading.Thread(target=desk.application.indexing.rebuild, daemon=True)
        rebuild.start()
        assert held.begun.wait(60)
        assert desk.application.reading.identity == first.identity
        assert (desk.found(), [one["quote"] for one in desk.cited()]) == ({TRIAL, RENEWAL}, before)
        refused = desk.client.delete(f"/v1/documents/{TRIAL}")
        assert (refused.status_code, refused.json()["code"]) == (503, "index_rebuilding")
        desk.client.post(f"/v1/documents/{TRIAL}/verification", json={"owner": "li"})
        desk.client.post(f"/v1/documents/{TRIAL}/access", json={"audience": "internal"})  # in force at once
        assert desk.silent("customer")
        held.go.set()
        rebuild.join(60)
        assert desk.application.reading.identity == embedder.identity
        assert [one["quote"] for one in desk.cited()] == before
        assert desk.silent("customer")
        assert desk.client.delete(f"/v1/documents/{TRIAL}").status_code == 200
        assert desk.silent()
    with desk_of(settings, first, knowledge_folder) as desk:
        report = desk.application.indexing.rebuild()
        assert report is not None
        assert desk.application.reading.identity == first.identity
        assert desk.silent()
        desk.write(TRIAL, FAQ)
        assert [one["version"] for one in desk.cited()] == [2]
        assert desk.client.get(f"/v1/documents/{TRIAL}").json()["verification"]["owner"] == "li"
