"""How often, how large, how slowly and under which name: refused plainly, before a route has it."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message

from copilot.bootstrap import Application, open_application, own_names
from copilot.interfaces.api.app import create_app
from copilot.interfaces.api.hosts import Hosts
from copilot.interfaces.api.hurried import MOST_HEADER_BYTES, HurriedProtocol
from copilot.interfaces.api.pacing import Turns
from copilot.interfaces.api.sizes import MOST_BYTES, MOST_QUERY, Sized
from copilot.interfaces.contract import ReadyBody
from copilot.people.pace import Pacing, Rates
from copilot.people.visit import Visit
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from tests.databases import AddressOf

Key = dict[str, str]
HOSTS = Hosts(["copilot.ours.com"])


def app_of(application: Application, *rates: str) -> FastAPI:
    return create_app(
        copilot=application.copilot,
        access=application.access,
        ready=lambda: ReadyBody(status="ready"),
        version="0",
        pacing=Pacing(Rates.read(rates)),
        turns=Turns(4),
        hosts=HOSTS,
    )


@contextmanager
def client_of(application: Application, *rates: str) -> Iterator[TestClient]:
    with TestClient(
        app_of(application, *rates),
        base_url="http://copilot.ours.com",
        follow_redirects=False,
        raise_server_exceptions=False,
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory, address_of: AddressOf) -> Iterator[Application]:
    """One for all: nothing here changes what the next test finds but how often somebody has asked."""
    home = tmp_path_factory.mktemp("limited") / "home"
    with open_application(Settings(home=home, database_url=address_of(home)), embedder=HashingEmbedder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def key(application: Application) -> Key:
    made = application.access.first_key()
    return {"Authorization": f"Bearer {made}"}


@pytest.fixture(scope="module")
def client(application: Application) -> Iterator[TestClient]:
    """For what is not about rates."""
    with client_of(application, "ask=0", "draft=0", "upload=0") as opened:
        yield opened


def test_who_asks_too_often_is_told_when_to_come_back(application: Application, key: Key) -> None:
    with client_of(application, "ask=2", "search=1") as client:
        body = {"question": "续费应该谁负责"}
        replies = [client.post("/v1/ask", json=body, headers=key) for _ in range(3)]
        assert [reply.status_code for reply in replies[:2]] == [409, 409]  # nothing is ingested here
        refused = replies[2]
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        openai = client.post("/v1/chat/completions", json={"messages": []}, headers=key)
        assert (openai.status_code, openai.json()["error"]["type"]) == (429, "rate_limit_error")
        assert openai.headers["retry-after"]
        assert client.get("/v1/documents", headers=key).status_code == 200  # other work goes on
        token = {"Authorization": f"Bearer {application.access.run_token}"}
        assert (
            client.post("/v1/ask", json=body, headers=token).status_code == 409
        )  # the command line is not slowed down


def test_strangers_are_counted_by_their_address_and_pages_tell_it_as_pages(application: Application) -> None:
    with client_of(application, "sign_in=2") as client:
        replies = [client.post("/login", data={"key": "wrong"}) for _ in range(3)]
        assert [reply.status_code for reply in replies] != [429, 429, 429]
        assert replies[2].status_code == 429
        assert replies[2].headers["content-type"].startswith("text/html")
        assert "请求太频繁" in replies[2].text or "Too many requests" in replies[2].text
        assert client.get("/healthz").status_code == 200


def test_a_visitor_has_less(application: Application, key: Key) -> None:
    visitors = application.access.visitors
    assert visitors is not None
    caller = application.access.caller_of_key(key["Authorization"].removeprefix("Bearer "))
    assert caller is not None
    token = visitors.issue(caller, Visit(audience=Audience.CUSTOMER)).token
    with client_of(application, "other=40") as client:
        visitor = {"Authorization": f"Bearer {token}"}
        statuses = [client.get("/v1/conversations", headers=visitor).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("copilot.ours.com", True),
        ("Copilot.Ours.COM:8443", True),
        ("copilot.ours.com.", True),
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("10.1.2.3", True),
        ("", True),
        ("evil.example", False),
        ("copilot.ours.com.evil.example", False),
        ("copilot.ours.com@evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("0x7f.1", False),
        ("2130706433", False),
        ("[::1", False),
    ],
)
def test_only_our_own_names_are_ours(host: str, ours: bool) -> None:
    assert HOSTS.ours(host) is ours


def test_another_name_is_answered_with_a_way_on(client: TestClient) -> None:
    for host in ("evil.example", "[::1"):
        reply = client.get("/openapi.json", headers={"Host": host})
        assert (reply.status_code, reply.json()["code"]) == (421, "unknown_host")
        assert client.get("/login", headers={"Host": host}).status_code == 421
        assert client.get("/readyz", headers={"Host": host}).status_code == 200  # probes use any name


@pytest.mark.parametrize(
    ("host", "public", "names"),
    [
        ("127.0.0.1", None, ["127.0.0.1"]),
        ("0.0.0.0", None, None),
        ("0.0.0.0", "https://copilot.ours.com", ["0.0.0.0", "copilot.ours.com"]),
        ("copilot.lan", None, None),
    ],
)
def test_names_come_from_the_settings(host: str, public: str | None, names: list[str] | None) -> None:
    assert own_names(Settings(host=host, public_url=public)) == names


def test_what_is_too_large_is_refused_before_a_route_reads_it(client: TestClient, key: Key) -> None:
    large = client.post("/v1/ask", content=b"x" * (MOST_BYTES + 1), headers=key)
    assert (large.status_code, large.json()["code"]) == (413, "request_too_large")
    told = client.post("/v1/ask", content=b"{}", headers=key | {"Content-Length": "99999999999999999999999"})
    assert told.status_code == 413

    def parts() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 2**20 + 1):
            yield b" " * 2**20

    streamed = client.post("/v1/accounts/history", content=parts(), headers=key)
    assert streamed.status_code == 422  # counts by itself, up to what an upload may have
    unannounced = client.put("/v1/accounts/a", content=parts(), headers=key)
    assert (unannounced.status_code, unannounced.json()["code"]) == (413, "request_too_large")
    assert unannounced.headers["connection"] == "close"
    query = client.get(f"/v1/search?q={'x' * (MOST_QUERY + 1)}", headers=key)
    assert query.status_code == 413


def test_json_may_be_as_deep_as_it_likes(client: TestClient, key: Key) -> None:
    headers = key | {"Content-Type": "application/json"}
    for depth in (20, 200, 900, 100_000):
        for field in (b"nested", b"name", b"kind"):
            body = b'{"id": "a", "%b": ' % field + b"[" * depth + b"]" * depth + b"}"
            replies = [
                client.put("/v1/accounts/a", content=body, headers=headers),
                client.get("/v1/accounts/a", headers=key),
                client.post("/v1/advice", content=b'{"record": %b}' % body, headers=headers),
                client.post("/v1/drafts", content=body, headers=headers),
                client.post("/v1/calculators/ltv_cac", content=b'{"inputs": %b}' % body, headers=headers),
            ]
            assert [reply.status_code for reply in replies if reply.status_code >= 500] == []


def test_a_compressed_request_is_not_unpacked(client: TestClient, key: Key) -> None:
    bomb = gzip.compress(b"0" * 50 * 2**20)
    headers = key | {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert client.post("/v1/ask", content=bomb, headers=headers).status_code == 400


def test_a_body_that_does_not_arrive_is_given_up() -> None:
    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def reads(scope: object, receive: object, send: object) -> None:
        await receive()  # type: ignore[operator]

    scope = {"type": "http", "method": "POST", "path": "/v1/ask", "headers": [], "query_string": b""}
    asyncio.run(Sized(reads, upload_bytes=1, part_within_s=0.01)(scope, never, send))
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "request_too_slow"


def test_a_body_that_drips_is_given_up() -> None:
    now = [0.0]

    async def drips() -> Message:
        now[0] += 5
        return {"type": "http.request", "body": b"x", "more_body": True}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def reads(scope: object, receive: object, send: object) -> None:
        while True:
            await receive()  # type: ignore[operator]

    scope = {"type": "http", "method": "POST", "path": "/v1/ask", "headers": [], "query_string": b""}
    asyncio.run(Sized(reads, upload_bytes=1, part_within_s=20, now=lambda: now[0])(scope, drips, send))
    assert (sent[0]["status"], now[0]) == (408, 25)


@contextmanager
def listening(within_s: float) -> Iterator[int]:
    """A real server that gives up on slow headers after so long."""

    class Soon(HurriedProtocol):  # type: ignore[misc]
        pass

    Soon.within_s = within_s

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"ok"})  # type: ignore[operator]

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # so that nobody is refused before the server has started
    server = uvicorn.Server(uvicorn.Config(app, http=Soon, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def test_a_connection_without_whole_headers_is_closed_and_a_good_one_is_not() -> None:
    with listening(0.15) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as silent:
            assert silent.recv(10) == b""
        with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
            assert slow.recv(10) == b""
        with socket.create_connection(("127.0.0.1", port), timeout=10) as good:
            for _ in range(4):
                good.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert good.recv(1000).startswith(b"HTTP/1.1 200")
                time.sleep(0.1)  # uvicorn ends idle connections after five seconds itself


def test_headers_without_end_are_not_read() -> None:
    with listening(5) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as endless:
        endless.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        line, closed = b"X-A: " + b"a" * 8000 + b"\r\n", False
        try:
            for _ in range(MOST_HEADER_BYTES // len(line) + 4):
                endless.sendall(line)
            closed = endless.recv(10) == b""
        except (ConnectionResetError, BrokenPipeError):
            closed = True
        assert closed
