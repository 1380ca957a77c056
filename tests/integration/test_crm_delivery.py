"""From a draft to notes and tasks in a CRM: over HTTP, on a real database, to a real server that may fail half-way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application, open_application
from copilot.errors import ConfigurationError
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.crm_server import CLIENT_ID, CLIENT_SECRET, TOKEN, CrmServer, Fault, crm_server

SALESFORCE_ID = "001000000000001AAA"
RECORD = {
    "name": "柚子家居",
    "annual_fee_cny": 120_000,
    "days_since_signing": 200,
    "contract_end_in_days": 165,
    "usage_trend": "falling",
    "key_features_used": ["排班"],
    "kp": [{"name": "裴总", "title": "老板"}],
    "crm": {"hubspot": "company/123", "salesforce": f"Account/{SALESFORCE_ID[:15]}"},
}


@pytest.fixture
def crm() -> Iterator[CrmServer]:
    with crm_server("companies/123", f"Account/{SALESFORCE_ID}") as server:
        yield server
        assert server.refused == []


@pytest.fixture
def application(home: Path, knowledge_folder: Path, crm: CrmServer) -> Iterator[Application]:
    settings = Settings(
        home=home,
        delivery_internal=("127.0.0.1",),
        hubspot_token=TOKEN,
        hubspot_url=crm.url,
        salesforce_url=crm.url,
        salesforce_client_id=CLIENT_ID,
        salesforce_client_secret=CLIENT_SECRET,
    )
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        opened.indexing.ingest([str(knowledge_folder)], corpus=False)
        yield opened


@pytest.fixture
def client(application: Application) -> Iterator[TestClient]:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    key = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}) as opened:
        yield opened


def approved(client: TestClient, kind: str = "renewal_brief", added: str = "") -> str:
    """Return the id of a draft on the account that somebody has approved."""
    assert client.put("/v1/accounts/a1", json=RECORD).status_code < 300
    reply = client.post("/v1/drafts", json={"kind": kind, "account_id": "a1"})
    assert reply.status_code < 300, reply.text
    draft = reply.json()
    if added:
        body = {"content": draft["content"] + added, "based_on": 1}
        draft = client.post(f"/v1/drafts/{draft['id']}/revisions", json=body).json()
    body = {"decision": "approve", "revision": draft["revision"]}
    assert client.post(f"/v1/drafts/{draft['id']}/decisions", json=body).status_code == 200
    return str(draft["id"])


def deliver(client: TestClient, draft: str, to: str) -> dict[str, Any]:
    reply = client.post(f"/v1/drafts/{draft}/deliveries", json={"channel": "crm", "destination": to})
    body: dict[str, Any] = reply.json()
    return body


def test_a_brief_becomes_a_note_and_its_steps_tasks_once(
    client: TestClient, application: Application, crm: CrmServer
) -> None:
    draft = approved(client, added="\n\n<script>alert(1)</script>")
    asked = deliver(client, draft, "hubspot")
    assert (asked["status"], asked["destination"]) == ("queued", "hubspot:company/123")
    assert deliver(client, draft, "hubspot:company/123")["id"] == asked["id"]
    done = application.copilot.deliveries.wait(asked["id"], 10)
    assert done.status == "sent", done
    (note,) = crm.of("notes")
    assert f"copilot:{asked['id']}:note-1" in note.fields["hs_note_body"]
    assert "&lt;script&gt;" in note.fields["hs_note_body"]
    assert len(crm.of("tasks")) >= 3
    assert (done.receipt or "").startswith("hubspot:company/123: 1 note")
    assert client.get(f"/v1/drafts/{draft}").json()["status"] == "delivered"
    assert deliver(client, draft, "hubspot")["status"] == "sent"
    assert len(crm.of("notes")) == 1


def test_a_crm_that_fails_after_the_note_gets_only_the_rest(
    client: TestClient, application: Application, crm: CrmServer
) -> None:
    crm.faults = [
        Fault(path=".*/sobjects/Task", status=503, after=True),  # the note is there, and nobody was told
        Fault(path=".*/sobjects/Task", status=503, skip=1),
    ]
    asked = deliver(client, approved(client, "success_plan"), "salesforce")
    for kept in (1, 2):
        waiting = application.copilot.deliveries.wait(asked["id"], 1)
        assert (waiting.status, waiting.code) == ("queued", "channel_unavailable")
        assert len(crm.kept) == kept
        assert client.post(f"/v1/deliveries/{asked['id']}/retry").status_code == 202
    done = application.copilot.deliveries.wait(asked["id"], 10)
    assert done.status == "sent", done
    subjects = [one.fields["Subject"] for one in crm.kept]
    assert sum(":note-1]" in one for one in subjects) == 1
    assert len(subjects) == len(set(subjects)) > 3


def test_what_cannot_be_delivered_says_why(client: TestClient, application: Application, crm: CrmServer) -> None:
    draft = approved(client)
    assert deliver(client, draft, "hubspot:ticket/1")["code"] == "invalid_destination"
    gone = deliver(client, draft, "hubspot:deal/404")
    settled = application.copilot.deliveries.wait(gone["id"], 5)
    assert (settled.status, settled.code) == ("dead", "delivery_refused")
    assert "no record hubspot:deal/404" in (settled.detail or "")
    client.put("/v1/accounts/a1", json={"name": "柚子家居"})
    assert "hubspot" in deliver(client, draft, "hubspot")["detail"]
    assert crm.kept == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"salesforce_url": "https://ours.my.salesforce.com"}, "COPILOT_SALESFORCE_CLIENT_ID"),
        ({"hubspot_token": "two words"}, "COPILOT_HUBSPOT_TOKEN"),
        ({"hubspot_token": TOKEN, "hubspot_url": "http://hubspot.example"}, "COPILOT_HUBSPOT_URL"),
    ],
)
def test_settings_that_cannot_be_used_are_told_at_the_start(home: Path, wrong: dict[str, Any], named: str) -> None:
    with (
        pytest.raises(ConfigurationError, match=named) as caught,
        open_application(Settings(home=home, **wrong), embedder=HashingEmbedder()),
    ):
        pass
    assert "two words" not in str(caught.value)
