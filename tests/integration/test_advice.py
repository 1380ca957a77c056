"""Advice over HTTP, on the command line, in a batch and through a running copilot, on real stores in this process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import Application, open_application
from copilot.cli.advice import add_next, add_suggestion_commands
from copilot.cli.options import Opened
from copilot.errors import ConfigurationError
from copilot.interfaces.advice_contract import ReactionChange
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.remote import RemoteCopilot
from copilot.settings import Settings
from copilot.suggesting.suggestion import Verdict
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.errors import NothingIngested

CORPUS = Path(__file__).parents[2] / "knowledge" / "corpus"
PLAYBOOKS = ("success-plan-quick-win", "first-value-after-signing", "show-value-to-kp")
RECORD = {
    "id": "a1",
    "name": "青禾烘焙",
    "annual_fee_cny": 120_000,
    "lifecycle_stage": "onboarding",
    "days_since_signing": 25,
    "first_value_delivered": False,
    "kp": [{"name": "何店长"}],
    "notes": "想一次全上 老板问钱花哪了",
}
ADVICE = ["id", "segment", "stage", "health", "outlook", "actions", "avoid", "not_judged"]
ACTION = {
    "id",
    "action",
    "title",
    "why",
    "signals",
    "citations",
    "playbook",
    "uplift",
    "urgency",
    "due",
    "draft_kind",
    "owner",
}


class World:
    """One application with a few playbooks, seen from every side."""

    def __init__(self, application: Application, client: TestClient) -> None:
        self.application = application
        self.client = client
        self.commands = typer.Typer()
        suggestions = typer.Typer()
        opened = cast("Opened", lambda: nullcontext(application.copilot))
        add_next(self.commands, opened)
        add_suggestion_commands(suggestions, opened)
        self.commands.add_typer(suggestions, name="suggestions")

    def advice(self, **query: Any) -> dict[str, Any]:
        reply = self.client.get("/v1/accounts/a1/advice", params=query)
        assert reply.status_code == 200, reply.text
        return cast("dict[str, Any]", reply.json())

    def run(self, *arguments: str) -> str:
        done = CliRunner().invoke(self.commands, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An application on documents of the shipped corpus; the tests keep to suggestions of their own."""
    folder = tmp_path_factory.mktemp("knowledge")
    for path in CORPUS.glob("playbooks/*.md"):
        if path.stem.removeprefix("playbook-") in PLAYBOOKS:
            shutil.copy(path, folder)
    with open_application(Settings(home=tmp_path_factory.mktemp("home")), embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(folder)], corpus=False)
        server = create_app(
            copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
        )
        headers = {"Authorization": f"Bearer {application.access.first_key()}"}
        with TestClient(server, headers=headers, raise_server_exceptions=False) as client:
            client.put("/v1/accounts/a1", json=RECORD)
            yield World(application, client)


def test_an_advice_has_its_contract_and_quotes_stored_text(world: World) -> None:
    advice = world.advice()
    assert list(advice) == ADVICE
    assert advice["segment"] == {"value": "中型", "reason": advice["segment"]["reason"]}
    assert 2 <= len(advice["actions"]) <= 6
    assert 1 <= len(advice["avoid"]) <= 5
    for action in advice["actions"]:
        assert set(action) == ACTION
    for line in [*advice["actions"], *advice["avoid"]]:
        for citation in line["citations"]:
            shown = world.client.get(
                f"/v1/documents/{citation['document_id']}", params={"version": citation["version"]}
            ).json()
            assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_language_and_a_newcomer_change_words_not_actions(world: World) -> None:
    plain, english = world.advice(), world.advice(language="en", newcomer=True)
    assert [one["id"] for one in plain["actions"]] == [one["id"] for one in english["actions"]]
    assert plain["actions"][0]["title"] != english["actions"][0]["title"]
    explained = english["actions"][0]["explained"][0]
    assert explained["because"].startswith("Seen:")
    assert explained["look_for"]


def test_a_signal_changes_the_next_advice(world: World) -> None:
    world.client.put("/v1/accounts/s1", json=RECORD | {"id": "s1"})
    before = world.client.get("/v1/accounts/s1/advice").json()
    world.client.post("/v1/accounts/s1/signals", json={"name": "first_value_delivered"})
    after = world.client.get("/v1/accounts/s1/advice").json()
    assert (before["stage"], after["stage"]) == ("onboarding", "adoption")
    assert [one["action"] for one in before["actions"]] != [one["action"] for one in after["actions"]]


