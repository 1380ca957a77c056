"""A document that fewer people may read: what everything that rests on it does right after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from copilot.bootstrap import Application, open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver

pytestmark = pytest.mark.databases

ASKED = "试用一般给多久"
SAID = "试用一般给 1 周"
TRIAL = "trial.md"
Key = dict[str, str]
#: The two ways of narrowing: to our own people, and to some of them.
STAFF_ALONE: dict[str, Any] = {"audience": "internal"}
SOME_ALONE: dict[str, Any] = {"audience": "internal", "groups": ["财务"]}


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture
def application(home: Path, database: AddressOf) -> Iterator[Application]:
    """Sends to webhooks that customers read."""
    settings = Settings(home=home, delivery_allowed=("127.0.0.1",), webhook_secret="a secret of the receiver")
    with open_application(settings, embedder=HashingEmbedder()) as opened:
        yield opened


@pytest.fixture
def client(application: Application, knowledge_folder: Path) -> Iterator[TestClient]:
    """A client of the owner, on a copilot whose worker does not run: what is asked for stays pending."""
    application.indexing.ingest([str(knowledge_folder)], corpus=False)
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    key = application.access.first_key()
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}) as opened:
        yield opened


@pytest.fixture
def li(client: TestClient) -> Key:
    """Somebody of the front line, in no group."""
    assert client.post("/v1/people", json={"id": "li", "name": "李", "roles": ["frontline"]}).status_code == 201
    made = client.post("/v1/keys", json={"person": "li"}).json()
    return {"Authorization": f"Bearer {made['key']}"}


def narrow(client: TestClient, body: dict[str, Any]) -> None:
    told = client.post(f"/v1/documents/{TRIAL}/access", json=body)
    assert (told.status_code, told.json()["audience"]) == (200, "internal")


def drafted(client: TestClient) -> dict[str, Any]:
    """Return a message to a customer that cites the document."""
    client.put("/v1/accounts/a1", json={"name": "柚子家居", "kp": [{"name": "裴总"}]})
    body = {"kind": "customer_message", "account_id": "a1", "inputs": {"point": ASKED}}
    draft: dict[str, Any] = client.post("/v1/drafts", json=body).json()
    assert [one["source"] for one in draft["citations"]] == [TRIAL]
    assert SAID in draft["content"]
    return draft


def approve(client: TestClient, draft: dict[str, Any]) -> dict[str, Any]:
    reply = client.post(f"/v1/drafts/{draft['id']}/decisions", json={"decision": "approve", "revision": 1})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def deliver(client: TestClient, draft: dict[str, Any], channel: str, to: str) -> httpx.Response:
    body = {"channel": channel, "destination": to}
    reply: httpx.Response = client.post(f"/v1/drafts/{draft['id']}/deliveries", json=body)
    return reply


@pytest.mark.parametrize(("narrowed", "audience"), [(STAFF_ALONE, "customer"), (SOME_ALONE, "internal")])
def test_search_no_longer_finds_it(client: TestClient, li: Key, narrowed: dict[str, Any], audience: str) -> None:
    def found(key: Key) -> set[str]:
        reply = client.get("/v1/search", params={"q": ASKED, "audience": audience}, headers=key)
        return {one["source"] for one in reply.json()["passages"]}

    assert TRIAL in found(li)
    narrow(client, narrowed)
    assert TRIAL not in found(li)
    assert (TRIAL in found({})) == (audience == "internal")  # the owner reads everything that is for staff


@pytest.mark.parametrize(("narrowed", "audience"), [(STAFF_ALONE, "customer"), (SOME_ALONE, "internal")])
def test_an_answer_does_not_cite_it(client: TestClient, li: Key, narrowed: dict[str, Any], audience: str) -> None:
    def asked() -> httpx.Response:
        reply: httpx.Response = client.post("/v1/ask", json={"question": ASKED, "audience": audience}, headers=li)
        return reply

    assert [one["source"] for one in asked().json()["citations"]] == [TRIAL]
    narrow(client, narrowed)
    after = asked()
    assert (after.json()["status"], after.json()["citations"]) == ("abstained", [])
    assert not any(words in after.text for words in (TRIAL, SAID))


def test_a_draft_withholds_its_lines_from_whom_it_was_narrowed_away(client: TestClient, li: Key) -> None:
    draft = drafted(client)
    url = f"/v1/drafts/{draft['id']}"
    assert client.get(url, headers=li).json()["content"] == draft["content"]
    narrow(client, SOME_ALONE)
    for path in (url, f"{url}?revision=1", f"{url}/export"):
        reply = client.get(path, headers=li)
        assert reply.status_code == 200
        assert SAID not in reply.text
        assert TRIAL not in reply.text
        assert "现在不对您开放" in reply.text
    assert client.get(url).json()["content"] == draft["content"]  # the owner still reads it all


def test_an_open_draft_says_so_and_does_not_reach_customers(
    client: TestClient, receiver: WebhookReceiver, home: Path
) -> None:
    draft = drafted(client)
    narrow(client, STAFF_ALONE)
    shown = client.get(f"/v1/drafts/{draft['id']}").json()
    assert "source_not_for_customers" in [one["code"] for one in shown["findings"]]
    approved = approve(client, draft)  # a finding blocks nobody, but the decision names it
    assert "source_not_for_customers" in approved["decision"]["findings"]
    refused = deliver(client, draft, "webhook", receiver.url)
    assert (refused.status_code, refused.json()["code"]) == (409, "audience_mismatch")
    assert client.get(f"/v1/drafts/{draft['id']}/deliveries").json()["deliveries"] == []
    assert receiver.received == []
    assert deliver(client, draft, "file", "a1").status_code == 202  # our own people may read it still
    narrow(client, SOME_ALONE)
    assert deliver(client, draft, "file", "a2").json()["code"] == "audience_mismatch"


@pytest.mark.parametrize(("channel", "narrowed"), [("webhook", STAFF_ALONE), ("file", SOME_ALONE)])
def test_a_pending_delivery_is_blocked_and_nothing_leaves(
    client: TestClient,
    application: Application,
    receiver: WebhookReceiver,
    home: Path,
    channel: str,
    narrowed: dict[str, Any],
) -> None:
    draft = drafted(client)
    approve(client, draft)
    asked = deliver(client, draft, channel, receiver.url if channel == "webhook" else "a1").json()
    assert asked["status"] == "queued"
    narrow(client, narrowed)
    settled = application.copilot.deliveries.wait(asked["id"], 5)
    assert (settled.status, settled.code, settled.receipt) == ("blocked", "audience_mismatch", None)
    assert receiver.received == []
    assert not (home / "exports").exists()
    assert client.post(f"/v1/deliveries/{asked['id']}/retry").json()["code"] == "audience_mismatch"
    assert client.get(f"/v1/drafts/{draft['id']}").json()["status"] == "approved"
    assert client.get("/v1/audit").json()["entries"][-1]["action"] == "delivery.blocked"
