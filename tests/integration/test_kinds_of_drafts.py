"""Every kind of draft over HTTP and on the command line, as every kind of file, in this process on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import Application, open_application
from copilot.cli.drafts import add_draft_commands
from copilot.drafting.draft import DraftKind
from copilot.drafting.kinds import KINDS, WITHOUT_ACCOUNT
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.local import LocalCopilot
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from tests.integration.conftest import PLAYBOOK

ACCOUNT = {
    "name": "北辰连锁",
    "annual_fee_cny": 1_600_000,
    "stage": "使用",
    "days_since_signing": 150,
    "contract_end_in_days": 80,
    "seats_bought": 400,
    "seats_active": 130,
    "usage_trend": "falling",
    "key_features_used": ["排班"],
    "first_value_delivered": True,
    "kp": [{"name": "苏经理", "title": "运营经理", "relationship": "爱答不理"}],
    "nps": 61,
    "notes": "老板私下说明年预算要砍一半。",
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


@pytest.mark.parametrize("kind", [kind for kind in DraftKind if kind not in WITHOUT_ACCOUNT])
def test_every_kind_is_drafted_and_goes_to_whom_it_is_for(client: TestClient, kind: DraftKind) -> None:
    language = "zh" if list(DraftKind).index(kind) % 2 else "en"  # the other one is composed in unit tests
    body = {"kind": kind.value, "account_id": "k1", "language": language}
    made: dict[str, Any] = client.post("/v1/drafts", json=body).json()
    assert (made["kind"], made["language"]) == (kind.value, language)
    assert "北辰连锁" in made["content"] or "苏经理" in made["content"]
    assert not [one for one in made["findings"] if one["severity"] == "error"], made["findings"]
    if KINDS[kind].audience is Audience.CUSTOMER:
        assert not [word for word in ("NPS", "砍一半", "爱答不理") if word in made["content"]]
    word = client.get(f"/v1/drafts/{made['id']}/export", params={"format": "docx"})
    assert word.content.startswith(b"PK")
    name = unquote(word.headers["content-disposition"].partition("filename*=UTF-8''")[2])
    assert name.startswith(KINDS[kind].title[language].replace(" ", "-"))
    outside = client.get(f"/v1/drafts/{made['id']}/export", params={"audience": "customer"})
    inside = KINDS[kind].audience is Audience.INTERNAL and kind is not DraftKind.SUCCESS_PLAN
    assert outside.status_code == (409 if inside else 200), outside.text
    if not inside:
        assert "内部" not in outside.text
        assert "ourselves" not in outside.text


def test_a_kind_is_drafted_and_exported_for_customers_on_the_command_line(
    application: Application, tmp_path: Path
) -> None:
    group = typer.Typer()

    @contextmanager
    def opened() -> Iterator[LocalCopilot]:
        yield application.copilot

    add_draft_commands(group, opened)
    run = CliRunner()
    create = ["create", "--kind", "qbr", "--account", "k1", "--input", "next_goal=排班用到每家店", "--json"]
    made = json.loads(run.invoke(group, create).stdout)
    assert "排班用到每家店" in made["content"]
    out = tmp_path / "qbr.md"
    assert run.invoke(group, ["export", made["id"], "--audience", "customer", "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("# 季度回顾:北辰连锁")
    changed = json.loads(run.invoke(group, ["change", made["id"], "in English", "--json"]).stdout)
    assert changed["content"].startswith("# Quarterly review: 北辰连锁")
