"""A newcomer's first day: knowledge in, a question asked, its source opened, the source withdrawn."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from copilot.audit.surface import Surface
from copilot.bootstrap import Application, Readiness
from copilot.interfaces.api.app import create_app
from copilot.people.caller import the_owner

NOTE = "# 首月投诉\n\n上线首月客户会抱怨新旧系统并行,先向负责人说明,再逐条回复。\n"


def test_from_a_file_to_an_answer_whose_source_opens(application: Application, tmp_path: Path) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "first-month.md").write_text(NOTE, encoding="utf-8")
    application.indexing.ingest([str(folder)], corpus=True)
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
