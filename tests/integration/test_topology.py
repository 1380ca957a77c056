"""The topology of `compose.yaml`, by the file's own commands: what one process does, the others know."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import psycopg
import pytest

from tests.doubles.openai_server import hangs, openai_server
from tests.doubles.s3_server import S3Server, s3_server
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.forked_commands import ForkedCommands
from tests.postgres_server import PostgresServer
from tests.topology import OWNER_KEY, Process, Topology, topology

RENEWAL = "# 续费归谁做\n\n续费由客户成功经理负责,提前九十天开始。\n"
TRIAL = """---
kind: faq
title: 试用多久
audience: customer
---
## 简答

试用一般给 1 周,需要时再申请 1 周。
"""
QUESTION = "续费由谁负责?"
#: What their askers call two requests.
CUT, DYING = "a-request-that-is-cut", "a-request-of-a-dying-worker"


@pytest.fixture(scope="module")
def receiver() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def objects() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def machines(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresServer,
    commands: ForkedCommands,
    receiver: WebhookReceiver,
    objects: S3Server,
) -> Iterator[Topology]:
    """Two API workers and a worker that share PostgreSQL, Chroma and a bucket, and no file."""
    settings = objects.settings | {
        "COPILOT_WEBHOOK_SECRET": "a secret of the receiver",
        "COPILOT_DELIVERY_INTERNAL": f"127.0.0.1:{receiver.port}",
        "COPILOT_DRAIN_S": "1",
        "COPILOT_FINISH_S": "5",
    }
    database = postgres.new_database()
    folder = tmp_path_factory.mktemp("machines")
    with topology(folder, database, commands=commands, settings=settings) as running:
        ingest(running, running.apis[0], "renewal.md", RENEWAL)
        ingest(running, running.apis[1], "trial.md", TRIAL)
        yield running
    postgres.drop(database)


def ingest(machines: Topology, process: Process, name: str, text: str) -> dict[str, Any]:
    """Upload at one worker, and follow it wherever the balancer asks."""
    with machines.client(process) as here:
        begun = here.post("/v1/documents", files={"file": (name, text.encode())})
    assert begun.status_code == 202, begun.text
    with machines.client() as anywhere:
        run: dict[str, Any] = until(lambda: ended(anywhere.get(f"/v1/ingestions/{begun.json()['id']}").json()))
        return run


def ended(run: dict[str, Any]) -> dict[str, Any] | None:
    return None if run["status"] == "running" else run


def until(done: Any, seconds: float = 90) -> Any:
    """Return what `done` returns as soon as that is something."""
    ends = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.05)
    return found


def asked(client: httpx.Client, request_id: str, last: str | None = None) -> dict[str, Any]:
    """Ask by a stream to its end; raises what a cut connection raises, and a 503."""
    body = {"question": QUESTION, "request_id": request_id}
    headers = {"Last-Event-ID": last} if last else {}
    with client.stream("POST", "/v1/ask/stream", json=body, headers=headers) as reply:
        reply.raise_for_status()
        name = ""
        for line in reply.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: ") and name in ("done", "error"):
                told: dict[str, Any] = json.loads(line.removeprefix("data: "))
                assert name == "done", told
                return told
    raise httpx.RemoteProtocolError("the stream ended before its answer")


def test_the_tables_were_made_once(machines: Topology) -> None:
    (log,) = machines.folder.glob("migrate-*.log")
    assert "empty →" in log.read_text()
    again = json.loads(machines.run("migrate", "--json"))
    assert again["before"] == again["revision"]


def test_what_one_ingests_every_other_finds(machines: Topology) -> None:
    for process in machines.apis:
        with machines.client(process) as client:
            found = client.get("/v1/search", params={"q": QUESTION}).json()["passages"]
            listed = {one["source"] for one in client.get("/v1/documents").json()["documents"]}
        assert found[0]["source"] == "renewal.md"
        assert listed == {"renewal.md", "trial.md"}


def test_nothing_that_lasts_is_in_a_home(machines: Topology, objects: S3Server) -> None:
    kept = {"uploads", "originals", "approved", "copilot.db", "chroma"}
    assert [path for one in machines.apis for path in one.home.iterdir() if path.name in kept] == []
    assert {key.split("/")[1] for key in objects.objects} == {"uploads", "originals"}
    assert objects.refused == [] or set(objects.refused) == {"NoSuchKey"}


def test_two_ingestions_at_once_never_interleave(machines: Topology) -> None:
    with ThreadPoolExecutor(2) as pool:
        texts = [f"# 报价 {number}\n\n报价 {number} 有效六十天,过期重新申请。\n" for number in range(2)]
        runs = [
            pool.submit(ingest, machines, machines.apis[number], f"quote-{number}.md", text)
            for number, text in enumerate(texts)
        ]
        reports = [run.result()["report"] for run in runs]
    # Whoever came second found the upload of the first already ingested, or took both.
    assert sum(report["added"] for report in reports) == 2
    assert [report["failed"] for report in reports] == [0, 0]
    with machines.client() as client:
        for number in range(2):
            assert client.delete(f"/v1/documents/quote-{number}.md").status_code == 200
        assert {one["source"] for one in client.get("/v1/documents").json()["documents"]} == {"renewal.md", "trial.md"}


def test_signed_in_at_one_is_signed_in_at_the_other(machines: Topology) -> None:
    first, second = machines.apis[:2]
    with httpx.Client(base_url=first.url, trust_env=False) as browser:
        assert browser.post("/login", data={"key": OWNER_KEY}).status_code == 303
        assert browser.get("/v1/documents").status_code == 200
        cookies = dict(browser.cookies)
    with httpx.Client(base_url=second.url, trust_env=False, cookies=cookies) as browser:
        assert browser.get("/v1/documents").status_code == 200
    with httpx.Client(base_url=second.url, trust_env=False) as browser:
        assert browser.get("/v1/documents").status_code == 401


def test_a_draft_approved_at_one_leaves_once(machines: Topology, receiver: WebhookReceiver) -> None:
    with machines.client(machines.apis[0]) as here, machines.client(machines.apis[1]) as there:
        account = {"name": "柚子家居", "stage": "续费", "kp": [{"name": "裴总"}]}
        assert here.put("/v1/accounts/a1", json=account).status_code == 200
        body = {"kind": "customer_message", "account_id": "a1", "inputs": {"point": "试用一般给多久"}}
        draft = here.post("/v1/drafts", json=body).json()
        decided = there.post(
            f"/v1/drafts/{draft['id']}/decisions",
            json={"decision": "approve", "revision": draft["revision"]},
            headers={"Idempotency-Key": "one-decision"},
        )
        assert decided.status_code in (200, 201), decided.text
        way = {"channel": "webhook", "destination": receiver.url}
        assert there.post(f"/v1/drafts/{draft['id']}/deliveries", json=way).status_code in (200, 201, 202)
        until(lambda: here.get(f"/v1/drafts/{draft['id']}").json()["status"] == "delivered")
    time.sleep(0.5)  # whoever would send it again has had the time
    assert len(receiver.received) == 1


def test_a_stream_that_is_cut_goes_on_at_another(machines: Topology) -> None:
    with machines.client(machines.apis[0]) as here, machines.client(machines.apis[1]) as there:
        body = {"question": QUESTION, "request_id": CUT}
        with here.stream("POST", "/v1/ask/stream", json=body) as reply:
            last = next(line.removeprefix("id: ") for line in reply.iter_lines() if line.startswith("id: "))
        answer = asked(there, CUT, last)
        again = asked(here, CUT)
    assert answer["status"] == "answered"
    assert again["answer_id"] == answer["answer_id"]


def test_a_rolling_restart_loses_no_answer(machines: Topology) -> None:
    answers: dict[str, dict[str, Any]] = {}
    troubles: list[str] = []
    over = threading.Event()

    def ask(asker: int) -> None:
        number = 0
        with machines.client() as client:
            while not over.is_set() or number == 0:
                name = f"asker-{asker}-request-{number:04}"
                for _ in range(50):  # as the page does: a broken connection is made again, with the same name
                    try:
                        answers[name] = asked(client, name)
                        time.sleep(0.05)
                        break
                    except httpx.TransportError as error:
                        troubles.append(type(error).__name__)
                        time.sleep(0.1)
                number += 1

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, asker) for asker in range(3)]
        try:
            for old in list(machines.apis):
                machines.start_api()
                old.command.send_signal(15)
                assert old.command.wait(60) == 0
                machines.apis.remove(old)
        finally:
            over.set()
        for one in asking:
            one.result()
    with machines.client() as client:
        assert all(answer["status"] == "answered" for answer in answers.values())
        assert set(answers) == {f"asker-{n}-request-{m:04}" for n in range(3) for m in range(counted(answers, n))}
        kept = {asked(client, name)["answer_id"] for name in list(answers)[::5]}
    assert kept == {answers[name]["answer_id"] for name in list(answers)[::5]}
    assert len({answer["answer_id"] for answer in answers.values()}) == len(answers)
    print(f"{len(answers)} answers, connections made again: {troubles}")


def counted(answers: dict[str, Any], asker: int) -> int:
    return sum(name.startswith(f"asker-{asker}-") for name in answers)


def test_an_answer_of_a_dying_worker_is_asked_again(machines: Topology) -> None:
    with openai_server(hangs(60)) as model:
        extra = {
            "COPILOT_CHAT_MODEL": "openai:slow",
            "COPILOT_CHAT_BASE_URL": model.base_url,
            "COPILOT_CHAT_API_KEY": "none-needed",
            "COPILOT_DRAIN_S": "0",
            "COPILOT_FINISH_S": "1",
        }
        dying = machines.start_api(extra=extra)
        machines.apis.remove(dying)
        last = None
        events: list[str] = []
        with machines.client(dying) as client:
            body = {"question": QUESTION, "request_id": DYING}
            with suppress(httpx.TransportError), client.stream("POST", "/v1/ask/stream", json=body) as reply:
                for line in reply.iter_lines():
                    events += [line.removeprefix("event: ")] if line.startswith("event: ") else []
                    last = line.removeprefix("id: ") if line.startswith("id: ") else last
                    if model.requests:
                        dying.command.send_signal(15)
        assert dying.command.wait(60) == 0
        assert (len(model.requests), "done" in events) == (1, False)
    with machines.client() as client:
        assert asked(client, DYING, last)["status"] == "answered"


def test_of_several_that_start_together_one_makes_the_tables(postgres: PostgresServer, machines: Topology) -> None:
    database = postgres.new_database()
    try:
        started = [machines.start("migrate", extra={"COPILOT_DATABASE_URL": database}) for _ in range(2)]
        assert [one.command.wait(60) for one in started] == [0, 0]
        with psycopg.connect(database.replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    finally:
        postgres.drop(database)
