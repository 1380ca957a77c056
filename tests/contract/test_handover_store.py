"""What a store of requests for a person promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.handover_store import SqlHandoverStore
from copilot.adapters.sql.history_store import SqlHistoryStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.handover.handover import Handover, HandoverStatus
from tests.contract.material import START, after


@pytest.fixture
def store(engine: Engine) -> SqlHandoverStore:
    return SqlHandoverStore(engine)


@pytest.fixture
def transactions(engine: Engine) -> SqlTransactions:
    return SqlTransactions(engine)


def handover(id: str, conversation: str = "c1", minutes: int = 0, **values: object) -> Handover:
    made = Handover(
        id=id,
        conversation_id=conversation,
        person="visitor:v",
        question="试用多久?",
        contact="li@example.com",
        message="想聊聊",
        language="zh",
        created_at=after(minutes),
        telling=("email:help@example.com",),
    )
    return replace(made, **values)  # type: ignore[arg-type]  # fields of it


def add(store: SqlHandoverStore, transactions: SqlTransactions, *handovers: Handover) -> None:
    with transactions.begin() as transaction:
        for one in handovers:
            store.add(transaction, one, one.created_at)


def test_it_is_kept_whole_and_starts_its_conversation(
    store: SqlHandoverStore, transactions: SqlTransactions, engine: Engine
) -> None:
    add(store, transactions, handover("h1"))
    assert store.get("h1") == store.open_of("c1") == store.last_of("c1") == handover("h1")
    assert SqlHistoryStore(engine).holder("c1") == "visitor:v"
    assert (store.get("h2"), store.open_of("c2")) == (None, None)


def test_a_change_replaces_it(store: SqlHandoverStore, transactions: SqlTransactions) -> None:
    add(store, transactions, handover("h1"))
    done = replace(handover("h1"), status=HandoverStatus.DONE, done_at=after(5), done_by="wang", locked=False)
    with transactions.begin() as transaction:
        store.change(transaction, done, None)
    assert (store.get("h1"), store.open_of("c1"), store.last_of("c1")) == (done, None, done)
    assert store.take(after(60), after(65)) is None


def test_open_ones_are_listed_oldest_first_and_done_ones_newest_first(
    store: SqlHandoverStore, transactions: SqlTransactions
) -> None:
    done = {"status": HandoverStatus.DONE, "done_by": "wang"}
    add(
        store,
        transactions,
        *(handover(f"o{n}", f"c{n}", n) for n in range(3)),
        *(handover(f"d{n}", f"d{n}", n, done_at=after(9 + n), **done) for n in range(2)),
    )
    assert [one.id for one in store.list(HandoverStatus.OPEN, 2, 0)] == ["o0", "o1"]
    assert [one.id for one in store.list(HandoverStatus.OPEN, 2, 2)] == ["o2"]
    assert [one.id for one in store.list(HandoverStatus.DONE, 9, 0)] == ["d1", "d0"]
    assert (store.count(HandoverStatus.OPEN), store.count(HandoverStatus.DONE)) == (3, 2)
    assert (store.count_open("visitor:v"), store.count_open("visitor:w")) == (3, 0)


def test_one_that_is_due_is_taken_once_and_again_when_its_taker_died(
    store: SqlHandoverStore, transactions: SqlTransactions
) -> None:
    add(store, transactions, handover("h1"))
    lease = timedelta(minutes=5)
    taken = store.take(START, START + lease)
    assert taken is not None
    assert store.take(START, START + lease) is None
    again = store.take(START + lease, START + 2 * lease)
    assert again is not None
    assert again.id == taken.id == "h1"
