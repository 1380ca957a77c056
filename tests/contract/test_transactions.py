"""What every `Transactions` promises, and what the databases need beyond that."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from copilot.accounts.account import Account, AccountId
from copilot.adapters.sql.transactions import SqlTransactions, connection_of
from copilot.audit.entry import Event
from copilot.audit.surface import Surface
from copilot.audit.verification import verified
from tests.contract.material import START
from tests.contract.records import Records, on_sql
from tests.doubles.database import InMemoryTransaction

ACCOUNT = Account(id=AccountId("a1"), updated_at=START)


def event(n: int = 0) -> Event:
    return Event(action="thing.done", actor="owner", subject=f"s{n}", surface=Surface.CLI, at=START)


def test_what_a_block_wrote_stays_when_it_ends(records: Records) -> None:
    with records.transactions.begin() as transaction:
        records.accounts.put(transaction, ACCOUNT)
    assert records.accounts.get(ACCOUNT.id) == ACCOUNT


def test_nothing_a_block_wrote_stays_when_it_raises(records: Records) -> None:
    def fail() -> None:
        with records.transactions.begin() as transaction:
            records.accounts.put(transaction, ACCOUNT)
            records.audit.append(transaction, event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert records.accounts.get(ACCOUNT.id) is None
    assert list(records.audit.entries()) == []
    assert records.audit.head()[0] == 0


def test_writers_wait_for_each_other_instead_of_failing(records: Records) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for n in range(15):
                with records.transactions.begin() as transaction:
                    records.audit.append(transaction, event(n))
        except BaseException as error:  # noqa: BLE001  # told to the test below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [entry.number for entry in records.audit.entries()] == list(range(1, 91))
    assert verified(records.audit).faults == ()


def test_writers_of_other_connections_are_waited_for(engine: Engine, tmp_path: Path) -> None:
    records = on_sql(engine)
    other = sqlite3.connect(tmp_path / "copilot.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    later = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    later.start()
    with records.transactions.begin() as transaction:
        records.audit.append(transaction, event())
    later.join()  # on PostgreSQL there is nothing to wait for
    other.close()
    assert records.audit.head()[0] == 1


def test_two_processes_that_read_before_they_write_never_refuse_each_other(engine: Engine) -> None:
    """Two pools stand for two processes: neither knows of the other's queue."""
    both = [on_sql(engine), on_sql(engine)]
    failures: list[BaseException] = []

    def write(records: Records) -> None:
        try:
            for n in range(25):
                with records.transactions.begin() as transaction:
                    records.audit.append(transaction, event(n))
        except BaseException as error:  # noqa: BLE001  # told to the test below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(records,)) for records in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert both[0].audit.head()[0] == 50


def test_a_transaction_of_something_else_is_refused(engine: Engine) -> None:
    assert SqlTransactions(engine)
    with pytest.raises(TypeError, match="InMemoryTransaction"):
        connection_of(InMemoryTransaction())
