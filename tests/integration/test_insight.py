"""Insight over HTTP and by command, on real stores: one database, every surface (J1, J2)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import Application, open_application
from copilot.cli.app import app as commands
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

Key = dict[str, str]
NAMED = '=HYPERLINK("http://x") <script>'


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    """A client of the owner, with an answer, an account and somebody else."""
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    with TestClient(app, headers={"Authorization": f"Bearer {application.access.first_key()}"}) as opened:
        opened.post("/v1/ask", json={"question": "服续一体时由谁负责续费"})
        facts = {"name": NAMED, "owner": "li", "annual_fee_cny": 90_000, "contract_end_in_days": 20}
        facts |= {"usage_trend": "none", "seats_bought": 9, "seats_active": 1}
        assert opened.put("/v1/accounts/a1", json=facts).status_code == 200
        yield opened


def joined(client: TestClient, id: str, role: str) -> Key:
    client.post("/v1/people", json={"id": id, "name": id, "roles": [role]})
    made = client.post("/v1/keys", json={"person": id}).json()
    return {"Authorization": f"Bearer {made['key']}"}


@pytest.mark.databases
def test_figures_tables_and_pictures(client: TestClient) -> None:
    body = client.get("/v1/insights", params={"language": "en"}).json()
    figures = {one["key"]: one for group in body["groups"] for one in group["figures"]}
    assert (body["whose"], figures["questions"]["value"], figures["document_hits"]["value"]) == ("everybody", 1, 1)
    assert figures["needs_attention"]["owner"] == "li"
    assert figures["answered_share"]["value"] is None
    table = client.get("/v1/insights.csv", params={"figure": "needs_attention"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    (line,) = csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"), newline=""))
    assert line["name"] == f"'{NAMED}"
    picture = client.get("/v1/insights/charts/questions.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(picture.text).tag.endswith("svg")
    assert client.get("/v1/insights/charts/nothing.svg").json()["code"] == "unknown_figure"


def test_who_sees_what(client: TestClient) -> None:
    li, kong = joined(client, "li", "frontline"), joined(client, "kong", "curator")
    own = client.get("/v1/insights", headers=li).json()
    assert (own["whose"], own["person"]) == ("person", "li")
    keys = {one["key"]: one for group in own["groups"] for one in group["figures"]}
    assert (keys["questions"]["value"], keys["needs_attention"]["value"]) == (0, 1)
    for asked in ({"scope": "all"}, {"person": "owner"}, {"scope": "team", "person": "li"}):
        assert client.get("/v1/insights", params=asked, headers=li).json()["code"] == "not_permitted"
        assert client.get("/v1/insights.csv", params=asked, headers=li).status_code == 403
    knowledge = client.get("/v1/insights", headers=kong).json()
    assert [len(group["figures"]) for group in knowledge["groups"]] == [7, 4]
    assert client.get("/v1/insights", headers={"Authorization": "Bearer no"}).status_code == 401


BAD = (
    ({"since": "2026-11-02", "until": "2026-11-01"}, "invalid_request"),
    ({"since": "0001-01-01"}, "invalid_request"),
    ({"since": "9999-01-01"}, "invalid_request"),
    ({"until": "0001-01-01"}, "invalid_request"),
    ({"since": "yesterday"}, "invalid_request"),
    ({"scope": "world"}, "invalid_request"),
    ({"language": "fr"}, "invalid_request"),
    ({"person": "nobody"}, "unknown_person"),
    ({"person": "x" * 999}, "invalid_request"),
)


def test_what_cannot_be_asked(client: TestClient) -> None:
    for asked, code in BAD:
        reply = client.get("/v1/insights", params=asked)
        assert (reply.status_code in (404, 422), reply.json()["code"]) == (True, code), (asked, reply.text)


def test_the_command(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_HOME", str(home))
    monkeypatch.setenv("COPILOT_EMBEDDING_MODEL", "words")
    with open_application(Settings(home=home), embedder=HashingEmbedder()):
        pass
    page, tables = tmp_path / "page.html", tmp_path / "tables"
    runner = CliRunner()
    told = runner.invoke(commands, ["insight", "--json", "--html", str(page), "--csv", str(tables)])
    assert told.exit_code == 0, told.output
    assert [len(group["figures"]) for group in json.loads(told.stdout)["groups"]] == [7, 6, 4, 5]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tables / "insights.csv").read_bytes().startswith(b"\xef\xbb\xbfgroup,key")
    shown = runner.invoke(commands, ["insight", "--language", "en", "--scope", "me"])
    assert "Nobody asked anything in this time." in shown.output
    assert "--since 'soon' is no day" in str(runner.invoke(commands, ["insight", "--since", "soon"]).exception)
