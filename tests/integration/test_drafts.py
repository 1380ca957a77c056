"""Accounts, drafts, decisions and the audit log over HTTP and on the command line, on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from copilot.approval.decision import Verdict
from copilot.bootstrap import open_application
from copilot.drafting.draft import DraftKind
from copilot.interfaces.account_files import import_file
from copilot.interfaces.api.app import create_app
from copilot.interfaces.auditing import all_entries
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.draft_contract import DraftBody, DraftDecisionBody, RevisionBody
from copilot.interfaces.export.formats import ExportFormat
from copilot.interfaces.remote import RemoteCopilot, RemoteError
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf, open_tables
from tests.integration.conftest import FAQ, PLAYBOOK, Run, lines

ACCOUNT = {
    "name": "柚子家居",
    "stage": "新手启动",
    "days_since_signing": 27,
    "seats_bought": 120,
    "seats_active": 20,
    "first_value_delivered": False,
    "kp": [{"name": "裴总"}],
    "size_segment": "中型",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of the owner; one application for all tests, which keep to drafts and accounts of their own."""
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "trial.md").write_text(FAQ, encoding="utf-8")
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        app = create_app(
            copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
        )
        key = application.access.first_key()
        with TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False) as opened:
            opened.put("/v1/accounts/a1", json=ACCOUNT)
            yield opened


def created(client: TestClient, kind: str = "customer_message", account: str = "a1", **more: Any) -> dict[str, Any]:
    reply = client.post("/v1/drafts", json={"kind": kind, "account_id": account, **more})
    assert reply.status_code == 201, reply.text
    body: dict[str, Any] = reply.json()
    return body


