"""Claims and kept messages of Slack, on every database."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.slack_store import SqlSlackStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.interfaces.slack.claims import Claim, ClaimStatus, Kept

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=4)


def a_claim(ts: str = "1.0", **more: object) -> Claim:
    made = Claim(
        key=f"message:C1:{ts}",
        event_id=f"Ev{ts}",
        kind="mention",
        channel="C1",
        thread="1.0",
        ts=ts,
        person="U1",
        work={"text": "续费应该谁负责"},
        at=NOW,
        lease=NOW + LEASE,
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def store(engine: Engine) -> SqlSlackStore:
    return SqlSlackStore(engine, SqlTransactions(engine))


def test_a_message_and_an_event_are_taken_once(store: SqlSlackStore) -> None:
    claim = a_claim()
    assert store.claim(claim)
    assert store.claimed(claim.key) == claim
    assert not store.claim(replace(claim, event_id="Ev-twin"))
    assert not store.claim(a_claim("2.0", event_id=claim.event_id))
    assert store.claimed("message:C1:2.0") is None


def test_many_who_take_the_same_at_once_are_one(store: SqlSlackStore) -> None:
    taken: list[bool] = []
    threads = [threading.Thread(target=lambda: taken.append(store.claim(a_claim()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]


def test_what_nobody_works_on_is_taken_over_by_one(store: SqlSlackStore) -> None:
    first, fresh = a_claim(), a_claim("2.0", lease=NOW + LEASE * 2)
    assert store.claim(first)
    assert store.claim(fresh)
    later = NOW + LEASE
    (again,) = store.take_over(later, later + LEASE, 10)
    assert (again.key, again.attempts, again.lease) == (first.key, 1, later + LEASE)
    assert store.take_over(later, later + LEASE, 10) == []
    assert store.renew(first, later + LEASE) is None  # the one it was taken from
    assert store.renew(again, later + LEASE * 2) is not None


def test_what_is_finished_stays_so(store: SqlSlackStore) -> None:
    claim = a_claim()
    store.claim(claim)
    store.writing(claim, "5.0")
    assert store.answers("C1", "1.0") == {"5.0"}
    assert store.waiting() == 1
    assert store.settle(claim.key, ClaimStatus.ANSWERED, "answered", "5.0")
    assert not store.settle(claim.key, ClaimStatus.REFUSED, "late")
    found = store.claimed(claim.key)
    assert found is not None
    assert (found.status, found.reason, found.answer_ts) == (ClaimStatus.ANSWERED, "answered", "5.0")
    assert store.waiting() == 0
    assert store.renew(claim, NOW + LEASE) is None


def test_what_is_put_off_comes_back_when_it_is_due(store: SqlSlackStore) -> None:
    claim = a_claim()
    store.claim(claim)
    store.put_off(claim, NOW + timedelta(seconds=10), "slack_unavailable")
    assert store.take_over(NOW, NOW + LEASE, 10) == []
    assert len(store.take_over(NOW + timedelta(seconds=10), NOW + LEASE, 10)) == 1


@pytest.mark.parametrize(
    ("status", "reason", "engaged"),
    [
        (None, None, True),
        (ClaimStatus.ANSWERED, "answered", True),
        (ClaimStatus.REFUSED, "unexpected", True),
        (ClaimStatus.REFUSED, "guest", False),
        (ClaimStatus.IGNORED, "external_channel", False),
    ],
)
def test_which_threads_are_followed(
    store: SqlSlackStore, status: ClaimStatus | None, reason: str | None, engaged: bool
) -> None:
    claim = a_claim()
    store.claim(claim)
    if status is not None:
        store.settle(claim.key, status, reason)
    assert store.engaged("C1", "1.0", NOW - timedelta(days=1)) is engaged
    assert not store.engaged("C1", "1.0", NOW + timedelta(days=1))
    assert not store.engaged("C2", "1.0", NOW - timedelta(days=1))


def test_what_messages_are_about_is_found_and_forgotten(store: SqlSlackStore) -> None:
    kept = Kept(
        id="answer:a",
        kind="answer",
        subject="a",
        channel="C1",
        thread="1.0",
        ts="",
        person="U1",
        body={"answer": {"question": "续费"}},
        at=NOW,
    )
    store.keep(kept)
    store.keep(replace(kept, ts="2.0"))
    store.keep(replace(kept, id="draft:d", kind="draft", subject="d", at=NOW + timedelta(seconds=1)))
    store.keep(replace(kept, id="gap:g", kind="gap", subject="g"))
    assert store.about("answer", "a") == [replace(kept, ts="2.0")]
    assert [one.kind for one in store.conversation("C1", "1.0", NOW, 10)] == ["answer", "draft"]
    assert [one.kind for one in store.conversation("C1", None, NOW, 1)] == ["draft"]
    assert store.conversation("C1", "9.0", NOW, 10) == []
    store.claim(a_claim())
    assert store.forget(NOW + timedelta(days=1)) == 3
    assert store.about("answer", "a") == []
    assert store.claimed("message:C1:1.0") is not None  # not finished, so not forgotten