def test_a_record_that_is_sent_along_is_not_kept(world: World) -> None:
    reply = world.client.post("/v1/advice", json={"record": RECORD | {"id": "guest"}})
    assert (reply.status_code, reply.json()["id"]) == (200, "guest")
    assert world.client.get("/v1/accounts/guest").status_code == 404
    sent = {"reaction": "accepted"}
    told = world.client.post(f"/v1/suggestions/{reply.json()['actions'][0]['id']}/reaction", json=sent)
    assert (told.status_code, told.json()["code"]) == (404, "unknown_suggestion")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/accounts/nobody/advice", None, 404, "unknown_account"),
        ("GET", "/v1/accounts/a1/advice?language=fr", None, 422, "invalid_request"),
        ("POST", "/v1/advice", {"record": {"id": "x", "nps": "high"}}, 422, "invalid_account"),
        ("POST", "/v1/advice", {"record": []}, 422, "invalid_request"),
        ("POST", "/v1/suggestions/none/reaction", {"reaction": "accepted"}, 404, "unknown_suggestion"),
        ("POST", "/v1/suggestions/none/reaction", {"reaction": "maybe"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_done_says_so(world: World, method: str, path: str, body: Any, status: int, code: str) -> None:
    reply = world.client.request(method, path, json=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_reactions_and_the_error_book(world: World) -> None:
    first, second = world.advice()["actions"][:2]
    path = f"/v1/suggestions/{first['id']}/reaction"
    refused = world.client.post(path, json={"reaction": "rejected"})
    assert refused.json()["code"] == "reason_required"
    said = {"reaction": "rejected", "reason": "下周闭店"}
    assert world.client.post(path, json=said).json()["reason"] == "下周闭店"
    listed = world.client.get("/v1/suggestions/rejected", params={"playbook": first["playbook"]}).json()
    assert [one["reason"] for one in listed["rejections"]] == ["下周闭店"]
    owner = listed["rejections"][0]["owner"]
    assert "下周闭店" in world.run("suggestions", "rejected", "--owner", owner)
    assert json.loads(world.run("suggestions", "errors", "--json"))["mistakes"][0]["reason"] == "下周闭店"
    done = json.loads(world.run("suggestions", "react", second["id"], "later", "--json"))
    assert done["reaction"] == "later"
    actions = [entry.event.action for entry in world.application.audit.entries()]
    assert actions.count("suggestion.rejected") == 1


def test_the_command_line_prints_for_people(world: World) -> None:
    shown = world.run("next", "a1", "--newcomer")
    body = json.loads(world.run("next", "a1", "--json"))
    assert "✗ 不要" in shown
    assert "[1]" in shown
    for action in body["actions"]:
        assert action["id"] in shown


def test_a_batch_gives_a_line_for_each(world: World, tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    lines = [json.dumps(RECORD | {"id": "b1"}), "{", '{"id": "b2", "nps": "x"}', '{"id": "b3", "type": "lead"}']
    path.write_text("\n".join(lines), encoding="utf-8")
    printed = [json.loads(line) for line in world.run("next", "--batch", str(path), "--json").splitlines()]
    assert [line["id"] for line in printed] == ["b1", "line-2", "b2", "b3"]
    assert [line.get("error", {}).get("code") for line in printed] == [
        None,
        "invalid_request",
        "invalid_account",
        None,
    ]
    assert all(len(printed[at]["actions"]) >= 2 and printed[at]["avoid"] for at in (0, 3))


def test_commands_reach_the_same_through_a_running_copilot(world: World) -> None:
    remote = RemoteCopilot("http://testserver", "unused")
    remote._client.close()
    remote._client = world.client  # the run token is what a real one would send
    there = remote.advices.advice("a1", "zh")
    assert there == world.application.copilot.advices.advice("a1", "zh")
    assert remote.advices.advise_record(RECORD, "en", newcomer=True).actions[0].explained
    said = remote.advices.react(there.actions[-1].id, ReactionChange(reaction=Verdict.ACCEPTED))
    assert said.reaction is Verdict.ACCEPTED
    assert isinstance(remote.advices.rejected(None, None, 10).rejections, list)
    assert isinstance(remote.advices.error_book(5).mistakes, list)


def test_an_empty_index_says_what_to_do(tmp_path: Path) -> None:
    with open_application(Settings(home=tmp_path / "home"), embedder=HashingEmbedder()) as application:
        application.copilot.accounts.put(None, RECORD)
        with pytest.raises(NothingIngested, match="copilot ingest"):
            application.copilot.advices.advice("a1", "zh")


def test_rules_of_ones_own_are_checked_at_the_start(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "signals.yaml").write_text("- {key: mine}", encoding="utf-8")
    settings = Settings(home=tmp_path / "home", rules=own)
    with pytest.raises(ConfigurationError, match="mine"), open_application(settings, embedder=HashingEmbedder()):
        pass
