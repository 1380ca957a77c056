"""A newcomer's first day: knowledge in, a question asked, its source opened, the source withdrawn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, Readiness, open_application
from copilot.interfaces.api.app import create_app
from copilot.people.caller import the_owner
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

NOTE = "# 首月投诉\n\n上线首月客户会抱怨新旧系统并行,先向负责人说明,再逐条回复。\n"


@pytest.fixture
def application(home: Path, corpus_home: Path) -> Iterator[Application]:
    """The shipped corpus is indexed."""
    shutil.copytree(corpus_home, home)
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as opened:
        yield opened


def test_from_a_file_to_an_answer_whose_source_opens(application: Application, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "first-month.md").write_text(NOTE, encoding="utf-8")
    application.indexing.ingest([str(folder)], corpus=False)
    ready = Readiness(application)
    app = create_app(copilot=application.copilot, access=application.access, ready=ready, version="0")
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 503
        ready.warm_up()
        assert client.get("/readyz").json()["documents"] > 1

        client.get(f"/app?login={application.access.new_link_code(the_owner(Surface.APP))}")
        answer = client.post("/v1/ask", json={"question": "上线首月客户抱怨新旧系统并行怎么办"}).json()
        citation = answer["citations"][0]
        assert (answer["status"], citation["source"]) == ("answered", "first-month.md")

        opened = client.get(f"/v1/documents/{citation['document_id']}?version={citation['version']}").json()
        assert opened["text"][citation["start"] : citation["end"]] == citation["quote"]

        client.delete("/v1/documents/first-month.md")
        again = client.post("/v1/ask", json={"question": "上线首月客户抱怨新旧系统并行怎么办"}).json()
        assert "first-month.md" not in {passage["source"] for passage in again["passages"]}
        assert client.get(f"/v1/documents/{citation['document_id']}?version={citation['version']}").status_code == 200
