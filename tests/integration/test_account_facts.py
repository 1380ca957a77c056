"""Signals and findings of accounts over HTTP and the command line, on real stores in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import open_application
from copilot.cli.accounts import add_account_commands
from copilot.cli.options import Opened
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

RECORD = {"id": "a1", "name": "青禾烘焙", "seats_bought": 10, "seats_active": 12, "last_contact_days": 20}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, typer.Typer]]:
    """A client of the owner, and the commands, over one application."""
    with open_application(Settings(home=tmp_path_factory.mktemp("home")), embedder=HashingEmbedder()) as application:
        server = create_app(
            copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
        )
        commands = typer.Typer()
        add_account_commands(commands, cast("Opened", lambda: nullcontext(application.copilot)))
        headers = {"Authorization": f"Bearer {application.access.first_key()}"}
        with TestClient(server, headers=headers, raise_server_exceptions=False) as client:
            yield client, commands


def test_signals_come_in_over_http_and_change_what_is_known(both: tuple[TestClient, typer.Typer]) -> None:
    client, _ = both
    put = client.put("/v1/accounts/a1", json=RECORD).json()
    assert [(one["field"], one["code"]) for one in put["findings"]] == [("seats_active", "more_active_than_bought")]
    assert client.put("/v1/accounts/a1", json=put).json()["unknown"] == []

    one = client.post("/v1/accounts/a1/signals", json={"name": "contacted"})
    assert (one.status_code, one.json()["new"], one.json()["changed"]) == (201, 1, {"last_contact_days": 0})
    more = [{"name": "seats_active", "value": 7, "source": "product", "id": "p1"}] * 2
    assert client.post("/v1/accounts/a1/signals", json=more).json()["new"] == 1
    listed = client.get("/v1/accounts/a1/signals").json()
    assert [(seen["name"], seen["value"], seen["source"]) for seen in listed["signals"]] == [
        ("seats_active", 7, "product"),
        ("contacted", None, "owner"),
    ]
    assert listed["changed"] == {"last_contact_days": 0, "seats_active": 7}
    assert client.get("/v1/accounts/a1").json()["seats_active"] == 12


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("a1", {"name": "mood", "value": 1}, 422, "invalid_signal"),
        ("a1", {"name": "contacted", "at": "2999-01-01"}, 422, "invalid_signal"),
        ("a1", {"name": "complaint", "value": "长" * 1_000_000}, 422, "invalid_signal"),
        ("a1", [], 422, "invalid_signal"),
        ("a1", {"value": 1}, 422, "invalid_request"),
        ("a9", {"name": "contacted"}, 404, "unknown_account"),
    ],
)
def test_a_wrong_signal_is_refused(
    both: tuple[TestClient, typer.Typer], path: str, body: Any, status: int, code: str
) -> None:
    client, _ = both
    client.put("/v1/accounts/a1", json=RECORD)
    reply = client.post(f"/v1/accounts/{path}/signals", json=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_lead_that_is_not_ready_is_refused(both: tuple[TestClient, typer.Typer]) -> None:
    client, _ = both
    client.put("/v1/accounts/l1", json={"type": "lead"})
    refused = client.put("/v1/accounts/l1", json={"type": "opportunity"})
    assert (refused.status_code, refused.json()["code"]) == (409, "lead_not_ready")
    assert "contact, business_need" in refused.json()["detail"]


def test_the_command_line_adds_and_tells_signals(both: tuple[TestClient, typer.Typer]) -> None:
    client, commands = both
    client.put("/v1/accounts/c1", json={"seats_bought": 5, "seats_active": 9})
    run = CliRunner()
    arguments = ["signal", "c1", "kp_changed=何总", "seats_active=3", "--source", "crm", "--json"]
    added = json.loads(run.invoke(commands, arguments).stdout)
    assert [(one["name"], one["value"]) for one in added["signals"]] == [("kp_changed", "何总"), ("seats_active", 3)]
    shown = run.invoke(commands, ["show", "c1"]).stdout
    assert all(told in shown for told in ("kp_changed=何总", "now seats_active: 3", "活跃席位 9 多于购买席位 5"))
    assert "crm" in run.invoke(commands, ["signals", "c1"]).stdout


def test_a_preview_keeps_nothing_and_an_import_tells_findings(
    both: tuple[TestClient, typer.Typer], tmp_path: Path
) -> None:
    client, commands = both
    file = tmp_path / "a.csv"
    file.write_text("编号,购买席位,活跃席位,心情\nv1,1,2,好\nv2,x,1,\n", encoding="utf-8")
    run = CliRunner()
    preview = json.loads(run.invoke(commands, ["import", str(file), "--preview", "--json"]).stdout)
    assert (preview["would_keep"], preview["would_fail"], preview["unmapped"]) == (1, 1, ["心情"])
    assert "nothing was kept" in run.invoke(commands, ["import", str(file), "--preview"]).stdout
    assert client.get("/v1/accounts/v1").status_code == 404
    report = json.loads(run.invoke(commands, ["import", str(file), "--json"]).stdout)
    assert [[one["code"] for one in line["findings"]] for line in report["lines"]] == [["more_active_than_bought"], []]
    assert "多于购买席位" in run.invoke(commands, ["import", str(file)]).stdout
