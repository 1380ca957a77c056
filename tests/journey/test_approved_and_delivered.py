"""From a draft to a message that has left, once, by a server that lives on or is killed at any moment."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, update

from copilot.adapters.sql.tables import deliveries as deliveries_table
from copilot.bootstrap import open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import AddressOf, kept_environment
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.forked_commands import ForkedCommands
from tests.journey.served_home import ServedHome

TRIAL = """---
kind: faq
title: 试用多久
audience: customer
---
## 简答

试用一般给 1 周,需要时再申请 1 周。
"""
ACCOUNT = {"name": "柚子家居", "stage": "续费", "kp": [{"name": "裴总"}]}
EDITED = "裴总,您好!试用一般给 1 周,需要时再申请 1 周。[1] 周四聊?"
SEED = 20261126
#: Five in a short run and thirty in a long one, over both databases.
LONG = bool(os.environ.get("COPILOT_TEST_LONG"))
KILLS = {"sqlite": 15 if LONG else 3, "postgres": 15 if LONG else 2}


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        receiver.drip_s = 0.0005  # a tenth of a second for a reply: some kills come while one is awaited
        yield receiver


@pytest.fixture
def served(
    home: Path, tmp_path: Path, database: AddressOf, receiver: WebhookReceiver, commands: ForkedCommands
) -> Iterator[ServedHome]:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    (folder / "trial.md").write_text(TRIAL, encoding="utf-8")
    environment = kept_environment() | {
        "COPILOT_HOME": str(home),
        "COPILOT_EMBEDDING_MODEL": "words",
        "COPILOT_DELIVERY_INTERNAL": f"127.0.0.1:{receiver.port}",
        "COPILOT_WEBHOOK_SECRET": "a secret of the receiver",
    }
    with open_application(
        Settings(home=home, database_url=database(home), embedding_model="words"), embedder=HashingEmbedder()
    ) as application:
        application.indexing.ingest([str(folder)], corpus=False)
    served = ServedHome(home=home, environment=environment, commands=commands)
    try:
        served.start()
        yield served
    finally:
        served.close()


def printed(served: ServedHome, *arguments: str) -> Any:
    """Return what a command that succeeds prints."""
    done = served.run(*arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.databases
def test_a_draft_is_edited_approved_and_leaves_once(served: ServedHome, receiver: WebhookReceiver, home: Path) -> None:
    assert served.client.put("/v1/accounts/a1", json=ACCOUNT).status_code == 200
    draft = printed(
        served, "drafts", "create", "--kind", "customer_message", "--account", "a1", "--input", "point=试用一般给多久"
    )
    assert [one["source"] for one in draft["citations"]] == ["trial.md"]
    url = f"/v1/drafts/{draft['id']}"
    edited = served.client.post(f"{url}/revisions", json={"content": EDITED, "based_on": 1})
    assert edited.status_code == 201

    to_file, to_webhook = {"channel": "file", "destination": "a1"}, {"channel": "webhook", "destination": receiver.url}
    for body in (to_file, to_webhook):
        early = served.client.post(f"{url}/deliveries", json=body)
        assert (early.status_code, early.json()["code"]) == (409, "approval_required")
    assert (receiver.received, files(home)) == ([], set())

    assert printed(served, "drafts", "approve", draft["id"], "--revision", "2")["status"] == "approved"
    file = printed(served, "drafts", "deliver", draft["id"], "--channel", "file", "--to", "a1", "--wait")
    webhook = sent(served.client, call(served.client, "POST", f"{url}/deliveries", to_webhook))
    assert file["status"] == "sent"
    assert [call(served.client, "POST", f"{url}/deliveries", body) for body in (to_file, to_webhook)] == [file, webhook]

    assert files(home) == {"a1.md"}
    assert EDITED.split("[1]")[0] in (home / "exports/a1.md").read_text(encoding="utf-8")
    (received,) = receiver.received
    assert received.headers["idempotency-key"] == webhook["id"]
    assert "周四聊" in json.loads(received.body)["content"]
    assert served.client.get(url).json()["status"] == "delivered"
    check = printed(served, "doctor", "audit")
    assert check["faults"] == []
    entries = served.client.get("/v1/audit").json()["entries"]
    assert [one["action"] for one in entries if one["subject"] in (draft["id"], file["id"], webhook["id"])] == [
        "draft.created",
        "draft.revised",
        "draft.approved",
        "delivery.requested",
        "delivery.sent",
        "delivery.requested",
        "delivery.sent",
    ]


@pytest.mark.databases
def test_a_server_killed_at_any_moment_loses_nothing_and_sends_nothing_twice(
    served: ServedHome, receiver: WebhookReceiver, home: Path, database: AddressOf, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["database"]
    address = database(home) or f"sqlite:///{home / 'copilot.db'}"
    began = time.monotonic()
    journey(served.client, "calm", receiver)
    whole_s = time.monotonic() - began
    moments = random.Random(f"{SEED} {kind}")
    in_time = 0
    for number in range(KILLS[kind]):
        after_s = moments.uniform(0, whole_s)
        print(f"seed {SEED} {kind}: kill {number} after {after_s:.3f} s of {whole_s:.3f} s")
        killer = threading.Timer(after_s, served.kill)
        killer.start()
        try:
            journey(served.client, f"k{number}", receiver)
        except httpx.TransportError:
            in_time += 1
        killer.join()
        five_minutes_pass(address)
        served.start()
        journey(served.client, f"k{number}", receiver)
    assert in_time > 0, "no journey was cut short: every kill came after its end"

    accounts = ["calm", *(f"k{number}" for number in range(KILLS[kind]))]
    assert files(home) == {f"{account}.md" for account in accounts}
    for account in accounts:
        (draft,) = served.client.get("/v1/drafts", params={"account_id": account}).json()["drafts"]
        shown = served.client.get(f"/v1/drafts/{draft['id']}").json()
        assert (shown["status"], shown["content"]) == ("delivered", EDITED)
        assert ([one["revision"] for one in shown["revisions"]], len(shown["decisions"])) == ([1, 2], 1)
        left = served.client.get(f"/v1/drafts/{draft['id']}/deliveries").json()["deliveries"]
        assert sorted((one["channel"], one["status"]) for one in left) == [("file", "sent"), ("webhook", "sent")]
        keys = {one.headers["idempotency-key"] for one in receiver.received if one.path.endswith(f"to={account}")}
        assert keys == {one["id"] for one in left if one["channel"] == "webhook"}
    check = served.client.get("/v1/audit/check").json()
    assert check["faults"] == []
    # Nothing was told that was not done, and nothing done twice: one entry for each step of each journey.
    entries = served.client.get("/v1/audit", params={"limit": 1000}).json()["entries"]
    actions = [one["action"] for one in entries]
    for action, each in {"draft.created": 1, "draft.revised": 1, "draft.approved": 1, "delivery.sent": 2}.items():
        assert actions.count(action) == each * len(accounts), action


def journey(client: httpx.Client, account: str, receiver: WebhookReceiver) -> None:
    """Do what is not done yet, as a careful client would after any interruption."""
    call(client, "PUT", f"/v1/accounts/{account}", ACCOUNT)
    listed = call(client, "GET", f"/v1/drafts?account_id={account}")["drafts"]
    wanted = {"kind": "customer_message", "account_id": account, "inputs": {"point": "试用一般给多久"}}
    draft = listed[0] if listed else call(client, "POST", "/v1/drafts", wanted)
    url = f"/v1/drafts/{draft['id']}"
    if draft["revision"] == 1:
        call(client, "POST", f"{url}/revisions", {"content": EDITED, "based_on": 1})
    decision = {"decision": "approve", "revision": 2}
    call(client, "POST", f"{url}/decisions", decision, key=f"approve {account}")
    asked = [
        call(client, "POST", f"{url}/deliveries", {"channel": channel, "destination": to})
        for channel, to in (("file", account), ("webhook", f"{receiver.url}&to={account}"))
    ]
    for one in asked:
        sent(client, one)


def sent(client: httpx.Client, asked: Any) -> Any:
    """Return a delivery once it has left."""
    ends = time.monotonic() + 20
    while (now := call(client, "GET", f"/v1/deliveries/{asked['id']}"))["status"] != "sent":
        assert time.monotonic() < ends, now
        time.sleep(0.02)
    return now


def call(client: httpx.Client, method: str, url: str, body: Any = None, key: str | None = None) -> Any:
    """Return the reply to a request that must succeed if it is answered at all."""
    reply = client.request(method, url, json=body, headers={} if key is None else {"Idempotency-Key": key})
    assert reply.is_success, reply.text
    return reply.json()


def five_minutes_pass(address: str) -> None:
    """Let the lease of a killed worker end; nobody else will tell how its attempt went."""
    engine = create_engine(address)
    with engine.begin() as connection:
        over = datetime.now(UTC) - timedelta(seconds=1)
        leased = deliveries_table.c.leased_until.is_not(None)
        connection.execute(update(deliveries_table).where(leased).values(leased_until=over))
    engine.dispose()


def files(home: Path) -> set[str]:
    """Return what lies under `exports`, unfinished files too."""
    exports = home / "exports"
    return {str(path.relative_to(exports)) for path in exports.rglob("*") if path.is_file()}
