"""The database is held by others, full of connections, cut off or gone: told in bounded time, nothing half done."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.database import connected
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.audit.verification import verified
from copilot.bootstrap import Application, Readiness, open_application
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.interfaces.slack.notices import detail
from copilot.interfaces.web.error_words import told
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.errors import DatabaseBusy, DatabaseUnavailable
from tests.contract.test_transactions import ACCOUNT, event
from tests.postgres_server import PostgresServer, postgres_server

WAIT_S = 0.3
#: Far more than the bound, far less than what one waited before there was one.
SOON_S = 5.0
RECORD = {"id": "acme", "type": "account", "name": "示例"}

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another process has the right to write until the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.stdin.close()


@contextmanager
def opened(home: Path, **settings: Any) -> Iterator[Application]:
    chosen = Settings(home=home, database_wait_s=WAIT_S, api_key="a-key-of-the-owner", **settings)
    with open_application(chosen, embedder=HashingEmbedder()) as application:
        yield application


def client_of(application: Application) -> TestClient:
    app = create_app(
        copilot=application.copilot, access=application.access, ready=lambda: ReadyBody(status="ready"), version="0"
    )
    headers = {"Authorization": "Bearer a-key-of-the-owner"}
    return TestClient(app, headers=headers, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server that these tests may stop."""
    with postgres_server(lasting=True) as server:
        yield server


def test_a_database_that_another_process_writes_is_told_soon_and_used_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with opened(home) as application, client_of(application) as client:
        with held(home / "copilot.db"):
            begun = time.monotonic()
            refused = client.put("/v1/accounts/acme", json=RECORD)
            waited = time.monotonic() - begun
            read = client.get("/v1/accounts")
            told = Readiness(application).of_the_stores()
        ready = Readiness(application).of_the_stores()
        kept = client.put("/v1/accounts/acme", json=RECORD)
        assert verified(application.audit).faults == ()
    assert (refused.status_code, refused.json()["code"]) == (503, "database_busy")
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert WAIT_S * 0.5 < waited < SOON_S
    assert read.status_code == 200, "reading waits for nobody"
    assert (told.status, told.parts["database"].state) == ("failed", "failed"), "an answer is written down"
    assert (ready.status, ready.parts["database"].state) == ("ready", "ok")
    assert kept.status_code in (200, 201)


def test_those_who_queue_here_wait_no_longer_than_the_one_in_front(tmp_path: Path) -> None:
    """The queue of this process and the wait for another one share one bound."""
    home = tmp_path / "home"
    failures: list[BaseException] = []
    with opened(home) as application, held(home / "copilot.db"):
        transactions = SqlTransactions(application.store._engine)

        def write() -> None:
            try:
                with transactions.begin():
                    pass
            except DatabaseBusy as error:
                failures.append(error)

        threads = [threading.Thread(target=write) for _ in range(6)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        waited = time.monotonic() - begun
    assert len(failures) == 6
    assert waited < WAIT_S * 4, "six waits one after the other would be six times the bound"


def test_connections_that_nobody_gives_back_are_told(tmp_path: Path) -> None:
    engine = connected(f"sqlite:///{tmp_path / 'any.db'}", wait_s=0.05)
    lent = [engine.connect() for _ in range(20)]  # as many as there are
    try:
        with pytest.raises(DatabaseBusy, match="All 20 connections to the database are in use"):
            engine.connect()
        lent.pop().close()
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
    finally:
        for connection in lent:
            connection.close()
        engine.dispose()


def test_a_database_that_cannot_be_reached_is_no_stranger(tmp_path: Path, own_postgres: PostgresServer) -> None:
    """Whose key it is stands in the database: without it, 503 and not 401 or 500; afterwards all is as before."""
    url = own_postgres.new_migrated_database()
    with opened(tmp_path / "home", database_url=url) as application, client_of(application) as client:
        assert client.put("/v1/accounts/acme", json=RECORD).is_success
        key = client.post("/v1/keys", json={"label": "a key of the database"}).json()["key"]
        own_postgres.crash()
        gone = client.get("/v1/accounts/acme")
        stranger = client.get("/v1/accounts", headers={"Authorization": f"Bearer {key}"})
        page = client.get("/app/accounts", headers={"Authorization": f"Bearer {key}", "Accept-Language": "zh"})
        own_postgres.start_again()
        back = client.get("/v1/accounts/acme")
        assert verified(application.audit).faults == ()
    for reply in (gone, stranger):
        assert (reply.status_code, reply.json()["code"]) == (503, "database_unavailable")
        assert int(reply.headers["retry-after"]) > 0
        assert "secret" not in reply.text
    assert page.status_code == 503
    assert "数据库现在连不上" in page.text
    assert back.status_code == 200
    assert back.json()["id"] == "acme"


def test_a_connection_cut_in_the_middle_leaves_nothing_half_done(own_postgres: PostgresServer) -> None:
    engine = connected(own_postgres.new_migrated_database(), wait_s=WAIT_S)
    accounts, audit, transactions = SqlAccountStore(engine), SqlAuditLog(engine), SqlTransactions(engine)

    def write(*, cut: bool) -> None:
        with transactions.begin() as transaction:
            accounts.put(transaction, ACCOUNT)
            if cut:
                assert own_postgres.cut(engine.url.render_as_string(hide_password=False)) >= 1
            audit.append(transaction, event())

    try:
        with pytest.raises(DatabaseUnavailable):
            write(cut=True)
        assert accounts.get(ACCOUNT.id) is None
        assert audit.head()[0] == 0
        write(cut=False)
        assert accounts.get(ACCOUNT.id) == ACCOUNT
        assert verified(audit).faults == ()
    finally:
        engine.dispose()


def test_a_commit_whose_answer_is_lost_says_to_look_first(own_postgres: PostgresServer) -> None:
    engine = connected(own_postgres.new_migrated_database(), wait_s=WAIT_S)
    transactions, accounts = SqlTransactions(engine), SqlAccountStore(engine)

    def write() -> None:
        with transactions.begin() as transaction:
            accounts.put(transaction, ACCOUNT)
            own_postgres.cut(engine.url.render_as_string(hide_password=False))

    try:
        with pytest.raises(DatabaseUnavailable, match="Look whether it was done"):
            write()
    finally:
        engine.dispose()


def test_a_row_that_another_process_holds_is_waited_for_no_longer_than_the_bound(own_postgres: PostgresServer) -> None:
    url = own_postgres.new_migrated_database()
    engine, other = connected(url, wait_s=WAIT_S), connected(url)
    try:
        with other.begin() as holding:
            holding.execute(text("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(DatabaseBusy, match="Nothing was changed"):
                SqlAccountStore(engine).get(ACCOUNT.id)
        assert SqlAccountStore(engine).get(ACCOUNT.id) is None
    finally:
        engine.dispose()
        other.dispose()


@pytest.mark.parametrize("error", [DatabaseBusy("x"), DatabaseUnavailable("x")])
def test_people_read_it_in_their_language(error: DatabaseUnavailable) -> None:
    assert "数据库" in told(error.code, error.message, "zh")
    assert "数据库" in detail(error, "zh")
    assert "database" in detail(error, "en")
