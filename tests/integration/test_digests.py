"""Digests in this process on real stores: made now, made by themselves, approved by the policy, delivered once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from sqlalchemy import insert, update
from typer.testing import CliRunner

from copilot.adapters.sql.tables import notices, schedules
from copilot.audit.surface import Surface
from copilot.bootstrap import Application, open_application, open_worker
from copilot.bootstrap.home import database
from copilot.cli.schedules import add_digest, add_schedule_commands
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.draft_contract import DraftDecisionBody
from copilot.interfaces.local import LocalCopilot
from copilot.interfaces.people_contract import NewPersonBody, PersonChange
from copilot.interfaces.schedule_contract import ScheduleAsk
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.integration.conftest import PLAYBOOK

POLICY = '[[auto_approve]]\nname = "digests inside"\nkind = "weekly_digest"\nchannels = ["file"]\n'


def account(name: str, owner: str | None, **facts: Any) -> dict[str, Any]:
    return {
        "name": name,
        "owner": owner,
        "annual_fee_cny": 300_000,
        "stage": "使用",
        "days_since_signing": 150,
        "contract_end_in_days": 200,
        "seats_bought": 100,
        "seats_active": 90,
        "usage_trend": "rising",
        "first_value_delivered": True,
        "last_contact_days": 1,
    } | facts


FALLING = {"seats_active": 12, "usage_trend": "falling", "contract_end_in_days": 40, "last_contact_days": 70}
ACCOUNTS = {
    "a1": account("北辰连锁", "wang", **FALLING),
    "a2": account("东湖百货", "王敏"),
    "a3": account("南山药房", None, **FALLING),
    "a4": account("西岭乳业", "li@example.com"),
    "a5": account("中原家居", "gone"),
}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """One application for all tests; its worker is not started, so a test takes the steps."""
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "renewal.md").write_text(PLAYBOOK, encoding="utf-8")
    policy = tmp_path_factory.mktemp("policy") / "approval.toml"
    policy.write_text(POLICY, encoding="utf-8")
    settings = Settings(home=tmp_path_factory.mktemp("home"), approval_policy=policy)
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        for id, facts in ACCOUNTS.items():
            opened.copilot.accounts.put(id, facts)
        people = opened.copilot.people
        for id, name, role in (("wang", "王敏", "frontline"), ("li", "李雷", "frontline"), ("zhao", "赵总", "manager")):
            people.add(NewPersonBody(id=id, name=name, email=f"{id}@example.com", roles=[role], groups=["华东"]))
        people.add(NewPersonBody(id="gone", name="周去", roles=["frontline"], groups=["华东"]))
        people.change("gone", PersonChange(active=False))
        yield opened


@pytest.fixture(scope="module")
def run(application: Application) -> Any:
    """A command of the group, its JSON read."""
    app = typer.Typer()

    @contextmanager
    def opened() -> Iterator[LocalCopilot]:
        yield application.copilot

    add_digest(app, opened)
    group = typer.Typer()
    add_schedule_commands(group, opened)
    app.add_typer(group, name="schedules")

    def call(*arguments: str, exit_code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*arguments, "--json"])
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    return call


def test_a_csm_reads_first_what_to_do_and_every_number_has_an_action(run: Any) -> None:
    made = run("digest", "wang")
    content = made["content"]
    assert content.startswith("# 每周简报:王敏 · ")
    assert "2 个客户中 1 个需要处理" in content
    assert content.index("**北辰连锁**") < content.index("## 数字")
    assert "```chart\n客户健康(个)" in content
    assert "南山药房" not in content
    assert "西岭乳业" not in content
    assert not [one for one in made["findings"] if one["severity"] == "error"], made["findings"]
    numbers = content.partition("## 数字")[2]
    rows = [line.split("|")[1:-1] for line in numbers.splitlines() if line.startswith("| ")][2:]
    assert rows
    assert all(cell.strip() for row in rows for cell in row)


def test_a_manager_reads_of_the_team_of_accounts_without_an_owner_and_of_those_who_left(run: Any) -> None:
    content = run("digest", "zhao", "--manager", "--language", "en")["content"]
    assert content.startswith("# Team digest: 赵总 · ")
    assert "1 account without an owner (南山药房)" in content
    assert "周去 has left 1 account behind (中原家居)" in content
    assert "王敏 needs help most" in content


def due(application: Application, id: str, at: datetime) -> None:
    """Put the next due time of a schedule into the past, as a worker that was away finds it."""
    engine = database(application.settings)
    with engine.begin() as connection:
        connection.execute(update(schedules).where(schedules.c.id == id).values(next_due_at=at, leased_until=None))
    engine.dispose()


def steps(application: Application) -> None:
    """Do what the worker does until nothing is left."""
    worker = application.worker
    while worker.step():
        pass


def files(application: Application, folder: str) -> list[Path]:
    return sorted((application.settings.home / "exports" / folder).glob("*.md"))


def test_a_schedule_drafts_is_approved_by_the_policy_and_delivers_once(application: Application, run: Any) -> None:
    made = run("schedules", "add", "wang", "--day", "mon", "--at", "09:00", "--channel", "file", "--to", "wang")
    due(application, made["id"], datetime.now(UTC) - timedelta(days=22))
    steps(application)
    [kept] = [one for one in run("schedules", "list")["schedules"] if one["id"] == made["id"]]
    assert kept["last_outcome"] == "queued"
    [told] = run("schedules", "runs", made["id"])["runs"]
    assert told["missed"] in (2, 3)
    draft = application.copilot.drafts.show(told["draft_id"])
    assert (draft.status, draft.decisions[0].person) == ("delivered", "policy")
    assert draft.decisions[0].reason == "auto_approve 'digests inside'"
    assert f"含此前 {told['missed']} 次没有发出的简报" in draft.content
    [file] = files(application, "wang")
    assert "每周简报:王敏" in file.read_text(encoding="utf-8")
    steps(application)
    due(application, made["id"], datetime.now(UTC) - timedelta(days=15))  # a clock that was put back
    steps(application)
    assert len(files(application, "wang")) == 1
    assert len(run("schedules", "runs", made["id"])["runs"]) == 1


def test_a_worker_that_was_killed_anywhere_leaves_one_file(
    application: Application, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("schedules", "add", "li", "--channel", "file", "--to", "li")
    running = application.scheduling.running
    for name in ("_drafted", "_sent", "_keep"):
        due(application, made["id"], datetime.now(UTC) - timedelta(hours=1))

        whole = getattr(running, name)

        def killed(*given: Any, name: str = name, whole: Any = whole, **named: Any) -> Any:
            if name == "_sent":
                whole(*given, **named)  # the delivery is asked for, and nobody hears of it
            raise KeyboardInterrupt

        monkeypatch.setattr(running, name, killed)
        with pytest.raises(KeyboardInterrupt):
            running.step()
        monkeypatch.undo()
    due(application, made["id"], datetime.now(UTC) - timedelta(hours=1))
    steps(application)
    [told] = run("schedules", "runs", made["id"])["runs"]
    assert (told["outcome"], len(files(application, "li"))) == ("queued", 1)
    drafts = application.copilot.drafts.list(limit=200).drafts
    assert [one.id for one in drafts if one.created_by == "li"] == [told["draft_id"]]


def test_what_no_rule_approves_waits_for_a_person_and_then_leaves(application: Application, run: Any) -> None:
    zhao = application.copilot.schedules
    made = zhao.add(ScheduleAsk(person="zhao", scope="team", channel="file", destination="zhao"))
    due(application, made.id, datetime.now(UTC) - timedelta(hours=1))
    approve = application.approvals.approve_by_policy
    application.approvals.approve_by_policy = lambda *_, **__: None  # type: ignore[method-assign]
    try:
        steps(application)
    finally:
        application.approvals.approve_by_policy = approve  # type: ignore[method-assign]
    [told] = run("schedules", "runs", made.id)["runs"]
    assert (told["outcome"], files(application, "zhao")) == ("waiting", [])
    body = DraftDecisionBody(revision=1, decision="approve")
    application.copilot.drafts.as_caller("zhao", Surface.APP).decide(told["draft_id"], body)
    steps(application)
    assert len(files(application, "zhao")) == 1
    assert run("schedules", "runs", made.id)["runs"][0]["outcome"] == "queued"


def test_who_has_left_gets_nothing_and_the_schedule_says_why(application: Application, run: Any) -> None:
    people = application.copilot.people
    people.add(NewPersonBody(id="chen", name="陈五", roles=["frontline"]))
    made = run("schedules", "add", "chen", "--channel", "file", "--to", "chen")
    people.change("chen", PersonChange(active=False))
    due(application, made["id"], datetime.now(UTC) - timedelta(hours=1))
    steps(application)
    [kept] = [one for one in run("schedules", "list")["schedules"] if one["id"] == made["id"]]
    assert (kept["enabled"], kept["reason"]) == (False, "person_left: 'chen' has left")
    assert files(application, "chen") == []


def test_people_keep_their_own_schedules_and_managers_those_of_their_team(application: Application) -> None:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    owner = {"Authorization": f"Bearer {application.access.first_key()}"}
    with TestClient(app, raise_server_exceptions=False) as client:

        def key(person: str) -> dict[str, str]:
            made = client.post("/v1/keys", json={"person": person, "label": "t"}, headers=owner).json()
            return {"Authorization": f"Bearer {made['key']}"}

        wang, zhao = key("wang"), key("zhao")
        outside = {"channel": "webhook", "destination": "https://hooks.example.com/x"}
        assert client.post("/v1/schedules", json=outside, headers=wang).json()["code"] == "channel_not_configured"
        assert client.post("/v1/schedules", json={"person": "li"}, headers=wang).status_code == 403
        assert client.post("/v1/schedules", json={"scope": "team"}, headers=wang).status_code == 403
        assert client.post("/v1/schedules", json={"zone": "Mars"}, headers=wang).json()["code"] == "invalid_schedule"
        made = client.post("/v1/schedules", json={"zone": "Europe/Berlin"}, headers=wang)
        assert made.status_code == 201, made.text
        again = client.post("/v1/schedules", json={"zone": "UTC"}, headers=wang)
        assert (again.status_code, again.json()["code"]) == (409, "schedule_exists")
        seen = client.get("/v1/schedules", headers=wang).json()["schedules"]
        assert {one["person"] for one in seen} == {"wang"}
        assert "wang" in {one["person"] for one in client.get("/v1/schedules", headers=zhao).json()["schedules"]}
        id = made.json()["id"]
        paused = client.post(f"/v1/schedules/{id}/pause", json={"reason": "休假"}, headers=zhao).json()
        assert (paused["enabled"], paused["reason"], paused["next_due_at"]) == (False, "休假", None)
        assert client.post(f"/v1/schedules/{id}/resume", headers=wang).json()["enabled"] is True
        ran = client.post(f"/v1/schedules/{id}/runs", headers=wang).json()
        assert (ran["outcome"], ran["missed"]) == ("kept", 0)
        li = key("li")
        assert client.get(f"/v1/drafts/{ran['draft_id']}", headers=li).json()["code"] == "unknown_draft"
        assert client.get(f"/v1/drafts/{ran['draft_id']}", headers=zhao).status_code == 200
        assert client.delete(f"/v1/schedules/{id}", headers=wang).status_code == 200
        assert client.get(f"/v1/schedules/{id}/runs", headers=wang).status_code == 404
        assert client.post("/v1/digests", json={"week": "2026-W60"}, headers=wang).json()["code"] == "invalid_schedule"
        wrong = {"kind": "weekly_digest", "account_id": "a1"}
        assert "copilot digest" in client.post("/v1/drafts", json=wrong, headers=wang).json()["detail"]


def test_what_a_person_asked_and_was_answered_since_is_told(application: Application, run: Any) -> None:
    [document] = application.store.summaries()
    engine = database(application.settings)
    row: dict[str, Any] = {
        "id": "n1",
        "person": "wang",
        "gap_id": "g1",
        "publication": "p1",
        "document_id": document.id,
        "section": "",
        "question": "首单之后多久回访?",
        "language": "zh",
        "created_at": datetime.now(UTC) - timedelta(hours=1),
    }
    with engine.begin() as connection:
        connection.execute(insert(notices).values(row))
    engine.dispose()
    year, number, _ = row["created_at"].isocalendar()
    week = f"{year}-W{number:02d}"
    content = run("digest", "wang", "--week", week)["content"]
    assert f"「首单之后多久回访?」:见《{document.title}》" in content
    assert "首单之后" not in run("digest", "li", "--week", week)["content"]


def test_a_worker_of_its_own_makes_digests_without_a_model(tmp_path: Path) -> None:
    policy = tmp_path / "approval.toml"
    policy.write_text(POLICY, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", approval_policy=policy)
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.copilot.accounts.put("a1", ACCOUNTS["a1"] | {"owner": "owner"})
        made = opened.copilot.schedules.add(ScheduleAsk(channel="file", destination="own"))
        due(opened, made.id, datetime.now(UTC) - timedelta(hours=1))
    with open_worker(settings) as worker:
        while worker.step():
            pass
    [file] = sorted((settings.home / "exports" / "own").glob("*.md"))
    assert "**北辰连锁**" in file.read_text(encoding="utf-8")
