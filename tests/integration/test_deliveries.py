"""Deliveries over HTTP, through a running copilot and by command, on a real database, real files and real receivers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from aiosmtpd.controller import Controller
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert
from typer.testing import CliRunner

from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.tables import drafts as drafts_table
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.surface import Surface
from copilot.bootstrap import Delivering, delivering
from copilot.cli.deliveries import add_deliver, add_delivery_commands
from copilot.drafting.draft import DraftStatus
from copilot.errors import ConfigurationError
from copilot.interfaces.api.deliveries import add_deliveries
from copilot.interfaces.api.problems import add_problem_handlers
from copilot.interfaces.deliveries import Deliveries
from copilot.interfaces.delivery_contract import DeliverBody
from copilot.interfaces.remote import RemoteCopilot, RemoteError
from copilot.interfaces.remote_deliveries import RemoteDeliveries
from copilot.people.person import owner
from copilot.settings import Settings
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.document import Audience, Metadata
from knowledge.reader import Reader
from tests.doubles.webhook_receiver import webhook_receiver
from tests.integration.test_smtp_channel import Mailbox, free_port
from tests.unit.copilot.delivery.standins import MINE, PRICES, START, World, quote


@dataclass
class Running:
    """Deliveries wired as in the product; drafts and their approvals as a test says."""

    world: World
    delivering: Delivering
    settings: Settings
    engine: Engine

    @property
    def deliveries(self) -> Deliveries:
        return self.delivering.deliveries


@contextmanager
def running(home: Path, **settings: Any) -> Iterator[Running]:
    home.mkdir(exist_ok=True)
    engine = open_database(f"sqlite:///{home / 'copilot.db'}", [knowledge_metadata, copilot_metadata])
    world = World()
    with engine.begin() as connection:
        row = {"id": MINE, "kind": "customer_message", "language": "zh", "created_by": "lin", "created_at": START,
               "revision": 1, "status": "approved", "updated_at": START}  # fmt: skip
        connection.execute(insert(drafts_table).prefix_with("OR IGNORE").values(row))
    chosen = Settings(home=home, **settings)
    try:
        wired = delivering(
            chosen,
            engine,
            transactions=SqlTransactions(engine),
            approvals=world.approvals,
            drafts=world.drafts,
            audit=world.audit,
            documents=world.documents,
            person_of=lambda _: owner(),
            reader_of=lambda _: Reader(everything=True),
        )
        yield Running(world=world, delivering=wired, settings=chosen, engine=engine)
        wired.worker.stop()
    finally:
        engine.dispose()


@pytest.fixture
def copilot(home: Path) -> Iterator[Running]:
    with running(home, delivery_internal=("127.0.0.1",), webhook_secret="a secret of the receiver") as opened:
        yield opened


def http(opened: Running) -> TestClient:
    app = FastAPI()
    add_problem_handlers(app)

    @app.middleware("http")
    async def caller(request: Request, call_next: Any) -> Any:
        request.state.person = "owner"
        return await call_next(request)

    add_deliveries(app, opened.delivering.deliveries, lambda _: Surface.HTTP)
    return TestClient(app, raise_server_exceptions=False)


def eventually(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)


def post(client: TestClient, **body: Any) -> httpx.Response:
    reply: httpx.Response = client.post(f"/v1/drafts/{MINE}/deliveries", json=body)
    return reply


def test_an_approved_draft_becomes_one_file(copilot: Running) -> None:
    client = http(copilot)
    first, second = (post(client, channel="file", destination="acme/plan") for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    done = copilot.deliveries.wait(first.json()["id"], 5)
    assert (done.status, done.receipt) == ("sent", str(copilot.settings.home / "exports/acme/plan.md"))
    assert f"delivery: {done.id}" in Path(done.receipt or "").read_text(encoding="utf-8")
    assert copilot.world.status() is DraftStatus.DELIVERED
    assert copilot.world.audit.actions == ["delivery.requested", "delivery.sent"]
    assert client.get(f"/v1/deliveries/{done.id}").json()["status"] == "sent"
    assert client.get(f"/v1/drafts/{MINE}/deliveries").json() == client.get("/v1/deliveries?status=sent").json()


@pytest.mark.parametrize(
    "body",
    [
        {"channel": "file", "destination": "../../etc/passwd"},
        {"channel": "file"},
        {"channel": "slack", "destination": "#general"},
        {"channel": "webhook", "destination": "http://169.254.169.254/"},
        {"channel": "email", "destination": "nobody"},
    ],
)
def test_without_an_approval_nothing_else_is_looked_at(copilot: Running, body: dict[str, str]) -> None:
    copilot.world.write(MINE)
    reply = post(http(copilot), **body)
    assert (reply.status_code, reply.json()["code"]) == (409, "approval_required")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"channel": "file", "destination": "../../etc/passwd"}, 422, "invalid_destination"),
        ({"channel": "slack", "destination": "#general"}, 409, "channel_not_configured"),
        ({"channel": "crm", "destination": "da-01"}, 409, "channel_not_configured"),
        ({"channel": "email", "destination": "wang@client.example"}, 409, "channel_not_configured"),
        ({"channel": "webhook", "destination": "http://169.254.169.254/"}, 422, "invalid_destination"),
        ({"channel": "webhook", "destination": "https://client.example/"}, 422, "invalid_destination"),
        ({"channel": "file", "destination": "plan", "revision": 7}, 409, "stale_revision"),
        ({"channel": "pigeon", "destination": "x"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_done_says_why(copilot: Running, body: dict[str, Any], status: int, code: str) -> None:
    reply = post(http(copilot), **body)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert copilot.world.audit.kept == []


def test_what_is_not_there_is_told(copilot: Running) -> None:
    client = http(copilot)
    assert client.post("/v1/drafts/d9/deliveries", json={"channel": "file"}).json()["code"] == "unknown_draft"
    assert client.get("/v1/drafts/d9/deliveries").status_code == 404
    assert client.get("/v1/deliveries/x").json()["code"] == "unknown_delivery"
    assert client.post("/v1/deliveries/x/retry").status_code == 404


def test_narrowing_a_document_stops_what_is_pending(copilot: Running) -> None:
    client = http(copilot)
    asked = post(client, channel="file", destination="plan").json()
    copilot.world.documents.metadata[PRICES] = Metadata(groups=("finance",))
    blocked = copilot.deliveries.wait(asked["id"], 5)
    assert (blocked.status, blocked.code) == ("blocked", "audience_mismatch")
    assert client.post(f"/v1/deliveries/{blocked.id}/retry").json()["code"] == "audience_mismatch"
    copilot.world.documents.metadata[PRICES] = Metadata(audience=Audience.CUSTOMER)
    assert client.post(f"/v1/deliveries/{blocked.id}/retry").status_code == 202
    assert copilot.deliveries.wait(blocked.id, 5).status == "sent"


def test_a_receiver_that_answers_500_gets_it_again_under_the_same_key(copilot: Running) -> None:
    with webhook_receiver() as receiver:
        receiver.replies = [(500, {}), (200, {})]
        asked = post(http(copilot), channel="webhook", destination=receiver.url).json()
        copilot.delivering.worker.start()  # it looks at once
        eventually(lambda: copilot.deliveries.show(asked["id"]).code is not None)
        waiting = copilot.deliveries.show(asked["id"])
        assert (waiting.status, waiting.code, waiting.attempts) == ("queued", "channel_unavailable", 1)
        copilot.deliveries.retry(asked["id"])  # wakes the worker
        done = copilot.deliveries.wait(asked["id"], 10)
        assert (done.status, done.receipt) == ("sent", "HTTP 200")
        assert {one.headers["idempotency-key"] for one in receiver.received} == {asked["id"]}
        assert len(receiver.received) == 2


def test_internal_text_stays_off_a_webhook_of_customers(home: Path) -> None:
    with (
        webhook_receiver() as receiver,
        running(home, delivery_allowed=("127.0.0.1",), webhook_secret="a secret of the receiver") as copilot,
    ):
        copilot.world.documents.metadata[PRICES] = Metadata(audience=Audience.INTERNAL)
        assert post(http(copilot), channel="webhook", destination=receiver.url).json()["code"] == "audience_mismatch"
        copilot.world.documents.metadata[PRICES] = Metadata(audience=Audience.CUSTOMER)
        asked = post(http(copilot), channel="webhook", destination=receiver.url).json()
        assert copilot.deliveries.wait(asked["id"], 5).status == "sent"


def test_mail_leaves_through_a_real_server(home: Path) -> None:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings = {"smtp_url": f"smtp://127.0.0.1:{port}", "smtp_from": "hello@ours.example"}
        with running(home, **settings, delivery_allowed=("client.example",)) as copilot:
            client = http(copilot)
            refused = post(client, channel="email", destination="wang@elsewhere.example")
            assert refused.json()["code"] == "invalid_destination"
            asked = post(client, channel="email", destination="wang@client.example").json()
            done = copilot.deliveries.wait(asked["id"], 10)
    finally:
        controller.stop()
    assert (done.status, done.receipt) == ("sent", f"<{done.id}@ours.example>")
    assert box.mail()["Subject"] == "续约方案"


def test_a_delivery_asked_for_before_a_restart_is_sent_after_it(home: Path) -> None:
    with running(home) as copilot:
        asked = post(http(copilot), channel="file", destination="plan").json()
    with running(home) as copilot:
        copilot.delivering.worker.start()
        eventually(lambda: copilot.deliveries.show(asked["id"]).status == "sent")
    assert (home / "exports/plan.md").exists()


class Through(RemoteCopilot):
    """A running copilot, reached in process."""

    def __init__(self, client: TestClient) -> None:
        super().__init__("http://testserver", "token")
        self._client.close()
        self._client = client

    @property
    def deliveries(self) -> Deliveries:
        return RemoteDeliveries(self)


def test_a_running_copilot_does_the_same(copilot: Running) -> None:
    remote = Through(http(copilot)).deliveries
    asked = remote.request(MINE, DeliverBody.model_validate({"channel": "file", "destination": "plan"}))
    assert remote.of(MINE).deliveries == remote.list().deliveries == [asked]
    copilot.delivering.worker.start()
    done = remote.wait(asked.id, 10)
    assert done.status == "sent"
    assert remote.show(asked.id) == remote.retry(asked.id) == done
    with pytest.raises(RemoteError, match="no delivery 'x'"):
        remote.show("x")


def command(copilot: Running) -> typer.Typer:
    @contextmanager
    def opened() -> Iterator[Any]:
        yield copilot

    app = typer.Typer()
    drafts, deliveries = typer.Typer(), typer.Typer()

    @drafts.command("list")
    def _list() -> None:
        """Another command of the group."""

    add_deliver(drafts, opened)
    add_delivery_commands(deliveries, opened)
    app.add_typer(drafts, name="drafts")
    app.add_typer(deliveries, name="deliveries")
    return app


def test_the_command_line_delivers_and_shows(copilot: Running) -> None:
    run = CliRunner()
    app = command(copilot)
    queued = run.invoke(app, ["drafts", "deliver", MINE, "--channel", "file", "--json"])
    assert (queued.exit_code, json.loads(queued.stdout)["status"]) == (0, "queued")
    sent = run.invoke(app, ["drafts", "deliver", MINE, "--channel", "file", "--wait", "--json"])
    body = json.loads(sent.stdout)
    assert (sent.exit_code, body["status"], body["destination"]) == (0, "sent", "customer-message-d1-r1.md")
    assert json.loads(run.invoke(app, ["deliveries", "show", body["id"], "--json"]).stdout) == body
    for arguments in (["deliveries", "list"], ["deliveries", "list", "--draft", MINE, "--status", "sent"]):
        shown = run.invoke(app, arguments)
        assert shown.exit_code == 0
        assert body["id"] in shown.stdout
    assert run.invoke(app, ["deliveries", "list", "--status", "dead"]).stdout == ""


def test_the_command_line_ends_with_1_when_nothing_left(copilot: Running) -> None:
    run = CliRunner()
    app = command(copilot)
    asked = copilot.delivering.deliveries.request(MINE, _file("plan"))
    copilot.world.documents.metadata.clear()
    done = run.invoke(app, ["drafts", "deliver", MINE, "--channel", "file", "--to", "plan.md", "--wait"])
    assert done.exit_code == 1  # asking again is refused with the reason
    assert copilot.deliveries.wait(asked.id, 5).status == "blocked"
    assert "copilot deliveries retry" in run.invoke(app, ["deliveries", "list"]).stdout
    copilot.world.documents.metadata[PRICES] = Metadata(audience=Audience.CUSTOMER)
    copilot.world.write(MINE, quotes=[quote(1)])
    assert run.invoke(app, ["deliveries", "retry", asked.id, "--wait"]).exit_code == 1
    assert copilot.deliveries.show(asked.id).status == "blocked"


def _file(name: str) -> DeliverBody:
    return DeliverBody.model_validate({"channel": "file", "destination": name})


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"delivery_allowed": ("https://client.example/",)}, "COPILOT_DELIVERY_ALLOWED"),
        ({"delivery_internal": ("a b",)}, "COPILOT_DELIVERY_INTERNAL"),
        ({"smtp_url": "smtp://mail.example"}, "COPILOT_SMTP_FROM"),
        ({"smtp_url": "http://u:hunter2@mail.example", "smtp_from": "a@b.example"}, "COPILOT_SMTP_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(home: Path, settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as caught, running(home, **settings):
        pass
    assert "hunter2" not in caught.value.message
