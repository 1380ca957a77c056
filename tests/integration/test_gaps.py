"""What two people miss in different words is one gap, over HTTP and on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import AskBody, ReadyBody

Key = dict[str, str]


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def owner(application: Application) -> Key:
    return {"Authorization": f"Bearer {application.access.first_key()}"}


def joined(client: TestClient, owner: Key, id: str) -> Key:
    client.post("/v1/people", json={"id": id, "name": id, "roles": ["reader"], "groups": []}, headers=owner)
    return {"Authorization": f"Bearer {client.post('/v1/keys', json={'person': id}, headers=owner).json()['key']}"}


def test_two_people_who_miss_the_same_make_one_gap(application: Application, client: TestClient, owner: Key) -> None:
    mei, lin = joined(client, owner, "mei"), joined(client, owner, "lin")
    for key, question in ((mei, "一般收多少钱,试用的押金"), (lin, "试用的押金一般收多少钱")):
        reply = client.post("/v1/ask", json={"question": question}, headers=key).json()
        assert (reply["status"], reply["reason"]) == ("abstained", "not_in_knowledge")
    down = {"helpful": False, "reason": "incomplete", "comment": "至少告诉我找谁"}
    kept = client.post(f"/v1/answers/{reply['answer_id']}/feedback", json=down, headers=lin).json()
    assert (kept["helpful"], kept["reason"], kept["comment"]) == (False, "incomplete", "至少告诉我找谁")
    application.copilot.ask(AskBody(question="试用的押金一般收多少钱", run="batch"))
    client.post("/v1/ask", json={"question": "你好"}, headers=mei)
    body = client.get("/v1/gaps", headers=owner).json()
    (gap,) = body["gaps"]
    assert (gap["askers"], gap["observations"], gap["status"]) == (2, 3, "open")
    assert set(gap["kinds"]) == {"abstained", "downvoted"}
    assert set(body["not_gaps"]) == {"retrieval_failed", "no_permission", "out_of_scope"}
    assert [one["person"] for one in client.get(f"/v1/gaps/{gap['id']}", headers=mei).json()["seen"]] == ["mei"]
    assert len(client.get(f"/v1/gaps/{gap['id']}", headers=owner).json()["seen"]) == 3
    path = f"/v1/gaps/{gap['id']}"
    assert client.post(f"{path}/assignment", json={"owner": "lin"}, headers=mei).status_code == 403
    assert client.post(f"{path}/assignment", json={"owner": "lin"}, headers=owner).json()["owner"] == "lin"
    assert client.post(f"{path}/dismissal", json={"reason": " "}, headers=lin).json()["code"] == "reason_required"
    assert (
        client.post(f"{path}/dismissal", json={"reason": "试用不收押金"}, headers=lin).json()["status"] == "dismissed"
    )
    assert client.post(f"{path}/reopening", headers=lin).json()["note_zh"]
    missing = client.get("/v1/gaps/none", headers=owner)
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_gap")
    client.post(f"/v1/answers/{reply['answer_id']}/feedback", json={"helpful": True}, headers=lin)
    assert client.get("/v1/gaps", params={"mine": True}, headers=lin).json()["gaps"][0]["observations"] == 2
    assert client.get("/v1/gaps", params={"status": "answered"}, headers=owner).json()["gaps"] == []


def test_what_cannot_be_said_of_an_answer_is_refused(client: TestClient, owner: Key) -> None:
    asked = client.post("/v1/ask", json={"question": "试用的押金一般收多少钱"}, headers=owner).json()
    path = f"/v1/answers/{asked['answer_id']}/feedback"
    for body in ({}, {"helpful": True, "reason": "other"}, {"comment": "x" * 4_001}):
        reply = client.post(path, json=body, headers=owner)
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert client.post(path, json={"helpful": False, "reason": "rude"}, headers=owner).status_code == 422
