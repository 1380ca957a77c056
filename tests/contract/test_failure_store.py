"""What every `FailureStore` promises."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from knowledge.adapters.sql.failure_store import SqlFailureStore
from knowledge.document import DocumentId, document_id
from knowledge.failures import Failure, FailureStore
from tests.contract.material import START
from tests.databases import STORES
from tests.doubles.failures import InMemoryFailureStore

LATER = START + timedelta(hours=2)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> FailureStore:
    if request.param == "memory":
        return InMemoryFailureStore()
    engine: Engine = request.getfixturevalue("engine")
    return SqlFailureStore(engine)


def fail(store: FailureStore, source: str, at: datetime = START, origin: str = "/docs", code: str = "damaged") -> None:
    store.record(origin=origin, source=source, stage="parse", code=code, reason=f"{source!r} 坏了。", at=at)


def test_a_failure_comes_back_as_it_was_recorded(store: FailureStore) -> None:
    fail(store, "报价/a.pdf")
    assert list(store.failures()) == [
        Failure(
            id=document_id("/docs", "报价/a.pdf"),
            origin="/docs",
            source="报价/a.pdf",
            stage="parse",
            code="damaged",
            reason="'报价/a.pdf' 坏了。",
            attempts=1,
            first_at=START,
            last_at=START,
        )
    ]


def test_another_attempt_is_counted_and_tells_the_latest_reason(store: FailureStore) -> None:
    fail(store, "a.pdf")
    fail(store, "a.pdf", LATER, code="parse_timeout")
    (failure,) = store.failures()
    assert (failure.attempts, failure.first_at, failure.last_at) == (2, START, LATER)
    assert failure.code == "parse_timeout"


def test_failures_stand_by_origin_and_source(store: FailureStore) -> None:
    for origin, source in (("b", "a"), ("a", "é"), ("a", "Z"), ("a", "a")):
        fail(store, source, origin=origin)
    assert [(one.origin, one.source) for one in store.failures()] == [("a", "Z"), ("a", "a"), ("a", "é"), ("b", "a")]


def test_only_what_is_forgotten_goes(store: FailureStore) -> None:
    fail(store, "a")
    fail(store, "b")
    store.forget([document_id("/docs", "a"), DocumentId("unknown")])
    assert [one.source for one in store.failures()] == ["b"]


def test_a_failure_after_a_success_is_a_first_one(store: FailureStore) -> None:
    fail(store, "a")
    store.forget([document_id("/docs", "a")])
    fail(store, "a", LATER)
    (failure,) = store.failures()
    assert (failure.attempts, failure.first_at) == (1, LATER)


def test_thousands_are_forgotten_at_once(store: FailureStore) -> None:
    fail(store, "a")
    store.forget([DocumentId(f"{n:016}") for n in range(1200)] + [document_id("/docs", "a")])
    assert not store.failures()
