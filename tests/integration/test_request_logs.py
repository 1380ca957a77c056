"""What a request leaves in the log, and that its reference leads there."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.telemetry.logs import JsonLines
from knowledge.errors import IndexUnavailable

Key = dict[str, str]


class Lines(logging.Handler):
    """Keeps every line as a machine would read it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.raw: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.raw.append(self.format(record))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.raw) if line["event"] == event]


@pytest.fixture
def lines() -> Iterator[Lines]:
    kept, ours = Lines(), logging.getLogger("copilot")
    before = ours.level
    ours.addHandler(kept)
    ours.setLevel(logging.INFO)
    yield kept
    ours.removeHandler(kept)
    ours.setLevel(before)


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    made = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {made}"}, follow_redirects=False) as opened:
        yield opened


def test_a_question_can_be_followed_and_its_text_cannot_be_read(client: TestClient, lines: Lines) -> None:
    reply = client.post("/v1/ask", json={"question": "续费应该谁负责"}, headers={"X-Request-ID": "trace-7"})
    body = reply.json()
    (answer,), (request,) = lines.of("answer"), lines.of("request")
    assert reply.headers["X-Request-ID"] == answer["request"] == request["request"] == "trace-7"
    assert answer["answer"] == request["answer"] == body["answer_id"]
    assert request["conversation"] == body["conversation_id"]
    assert request["person"] == "owner"
    assert (request["method"], request["route"], request["status"]) == ("POST", "/v1/ask", 200)
    assert 0 < request["seconds"] < 60
    assert answer["answer_status"] == "answered"
    assert "续费" not in "".join(lines.raw)


def test_a_streamed_answer_is_followed_into_its_thread(client: TestClient, lines: Lines) -> None:
    text = client.post("/v1/ask/stream", json={"question": "续费应该谁负责"}, headers={"X-Request-ID": "s-1"}).text
    assert "event: done" in text
    (answer,), (request,) = lines.of("answer"), lines.of("request")
    assert (answer["request"], request["request"]) == ("s-1", "s-1")
    assert request["answer"] == answer["answer"]


def test_an_error_nobody_foresaw_has_one_reference_everywhere(
    client: TestClient, lines: Lines, monkeypatch: pytest.MonkeyPatch, application: Application
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a detail for us alone")

    monkeypatch.setattr(application.copilot, "documents", broken)
    reply = client.get("/v1/documents", headers={"X-Request-ID": "not sane\u00e9".encode()})
    body = reply.json()
    (told,) = [line for line in lines.of("log") if line["level"] == "error"]
    (request,) = lines.of("request")
    assert reply.status_code == 500
    assert body["reference"] == reply.headers["X-Request-ID"] == told["request"] == request["request"]
    assert "a detail for us alone" not in reply.text
    assert reply.headers["X-Content-Type-Options"] == "nosniff"  # as every other answer has
    assert told["error"]["message"] == "a detail for us alone"
    assert (request["status"], request["level"]) == (500, "warning")


def test_an_error_before_any_route_has_its_reference_too(
    client: TestClient, lines: Lines, monkeypatch: pytest.MonkeyPatch, application: Application
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a detail for us alone")

    monkeypatch.setattr(application.access, "caller_of_key", broken)
    reply = client.get("/v1/documents")
    (told,) = [line for line in lines.of("log") if line["level"] == "error"]
    assert (reply.status_code, reply.json()["reference"]) == (500, told["request"])
    assert lines.of("request")[0]["status"] == 500


def test_trouble_of_ours_is_found_by_its_reference_too(
    client: TestClient, lines: Lines, monkeypatch: pytest.MonkeyPatch, application: Application
) -> None:
    def away(*_: object, **__: object) -> None:
        raise IndexUnavailable("The database does not answer. Try again.")

    monkeypatch.setattr(application.copilot, "documents", away)
    body = client.get("/v1/documents").json()
    (told,) = lines.of("trouble")
    assert (body["code"], body["reference"]) == ("index_unavailable", told["request"])
    assert told["code"] == "index_unavailable"


def test_a_refused_stranger_is_seen_and_routes_have_no_names_of_their_own(client: TestClient, lines: Lines) -> None:
    client.get("/v1/drafts/d-77", headers={"Authorization": "Bearer wrong"})
    client.get("/made/up/4711")
    first, second = lines.of("request")
    assert (first["route"], first["draft"], first["status"]) == ("/v1/drafts/{id}", "d-77", 401)
    assert "person" not in first
    assert (second["route"], second["status"]) == ("unknown", 404)


def test_looking_whether_we_live_fills_no_log(client: TestClient, lines: Lines) -> None:
    client.get("/healthz")
    client.get("/readyz")
    assert lines.of("request") == []
