"""A contact of a customer is exported and erased over HTTP and from the command line, by those who manage people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from fastapi.testclient import TestClient
from pydantic import SecretStr
from typer.testing import CliRunner

from copilot.audit.verification import verified
from copilot.bootstrap import Application, open_application
from copilot.cli.accounts import add_account_commands
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.local import LocalCopilot
from copilot.people.person import Role
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf

pytestmark = pytest.mark.databases

Key = dict[str, str]
NAME = "裴文静"
RECORD = {
    "name": "北辰连锁",
    "lifecycle_stage": "renewal",
    "kp": [{"name": NAME, "title": "运营总监", "relationship": "决策人"}, {"name": "赵六"}],
    "notes": f"{NAME}担心续费价格,电话 13900139000。",
}


@pytest.fixture
def application(home: Path, database: AddressOf, knowledge_folder: Path) -> Iterator[Application]:
    address = database(home)
    given = {"database_url": SecretStr(address)} if address else {}
    settings = Settings(home=home, embedding_model="words", **given)  # type: ignore[arg-type]  # one name, its own type
    (knowledge_folder / "visit.md").write_text(f"# 拜访纪要\n\n{NAME}说上线顺利。\n", encoding="utf-8")
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(knowledge_folder)], corpus=False)
        opened.copilot.accounts.put("k1", RECORD)
        yield opened


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def owner(application: Application) -> Key:
    return {"Authorization": f"Bearer {application.access.first_key()}"}


def joined(client: TestClient, owner: Key, id: str, role: Role) -> Key:
    made = client.post("/v1/people", json={"id": id, "name": id, "roles": [role]}, headers=owner)
    assert made.status_code == 201
    return {"Authorization": f"Bearer {client.post('/v1/keys', json={'person': id}, headers=owner).json()['key']}"}


def test_those_who_manage_people_give_and_erase_and_nobody_else(client: TestClient, owner: Key) -> None:
    admin = joined(client, owner, "li", Role.ADMIN)
    for role in (Role.READER, Role.FRONTLINE, Role.MANAGER, Role.CURATOR):
        key = joined(client, owner, f"x-{role}", role)
        for path in ("export", "erasure"):
            assert client.post(f"/v1/accounts/k1/contacts/{path}", json={"name": NAME}, headers=key).status_code == 403
    assert client.post("/v1/accounts/k1/contacts/export", json={"name": NAME}, headers=admin).status_code == 200


def test_a_contact_goes_from_the_record_and_from_what_was_written_about_it(
    application: Application, client: TestClient, owner: Key, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    observed = [{"name": "kp_changed", "value": NAME}, {"name": "notes", "value": f"{NAME}来电"}]
    assert client.post("/v1/accounts/k1/signals", json=observed, headers=owner).status_code == 201
    wanted = {"kind": "customer_message", "account_id": "k1", "language": "zh", "goal": f"约{NAME}谈续费"}
    draft = client.post("/v1/drafts", json=wanted, headers=owner)
    assert draft.status_code == 201, draft.text
    asked = client.post("/v1/ask", json={"question": f"{NAME}嫌续费贵怎么办", "account_id": "k1"}, headers=owner)
    path = "/v1/accounts/k1/contacts"

    export = client.post(f"{path}/export", json={"name": NAME}, headers=owner).json()
    assert {"accounts", "account_signals", "answers", "draft_revisions"} <= set(export["tables"])
    assert len(export["tables"]["account_signals"]) == 2
    assert [source for source in export["documents"] if source.endswith("visit.md")]
    assert export["limited"] is None

    seen = client.post(f"{path}/erasure", json={"name": NAME}, headers=owner).json()
    assert seen["preview"] is True
    assert client.get("/v1/accounts/k1", headers=owner).json()["kp"] == RECORD["kp"]

    wrong = client.post(f"{path}/erasure", json={"name": NAME, "confirm": "赵六"}, headers=owner)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")
    made = client.post(f"{path}/erasure", json={"name": NAME, "confirm": NAME}, headers=owner).json()
    assert (made["preview"], made["tables"], made["drafts"]) == (False, seen["tables"], seen["drafts"])
    assert made["drafts"] == [draft.json()["id"]]
    assert made["answers"] == [asked.json()["answer_id"]]
    assert made["conversations"] == [asked.json()["conversation_id"]]
    assert "CRM" in made["again"]
    assert "CRM" in made["again_zh"]

    account = client.get("/v1/accounts/k1", headers=owner).json()
    assert account["kp"] == [{"name": "赵六"}]
    assert not [word for word in (NAME, "13900139000") if word in json.dumps(account, ensure_ascii=False)]
    for address in ("/v1/accounts/k1/signals", f"/v1/drafts/{draft.json()['id']}"):
        shown = client.get(address, headers=owner)
        assert shown.status_code == 200
        assert NAME not in shown.text, address
    assert client.post(f"{path}/export", json={"name": NAME}, headers=owner).json()["code"] == "unknown_contact"
    assert "contact.erased" in {entry.event.action for entry in application.audit.entries()}
    assert NAME not in str(list(application.audit.entries()))
    assert verified(application.audit).faults == ()
    assert NAME not in caplog.text

    client.put("/v1/accounts/k1", json=RECORD, headers=owner)  # as the CRM does
    assert client.get("/v1/accounts/k1", headers=owner).json()["kp"] == RECORD["kp"]


def test_what_was_approved_stays_as_it_was_decided_on(client: TestClient, owner: Key) -> None:
    wanted = {"kind": "customer_message", "account_id": "k1", "language": "zh", "goal": f"约{NAME}谈续费"}
    draft = client.post("/v1/drafts", json=wanted, headers=owner).json()
    text = {"content": f"{NAME}您好,想约您谈续费。", "based_on": 1}
    revised = client.post(f"/v1/drafts/{draft['id']}/revisions", json=text, headers=owner)
    assert revised.status_code in (200, 201), revised.text
    order = {"decision": "approve", "revision": 2, "reason": "可以"}
    decided = client.post(f"/v1/drafts/{draft['id']}/decisions", json=order, headers={**owner, "Idempotency-Key": "d1"})
    assert decided.status_code in (200, 201), decided.text
    body = {"name": NAME, "confirm": NAME}
    made = client.post("/v1/accounts/k1/contacts/erasure", json=body, headers=owner).json()
    kept = [one for one in made["tables"] if one["done"] == "kept"]
    assert "draft_revisions" in {one["table"] for one in kept}
    assert all(one["why"] and one["why_zh"] for one in kept)
    assert NAME in client.get(f"/v1/drafts/{draft['id']}", headers=owner).text


def test_a_name_that_one_of_ours_has_is_limited_and_the_reply_says_so(client: TestClient, owner: Key) -> None:
    client.post("/v1/people", json={"id": "pei", "name": NAME, "roles": ["reader"]}, headers=owner)
    body = {"name": NAME, "confirm": NAME}
    made = client.post("/v1/accounts/k1/contacts/erasure", json=body, headers=owner).json()
    assert "own people" in made["limited"]
    assert "我们自己的人" in made["limited_zh"]
    account = client.get("/v1/accounts/k1", headers=owner).json()
    assert account["kp"] == [{"name": "赵六"}]
    assert account["notes"].startswith(NAME)


@pytest.mark.parametrize("path", ["export", "erasure"])
def test_bad_input_is_told_with_a_code(client: TestClient, owner: Key, path: str) -> None:
    bad: list[tuple[str, dict[str, object], int, str]] = [
        ("k1", {"name": ""}, 422, "invalid_request"),
        ("k1", {"name": "x" * 300}, 422, "invalid_request"),
        ("k1", {"name": "a\0b"}, 422, "invalid_request"),
        ("k1", {"name": ["x"]}, 422, "invalid_request"),
        ("k1", {}, 422, "invalid_request"),
        ("k1", {"name": "钱多多"}, 404, "unknown_contact"),
        ("nowhere", {"name": NAME}, 404, "unknown_account"),
    ]
    for account, body, status, code in bad:
        reply = client.post(f"/v1/accounts/{account}/contacts/{path}", json=body, headers=owner)
        assert (reply.status_code, reply.json()["code"]) == (status, code), body


def test_a_contact_is_exported_and_erased_from_the_command_line(application: Application, tmp_path: Path) -> None:
    group = typer.Typer()

    @contextmanager
    def opened() -> Iterator[LocalCopilot]:
        yield application.copilot

    add_account_commands(group, opened)
    run, out = CliRunner(), tmp_path / "pei.json"
    whom = ["contacts", "erase", "k1", NAME]
    assert run.invoke(group, ["contacts", "export", "k1", NAME, "--out", str(out)]).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["tables"]["accounts"][0]["kp"] == RECORD["kp"][:1]  # type: ignore[index]  # a list, as above
    nowhere = ["contacts", "export", "k1", NAME, "--out", str(tmp_path / "none" / "x.json")]
    assert run.invoke(group, nowhere).exit_code != 0

    seen = json.loads(run.invoke(group, [*whom, "--preview", "--json"]).stdout)
    asked = run.invoke(group, whom, input="n\n")
    assert (asked.exit_code, f"Erase {NAME} in k1 for good?" in asked.stderr) == (1, True)
    assert NAME in run.invoke(group, ["show", "k1", "--json"]).stdout

    made = json.loads(run.invoke(group, [*whom, "--yes", "--json"]).stdout)
    assert (seen["preview"], made["preview"], made["tables"]) == (True, False, seen["tables"])
    assert NAME not in run.invoke(group, ["show", "k1", "--json"]).stdout
    assert run.invoke(group, [*whom, "--yes"]).exit_code != 0
