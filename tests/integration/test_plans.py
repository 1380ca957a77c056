"""A plan from one command to its change in words and in a chat, in this process on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import Application, open_application
from copilot.cli.drafts import add_draft_commands
from copilot.cli.planning import add_plan
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.local import LocalCopilot
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.integration.conftest import PLAYBOOK

ACCOUNT = {
    "name": "北辰连锁",
    "annual_fee_cny": 1_600_000,
    "stage": "使用",
    "days_since_signing": 20,
    "seats_bought": 400,
    "seats_active": 130,
    "key_features_used": ["排班"],
    "first_value_delivered": False,
    "kp": [{"name": "苏经理", "title": "运营经理"}],
    "contract_promises": ["一年两次驻场培训"],
}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """One application for all tests, which make drafts of their own."""
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        opened.copilot.accounts.put("k1", ACCOUNT)
        yield opened


@pytest.fixture(scope="module")
def client(application: Application) -> Iterator[TestClient]:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    key = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False) as opened:
        yield opened


def test_a_plan_is_drafted_exported_and_changed_on_the_command_line(application: Application, tmp_path: Path) -> None:
    app, group = typer.Typer(), typer.Typer()

    @contextmanager
    def opened() -> Iterator[LocalCopilot]:
        yield application.copilot

    add_plan(app, opened)
    add_draft_commands(group, opened)
    app.add_typer(group, name="drafts")
    run = CliRunner()
    file = tmp_path / "plan.docx"
    made = json.loads(run.invoke(app, ["plan", "k1", "--out", str(file), "--json"]).stdout)
    assert (made["kind"], made["file"], file.read_bytes()[:2]) == ("success_plan", str(file), b"PK")
    assert "一年两次驻场培训" in made["content"]
    shown = run.invoke(app, ["drafts", "change", made["id"], "负责人换成李雷"]).stdout
    assert "换成李雷" in shown
    assert "李雷 / 苏经理" in shown
    changed = json.loads(run.invoke(app, ["drafts", "change", made["id"], "in English", "--json"]).stdout)
    assert (changed["revision"], changed["language"]) == (3, "en")
    assert "李雷 / 苏经理" in changed["content"]
    assert run.invoke(app, ["plan", "k1", "--out", "plan.odt"]).exit_code == 2


def test_an_instruction_over_http_is_a_revision_and_what_is_unclear_has_choices(client: TestClient) -> None:
    made: dict[str, Any] = client.post("/v1/drafts", json={"kind": "success_plan", "account_id": "k1"}).json()
    url = f"/v1/drafts/{made['id']}/instructions"
    reply = client.post(url, json={"instruction": "问题1:可以", "based_on": 1})
    assert (reply.status_code, reply.json()["revision"]) == (201, 2)
    assert reply.json()["diff"].startswith("--- revision 1")
    stale = client.post(url, json={"instruction": "短一点", "based_on": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    unclear = client.post(url, json={"instruction": "里程碑推迟到2027年3月1日"})
    assert (unclear.status_code, unclear.json()["code"]) == (422, "instruction_unclear")
    assert len(unclear.json()["choices"]) == 4
    assert client.post(url, json={"instruction": unclear.json()["choices"][3]}).json()["revision"] == 3
    assert client.post("/v1/drafts/none/instructions", json={"instruction": "短一点"}).status_code == 404


def test_in_a_chat_about_a_draft_an_instruction_changes_it_and_a_question_is_answered(client: TestClient) -> None:
    made: dict[str, Any] = client.post("/v1/drafts", json={"kind": "success_plan", "account_id": "k1"}).json()

    def say(text: str) -> dict[str, Any]:
        body: dict[str, Any] = client.post("/v1/ask", json={"question": text, "draft_id": made["id"]}).json()
        return body

    answer = say("负责人换成李雷")
    assert (answer["status"], answer["composer"]) == ("answered", "rules")
    assert "```diff" in answer["answer"]
    assert [one["action"] for one in answer["choices"]] == ["open_draft", "approve_draft"]
    assert answer["choices"][1]["payload"] == {"draft_id": made["id"], "revision": "2"}
    asked = say("里程碑提前")
    assert (asked["status"], len(asked["choices"])) == ("clarify", 4)
    assert say("续费应该谁负责?")["composer"] != "rules"
    assert client.get(f"/v1/drafts/{made['id']}").json()["latest"] == 2
