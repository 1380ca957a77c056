"""Web addresses on every surface, and what an answer says of where it comes from."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application, open_application
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import AskBody, ReadyBody
from copilot.settings import Settings, load_settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf
from tests.doubles.web_server import Page, WebServer, web_server
from tests.integration.conftest import Run

RENEWAL = """<html lang="zh"><head><title>续费归谁做</title></head><body><main><h1>续费归谁做</h1>
<p>服续一体时由客户成功经理负责续费。新签和续费分开时,另设续费团队。</p></main></body></html>"""
TRIAL = """<html lang="zh"><head><title>试用多久</title></head><body><main><h1>试用多久</h1>
<p>试用一般给 1 周,需要时再申请 1 周。</p></main></body></html>"""


@pytest.fixture
def site() -> Iterator[WebServer]:
    """Two pages and their sitemap."""
    with web_server() as server:
        server.pages |= {"/renewal": Page(body=RENEWAL.encode(), etag='"1"'), "/trial": Page(body=TRIAL.encode())}
        server.sitemap("/renewal", "/trial")
        yield server


@pytest.fixture
def application(home: Path, database: AddressOf, site: WebServer) -> Iterator[Application]:
    """One that may read the site."""
    settings = Settings(home=home, web_allowed=(f"127.0.0.1:{site.port}",))
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        yield opened


def test_a_citation_of_a_page_carries_its_address(application: Application, site: WebServer) -> None:
    report = application.indexing.ingest([site.url("/sitemap.xml")], corpus=False)
    assert [line.status for line in report.documents] == ["added", "added"]
    answer = application.copilot.ask(AskBody(question="服续一体时由谁负责续费?"))
    assert answer.citations[0].source == answer.citations[0].url == site.url("/renewal")
    document = application.copilot.document(site.url("/renewal"))
    assert (document.origin, document.metadata["url"]) == (site.url("/sitemap.xml"), site.url("/renewal"))


def test_what_is_gone_from_the_site_is_not_found_any_more(application: Application, site: WebServer) -> None:
    application.indexing.ingest([site.url("/sitemap.xml")], corpus=False)
    del site.pages["/trial"]
    report = application.indexing.ingest([site.url("/sitemap.xml")], corpus=False)
    assert {line.source: line.status for line in report.documents} == {
        site.url("/renewal"): "unchanged",
        site.url("/trial"): "deleted",
    }
    found = application.copilot.search("试用多久", 10, AskBody(question="").audience)
    assert {passage.source for passage in found.passages} == {site.url("/renewal")}


def test_a_page_can_be_opened_and_deleted_by_its_address_over_http(application: Application, site: WebServer) -> None:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    done = threading.Event()
    with TestClient(app, headers={"Authorization": f"Bearer {application.access.first_key()}"}) as client:
        run = client.post("/v1/documents", json={"paths": [site.url("/renewal")], "corpus": False}).json()
        while run["status"] == "running" and not done.wait(0.02):
            run = client.get(f"/v1/ingestions/{run['id']}").json()
        assert run["report"]["added"] == 1
        page = site.url("/renewal").replace("/", "%2F")
        assert client.get(f"/v1/documents/{page}").json()["source"] == site.url("/renewal")
        assert client.delete(f"/v1/documents/{page}").json() == {"source": site.url("/renewal"), "status": "deleted"}


def test_pages_and_folders_are_named_side_by_side(
    run: Run, home: Path, site: WebServer, knowledge_folder: Path
) -> None:
    arguments = ("ingest", site.url("/renewal"), str(knowledge_folder), "--no-corpus", "--json")
    done = run(*arguments, COPILOT_WEB_ALLOWED=f"127.0.0.1:{site.port}")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [line["source"] for line in report["documents"]] == [site.url("/renewal"), "renewal.md", "trial.md"]
    again = json.loads(run(*arguments, COPILOT_WEB_ALLOWED=f"127.0.0.1:{site.port}").stdout)
    assert (again["unchanged"], site.asked[-1].status) == (3, 304)


def test_a_site_inside_our_network_is_not_asked_unless_it_is_listed(run: Run, site: WebServer) -> None:
    done = run("ingest", site.url("/renewal"), "--no-corpus", "--json")
    assert done.returncode == 0
    (line,) = json.loads(done.stdout)["documents"]
    assert (line["status"], line["code"]) == ("failed", "address_forbidden")
    assert site.asked == []


def test_an_address_that_is_none_ends_with_one(run: Run) -> None:
    done = run("ingest", "https://user:secret@site.example/", "--no-corpus", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "source_not_found")


@pytest.mark.parametrize("entry", ["http://wiki.ours.com/", "*.ours.com", "li@ours.com", "*"])
def test_hosts_inside_are_listed_by_their_own_names(home: Path, entry: str) -> None:
    settings = load_settings(home=home, web_allowed=f"wiki.ours.com, {entry}")
    with pytest.raises(ConfigurationError, match="COPILOT_WEB_ALLOWED"), open_application(settings):
        pass