def test_a_draft_asked_for_twice_with_one_key_is_one_draft(client: TestClient) -> None:
    body = {"kind": "customer_message", "account_id": "a1"}
    twice = [client.post("/v1/drafts", json=body, headers={"Idempotency-Key": "n1"}) for _ in range(2)]
    assert [one.status_code for one in twice] == [201, 201]
    assert twice[0].json() == twice[1].json()
    other = client.post("/v1/drafts", json=body | {"kind": "success_plan"}, headers={"Idempotency-Key": "n1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_record_is_kept_shown_and_listed(client: TestClient) -> None:
    shown = client.get("/v1/accounts/a1").json()
    assert (shown["id"], shown["type"], shown["lifecycle_stage"]) == ("a1", "account", "onboarding")
    assert (shown["unknown"], shown["size_segment"], shown["nps"]) == (["size_segment"], "中型", None)
    assert client.get("/v1/accounts", params={"limit": 1}).json()["accounts"] == [shown]
    again = client.put("/v1/accounts/a1", json=shown).json()
    assert {**again, "updated_at": ""} == {**shown, "updated_at": ""}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/accounts/a1", {"nps": "high"}, 422, "invalid_account"),
        ("/v1/accounts/a1", {"id": "a2"}, 422, "invalid_account"),
        ("/v1/accounts/a1", [], 422, "invalid_request"),
    ],
)
def test_a_wrong_record_is_refused(client: TestClient, path: str, body: Any, status: int, code: str) -> None:
    reply = client.put(path, json=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert client.get("/v1/accounts/a1").json()["name"] == "柚子家居"


def test_a_message_is_composed_edited_approved_and_exported(client: TestClient) -> None:
    draft = created(client)
    assert (draft["revision"], draft["status"], draft["kind"]) == (1, "open", "customer_message")
    assert draft["content"].startswith("裴总,您好!")
    url = f"/v1/drafts/{draft['id']}"

    edited = client.post(f"{url}/revisions", json={"content": "裴总,我们保证见效。", "based_on": 1})
    assert edited.status_code == 201
    assert [one["code"] for one in edited.json()["findings"]] == ["over_promise", "no_customer_source"]

    decision = {"decision": "approve", "revision": 2, "reason": "看过"}
    decided = client.post(f"{url}/decisions", json=decision, headers={"Idempotency-Key": "k1"}).json()
    assert (decided["status"], decided["outcome"], decided["approvals_missing"]) == ("approved", "decided", 0)
    again = client.post(f"{url}/decisions", json=decision, headers={"Idempotency-Key": "k1"}).json()
    assert (again["outcome"], again["decision"]) == ("repeated", decided["decision"])

    shown = client.get(url).json()
    assert [one["revision"] for one in shown["revisions"]] == [1, 2]
    assert "+裴总,我们保证见效。" in shown["revisions"][1]["diff"]
    assert shown["decisions"][0]["findings"] == ["over_promise", "no_customer_source"]
    assert client.get(url, params={"revision": 1}).json()["content"] == draft["content"]

    file = client.get(f"{url}/export")
    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.text == "裴总,我们保证见效。\n"
    word = client.get(f"{url}/export", params={"format": "docx"})
    assert word.content.startswith(b"PK")
    assert client.get(f"{url}/export", params={"format": "odt"}).status_code == 422


def test_a_plan_cites_the_text_that_is_stored(client: TestClient) -> None:
    plan = created(client, "success_plan", inputs={"scenario": "续费谁负责"}, language="zh")
    assert plan["citations"] or [one["code"] for one in plan["findings"]].count("no_playbook") == 8
    for one in plan["citations"]:
        document = client.get(f"/v1/documents/{one['document_id']}", params={"version": one["version"]}).json()
        assert document["text"][one["start"] : one["end"]] == one["quote"]
    exported = client.get(f"/v1/drafts/{plan['id']}/export").text
    assert all(f"[{one['n']}]" in exported for one in plan["citations"])


def test_a_double_click_without_a_key_changes_nothing(client: TestClient) -> None:
    url = f"/v1/drafts/{created(client)['id']}/decisions"
    first, second = (client.post(url, json={"decision": "approve", "revision": 1}).json() for _ in range(2))
    assert (first["outcome"], second["outcome"]) == ("decided", "repeated")
    assert first["decision"] == second["decision"]


def test_what_cannot_be_decided_is_told_with_its_reason(client: TestClient) -> None:
    url = f"/v1/drafts/{created(client)['id']}"

    def decide(decision: str, revision: int, key: str, **more: str) -> tuple[int, dict[str, Any]]:
        body = {"decision": decision, "revision": revision, **more}
        reply = client.post(f"{url}/decisions", json=body, headers={"Idempotency-Key": key})
        return reply.status_code, reply.json()

    assert decide("reject", 1, "k1")[1]["code"] == "reason_required"
    client.post(f"{url}/revisions", json={"content": "改了", "based_on": 1})
    status, stale = decide("approve", 1, "k2")
    assert (status, stale["code"]) == (409, "stale_revision")
    assert "+改了" in stale["diff"]
    status, stale_edit = 409, client.post(f"{url}/revisions", json={"content": "别的", "based_on": 1}).json()
    assert (stale_edit["code"], "+改了" in stale_edit["diff"]) == ("stale_revision", True)
    assert decide("reject", 2, "k3", reason="太硬")[1]["status"] == "rejected"
    assert decide("approve", 2, "k3")[1]["code"] == "idempotency_key_reused"
    status, already = decide("approve", 2, "k4")
    assert (status, already["code"]) == (409, "already_decided")
    assert client.post("/v1/drafts/nothing/decisions", json={"decision": "approve", "revision": 1}).status_code == 404


def test_drafts_are_listed_by_what_they_are(client: TestClient) -> None:
    client.put("/v1/accounts/b1", json={"name": "晴川文具"})
    message, plan = created(client, account="b1"), created(client, "success_plan", account="b1")

    def listed(**wanted: str) -> list[str]:
        return [one["id"] for one in client.get("/v1/drafts", params=wanted).json()["drafts"]]

    assert listed(account_id="b1") == [plan["id"], message["id"]]
    assert listed()[:2] == [plan["id"], message["id"]]
    assert listed(account_id="b1", kind="success_plan") == [plan["id"]]
    assert listed(account_id="b1", status="approved") == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "customer_message", "account_id": "a9"}, 404, "unknown_account"),
        ({"kind": "poem", "account_id": "a1"}, 422, "invalid_request"),
        ({"kind": "customer_message", "account_id": "a1", "inputs": {"to": "长" * 2001}}, 422, "invalid_request"),
    ],
)
def test_a_draft_that_cannot_be_made_is_refused(client: TestClient, body: Any, status: int, code: str) -> None:
    reply = client.post("/v1/drafts", json=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_delegation_names_a_person_there_is(client: TestClient) -> None:
    reply = client.post("/v1/delegations", json={"to": "owner", "until": "2999-01-01T00:00:00Z"})
    assert reply.json()["code"] == "invalid_request"


def test_everything_that_was_done_stands_in_the_audit_log(client: TestClient) -> None:
    before = client.get("/v1/audit").json()["head"]
    draft = created(client)
    client.post(f"/v1/drafts/{draft['id']}/decisions", json={"decision": "approve", "revision": 1})
    page = client.get("/v1/audit", params={"after": before}).json()
    assert [(one["action"], one["subject"]) for one in page["entries"]] == [
        ("draft.created", draft["id"]),
        ("draft.approved", draft["id"]),
    ]
    assert page["head"] == before + 2
    assert client.get("/v1/audit", params={"after": 2, "limit": 1}).json()["entries"][0]["number"] == 3
    assert client.get("/v1/audit/check").json()["faults"] == []


def test_commands_reach_the_same_through_a_running_copilot(client: TestClient, tmp_path: Path) -> None:
    remote = RemoteCopilot("http://testserver", "unused")
    remote._client.close()
    remote._client = client  # the run token is what a real one would send
    records = tmp_path / "accounts.jsonl"
    records.write_text('{"id": "r1", "name": "乐橙母婴", "x": 1}\n{"name": "没有编号"}\n', encoding="utf-8")
    report = import_file(remote.accounts, records)
    assert (report.kept, report.failed) == (1, 1)
    assert (report.lines[0].unknown, report.lines[1].error is not None) == (["x"], True)
    assert "r1" in {one.id for one in remote.accounts.list(500).accounts}
    made = remote.drafts.create(DraftBody(kind=DraftKind.SUCCESS_PLAN, account_id="r1"))
    edited = remote.drafts.revise(made.id, RevisionBody(content="计划", based_on=1))
    assert (edited.revision, remote.drafts.show(made.id).revisions[1].surface) == (2, "cli")
    with pytest.raises(RemoteError) as caught:
        remote.drafts.decide(made.id, DraftDecisionBody(decision=Verdict.APPROVE, revision=1))
    assert (caught.value.code, "+计划" in (caught.value.diff or "")) == ("stale_revision", True)
    decided = remote.drafts.decide(made.id, DraftDecisionBody(decision=Verdict.APPROVE, revision=2), "k-remote")
    assert decided.status.value == "approved"
    assert remote.drafts.export(made.id, ExportFormat.MARKDOWN).data.decode() == "计划\n"
    assert [one.id for one in remote.drafts.list(account="r1").drafts] == [made.id]
    assert remote.auditing.check().faults == []
    assert list(all_entries(remote.auditing))[-1].action == "draft.approved"


def test_the_command_line_from_import_to_approval_and_audit(
    run: Run, tmp_path: Path, home: Path, database: AddressOf
) -> None:
    table = tmp_path / "accounts.csv"
    table.write_text("编号,客户名称,阶段,NPS\na1,柚子家居,续费,9\na2,坏,冬眠,1\n", encoding="gb18030")
    imported = json.loads(run("accounts", "import", str(table), "--json").stdout)
    assert (imported["kept"], imported["failed"], imported["lines"][0]["line"]) == (1, 1, 3)

    made = json.loads(
        run("drafts", "create", "--kind", "customer_message", "--account", "a1", "--input", "to=裴总", "--json").stdout
    )
    assert made["content"].startswith("裴总,您好!")
    edited = tmp_path / "edited.md"
    edited.write_text("裴总,您好!{日期}见。", encoding="utf-8")
    shown = run("drafts", "edit", made["id"], "--file", str(edited)).stdout
    assert "placeholder_left" in shown
    assert f"copilot drafts edit {made['id']}" in shown
    stale = run("drafts", "approve", made["id"], "--revision", "1", "--json")
    assert stale.returncode == 1
    assert "+裴总,您好!{日期}见。" in json.loads(stale.stdout)["error"]["diff"]
    approved = json.loads(run("drafts", "approve", made["id"], "--json").stdout)
    assert (approved["status"], approved["decision"]["surface"]) == ("approved", "cli")

    log = tmp_path / "audit.jsonl"
    check = run("doctor", "audit", "--export", str(log), "--json")
    assert (check.returncode, json.loads(check.stdout)["faults"]) == (0, [])
    actions = [one["action"] for one in lines(log.read_text(encoding="utf-8"))]
    assert actions == ["account.stored", "draft.created", "draft.revised", "draft.approved"]

    engine = open_tables(database(home) or f"sqlite:///{home / 'copilot.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_log SET actor = 'nobody' WHERE number = 2"))
        connection.execute(text("DELETE FROM audit_log WHERE number = 4"))
    engine.dispose()
    check = run("doctor", "audit")
    assert check.returncode == 1
    assert "Entry 2: the content is not what was recorded." in check.stdout
    assert "Entry 4: missing at the end of the log." in check.stdout
