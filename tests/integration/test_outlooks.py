"""Histories and outlooks over HTTP and on the command line, on real stores (K3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import Application, open_application
from copilot.cli.outlooks import add_outlook_commands
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.local import Copilot
from copilot.interfaces.outlook_contract import HistoryBody
from copilot.interfaces.remote import RemoteCopilot
from copilot.settings import Settings

#: Made up: 30 renewals after a review, 20 churns after nothing.
LINES = [f"a{n},续费,未知,复盘,续约,2026-03-0{n % 9 + 1}" for n in range(30)]
LINES += [f"b{n},续费,,,流失,2026-04-0{n % 9 + 1}" for n in range(20)]
TABLE = "\n".join(["客户编号,原阶段,原健康度,动作,结果,日期", *LINES, "c1,某处,,,续约,2026-03-01"])


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    """A client of the owner."""
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    key = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False) as opened:
        yield opened


def command(copilot: Copilot) -> typer.Typer:
    @contextmanager
    def opened() -> Iterator[Copilot]:
        yield copilot

    app = typer.Typer()
    add_outlook_commands(app, opened)
    return app


@pytest.mark.databases
def test_a_history_is_imported_and_an_outlook_told(
    application: Application, client: TestClient, tmp_path: Path
) -> None:
    client.put("/v1/accounts/a1", json={"stage": "续费"})
    before = client.get("/v1/accounts/a1/outlook").json()
    assert (before["basis"], before["renewed"], before["transitions_used"]) == ("thin", None, 0)

    run, app, path = CliRunner(), command(application.copilot), tmp_path / "history.csv"
    path.write_text(TABLE, encoding="utf-8")
    thin = run.invoke(app, ["outlook", "a1"]).stdout
    assert "历史不足" in thin
    report = json.loads(run.invoke(app, ["history", str(path), "--json"]).stdout)
    assert (report["kept"], report["failed"], report["lines"][0]["line"]) == (50, 1, 52)
    again = run.invoke(app, ["history", str(path)]).stdout
    assert "line 52" in again
    assert "0 kept, 50 known already, 1 failed" in again

    told = client.get("/v1/accounts/a1/outlook").json()
    assert (told["basis"], told["transitions_used"], told["stage"], told["band"]) == (
        "history",
        50,
        "renewal",
        "unknown",
    )
    assert told["renewed"] + told["expanded"] + told["churned"] == pytest.approx(1)
    assert told["interval"][0] < 1 - told["churned"] < told["interval"][1]
    assert [(one["count"], one["outcome"]) for one in told["counts"]] == [(30, "renewed"), (20, "churned")]
    assert (told["uplifts"][0]["action"], told["uplifts"][0]["transitions"]) == ("复盘", 30)
    shown = run.invoke(app, ["outlook", "a1"]).stdout
    assert "█" in shown
    assert "50 次" in shown
    assert "复盘" in shown

    remote = RemoteCopilot("http://testserver", "")
    remote._client = client  # the same process, without a socket
    assert remote.outlooks.outlook("a1") == application.copilot.outlooks.outlook("a1")
    kept = remote.outlooks.keep(HistoryBody(rows=[{"account_id": "z"}]))
    assert (kept.kept, kept.failed, kept.lines[0].error.code) == (0, 1, "invalid_transition")


def test_records_that_change_are_learned_from(client: TestClient) -> None:
    for facts in ({"stage": "growth"}, {"stage": "renewal"}, {"stage": "renewal", "contract_outcome": "续约"}):
        client.put("/v1/accounts/a1", json=facts)
    told = client.get("/v1/accounts/a1/outlook").json()
    assert (told["transitions_used"], told["counts"][0]["outcome"]) == (2, "renewed")
    shown = client.get("/v1/accounts/a1").json()
    assert (shown["contract_outcome"], shown["unknown"]) == ("renewed", [])


def test_who_is_unknown_has_no_outlook(client: TestClient) -> None:
    reply = client.get("/v1/accounts/nobody/outlook")
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_account")
    too_many = client.post("/v1/accounts/history", json={"rows": [{}] * 1001})
    assert (too_many.status_code, too_many.json()["code"]) == (422, "invalid_request")


def test_a_prior_that_cannot_be_read_stops_the_start(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "prior.toml"
    own.write_text("[stages.renewal]\nrenewed = -1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="renewed"), open_application(Settings(home=home, outlook_prior=own)):
        pass
