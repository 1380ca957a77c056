"""Calculators, calculated answers, matched cases and ledgers over HTTP and on the command line, on real stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from shutil import copy
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from copilot.bootstrap import Application, corpus_folder, open_application
from copilot.cli.app import app as command
from copilot.cli.cases import add_case_commands
from copilot.interfaces.api.app import create_app
from copilot.interfaces.cases_contract import CaseQuery, LedgerQuery
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.people_contract import NewKeyBody
from copilot.interfaces.remote import RemoteCopilot
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder

CASE = """---
kind: case_study
title: 柚子烘焙把老客户请回来(虚构)
title_en: A bakery that brought its regulars back (made up)
industries: [烘焙]
cities: [宁波]
segments: [中小]
audience: {audience}
---
## 背景

三家社区店,老客户两个月没有回来。

## 结果

半年里复购带来的营业额提升了 20%。
"""
RULES = ("playbooks/playbook-unit-economics-check.md", "playbooks/playbook-call-attempts-by-size.md")


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """Two rules of the corpus and two cases of our own; one application for all tests, which change nothing."""
    folder = tmp_path_factory.mktemp("knowledge")
    for name in RULES:
        copy(corpus_folder() / name, folder)
    (folder / "inside.md").write_text(CASE.format(audience="internal"), encoding="utf-8")
    school = CASE.format(audience="customer").replace("烘焙", "教育").replace("提升了 20%", "更好了")
    (folder / "school.md").write_text(school, encoding="utf-8")
    with open_application(Settings(home=tmp_path_factory.mktemp("home")), embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(folder)], corpus=False)
        opened.copilot.accounts.put(
            "a1", {"industry": "蛋糕烘焙", "city": "宁波市", "annual_fee_cny": 30_000, "annual_revenue_cny": 2_000_000}
        )
        yield opened


@pytest.fixture(scope="module")
def client(application: Application) -> Iterator[TestClient]:
    """A client of the owner."""
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    key = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False) as opened:
        yield opened


def calculated(client: TestClient, name: str, **inputs: Any) -> tuple[int, dict[str, Any]]:
    reply = client.post(f"/v1/calculators/{name}", json={"inputs": inputs})
    return reply.status_code, reply.json()


def test_h3_a_calculator_over_http_and_as_a_command_say_the_same(client: TestClient) -> None:
    status, body = calculated(client, "ue", ltv="3万", cac=12_000)
    assert (status, body["band"], body["rules"]) == (200, "optimise", ["H3"])
    done = CliRunner().invoke(command, ["calc", "ue", "ltv=3万", "cac=1.2w", "--json"])
    assert json.loads(done.stdout) == body
    listed = client.get("/v1/calculators").json()
    assert json.loads(CliRunner().invoke(command, ["calc", "--json"]).stdout) == listed
    assert len(listed["calculators"]) >= 21
    for arguments in (["calc"], ["calc", "ue"], ["calc", "ue", "ltv=3万", "cac=1.2w"]):
        assert CliRunner().invoke(command, arguments).exit_code == 0
    assert CliRunner().invoke(command, ["calc", "ue", "ltv"]).exit_code == 2


@pytest.mark.parametrize(
    ("name", "inputs", "status", "code"),
    [
        ("uee", {}, 404, "unknown_calculator"),
        ("ue", {"ltv": 1, "cac": 0}, 422, "invalid_input"),
        ("40法则", {}, 422, "not_defined"),
        ("discount_quota", {"deals": 10}, 422, "not_defined"),
    ],
)
def test_m_errors_have_stable_codes(
    client: TestClient, name: str, inputs: dict[str, Any], status: int, code: str
) -> None:
    got, body = calculated(client, name, **inputs)
    assert (got, body["code"]) == (status, code)


def test_h2_h3_g8_a_chat_is_answered_by_the_calculator_with_the_rule_cited(client: TestClient) -> None:
    for question, said, rule in (
        ("LTV 3万 CAC 1.2万 健康吗", "2.5", RULES[0]),
        ("客单价2万 毛利70% 用3年 LTV多少", "42,000", RULES[0]),
        ("打到第几个电话该停 中型企业", "8 次", RULES[1]),
    ):
        body = client.post("/v1/ask", json={"question": question}).json()
        assert (body["status"], body["composer"], body["intent"]) == ("answered", "calculator", "calculator")
        assert said in body["answer"].split("\n")[0]
        (citation,) = body["citations"]
        assert citation["source"] == rule.split("/")[1]
        text = client.get(f"/v1/documents/{citation['document_id']}").json()["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_customer_who_may_not_see_the_rule_gets_no_calculation(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": "LTV 3万 CAC 1.2万 健康吗", "audience": "customer"}).json()
    assert body["composer"] != "calculator"


def test_g1_cases_are_matched_to_an_account_with_reasons_and_a_ledger(client: TestClient) -> None:
    body = client.get("/v1/cases/match", params={"account_id": "a1"}).json()
    assert body["fits"]
    first, second = body["matches"]
    assert (first["source"], first["fits"], second["fits"]) == ("inside.md", True, False)
    assert first["alike_zh"] == ["同行业:烘焙。", "同城市:宁波。", "同规模:中小。"]
    assert first["figures"][0]["quote"] == "半年里复购带来的营业额提升了 20%。"
    ledger = body["ledger"]
    assert (ledger["status"], ledger["budget"]) == ("estimated", 30_000)
    assert ledger["values"][0]["high"] == pytest.approx(400_000)
    assert ledger["assumptions_zh"]


def test_g1_a_customer_sees_no_internal_case_and_is_told_that_none_fits(client: TestClient) -> None:
    body = client.get("/v1/cases/match", params={"industry": "烘焙", "audience": "customer"}).json()
    assert [match["source"] for match in body["matches"]] == ["school.md"]
    assert not body["fits"]
    assert "没有烘焙的同类案例" in body["told_zh"]
    assert body["ledger"]["status"] == "no_figures"
    assert body["ledger"]["ask_zh"]


def test_g3_a_ledger_takes_figures_and_names_the_wrong_ones(client: TestClient) -> None:
    asked = {"industry": "烘焙", "inputs": {"年营业额": "100万", "gross_margin": "40%", "fee": "2万"}}
    body = client.post("/v1/cases/ledger", json=asked).json()
    assert body["returns"] == pytest.approx([1.0, 2.0, 4.0])
    wrong = client.post("/v1/cases/ledger", json=asked | {"inputs": {"revenue": "很多"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")
    assert client.get("/v1/cases/match").json()["code"] == "invalid_request"
    assert client.get("/v1/cases/match", params={"account_id": "nobody"}).status_code == 404


def test_an_account_needs_the_right_to_see_accounts(client: TestClient) -> None:
    made = client.post("/v1/keys", json=NewKeyBody(label="search", scopes=["search"]).model_dump(mode="json")).json()
    only = {"Authorization": f"Bearer {made['key']}"}
    assert client.get("/v1/cases/match", params={"account_id": "a1"}, headers=only).status_code == 403
    assert client.get("/v1/cases/match", params={"industry": "烘焙"}, headers=only).status_code == 200


def test_commands_in_this_process_and_through_a_server_say_the_same(
    client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = RemoteCopilot("http://testserver", "token")
    monkeypatch.setattr(remote, "_client", client)
    query = CaseQuery(account_id="a1", situation="老客户不回来")
    assert remote.cases.match(query) == application.copilot.cases.match(query)
    ledger = LedgerQuery(account_id="a1", inputs={"gross_margin": "40%"})
    assert remote.cases.ledger(ledger) == application.copilot.cases.ledger(ledger)
    group = typer.Typer()
    add_case_commands(group, lambda: nullcontext(application.copilot))
    run = CliRunner()
    printed = run.invoke(group, ["match", "--account", "a1", "--json"])
    assert json.loads(printed.stdout)["matches"][0]["source"] == "inside.md"
    assert "同行业" in run.invoke(group, ["match", "--industry", "烘焙", "--fee", "3万"]).stdout
    shown = run.invoke(group, ["ledger", "--account", "a1", "gross_margin=40%"])
    assert "假设" in shown.stdout
    assert json.loads(run.invoke(group, ["ledger", "--account", "a1", "--json"]).stdout)["status"] == "estimated"
    assert run.invoke(group, ["match", "--fee", "很多"]).exit_code == 2
