"""What every `Outbox` promises."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from copilot.adapters.sql.outbox import SqlOutbox
from copilot.adapters.sql.tables import drafts
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.delivery.delivery import ChannelName, Delivery, DeliveryStatus
from copilot.delivery.outbox import Outbox
from copilot.delivery.schedule import LEASE, LONGEST_WAIT
from copilot.drafting.draft import DraftId
from copilot.transaction import Transactions
from tests.contract.material import START, after
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.outbox import InMemoryOutbox

DRAFTS = ("d1", "d2")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An outbox and its transactions."""

    outbox: Outbox
    transactions: Transactions

    def put(self, *deliveries: Delivery) -> None:
        with self.transactions.begin() as transaction:
            for one in deliveries:
                self.outbox.put(transaction, one)

    def update(self, delivery: Delivery) -> None:
        with self.transactions.begin() as transaction:
            self.outbox.update(transaction, delivery)

    def claim(self, minutes: float = 0, limit: int = 10) -> list[str]:
        now = START + timedelta(minutes=minutes)
        with self.transactions.begin() as transaction:
            return [one.id for one in self.outbox.claim(transaction, now, now + LEASE, limit)]

    def state(self, id: str) -> Delivery:
        found = self.outbox.get(id)
        assert found is not None
        return found


@pytest.fixture(params=["memory", "sql"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """Every outbox there is; `sql` runs on whatever database the fixture `engine` opens."""
    if request.param == "memory":
        database = InMemoryDatabase()
        return Kept(outbox=InMemoryOutbox(database), transactions=InMemoryTransactions(database))
    engine: Engine = request.getfixturevalue("engine")
    with engine.begin() as connection:
        for name in DRAFTS:
            connection.execute(
                insert(drafts).values(
                    id=name,
                    kind="customer_message",
                    language="zh",
                    created_by="owner",
                    created_at=START,
                    revision=1,
                    status="approved",
                    updated_at=START,
                )
            )
    return Kept(outbox=SqlOutbox(engine), transactions=SqlTransactions(engine))


def delivery(
    id: str = "a", *, draft: str = "d1", revision: int = 1, destination: str = "续约.md", minutes: float = 0
) -> Delivery:
    return Delivery(
        id=id,
        draft_id=DraftId(draft),
        revision=revision,
        channel=ChannelName.FILE,
        destination=destination,
        status=DeliveryStatus.QUEUED,
        due_at=after(minutes),
        requested_by="owner",
        created_at=after(minutes),
    )


def test_a_delivery_comes_back_as_it_went_in(kept: Kept) -> None:
    kept.put(delivery())
    assert kept.outbox.get("a") == delivery()
    assert kept.outbox.get("b") is None


def test_every_field_of_a_new_state_is_kept(kept: Kept) -> None:
    kept.put(delivery())
    sent = replace(
        delivery(),
        status=DeliveryStatus.SENT,
        attempts=3,
        due_at=after(1.5),
        leased_until=after(2),
        code="channel_unavailable",
        detail="500",
        receipt="exports/续约.md",
        sent_at=after(9) + timedelta(microseconds=1),
    )
    kept.update(sent)
    assert kept.outbox.get("a") == sent


def test_the_same_way_is_kept_once(kept: Kept) -> None:
    with kept.transactions.begin() as transaction:
        first = kept.outbox.put(transaction, delivery("a"))
        second = kept.outbox.put(transaction, delivery("b", minutes=5))
    assert (first.id, second.id) == ("a", "a")
    assert kept.outbox.get("b") is None


def test_another_draft_revision_or_destination_is_another_delivery(kept: Kept) -> None:
    kept.put(delivery("a"), delivery("b", draft="d2"), delivery("c", revision=2), delivery("d", destination="x"))
    assert {one.id for one in kept.outbox.list(None, 10)} == {"a", "b", "c", "d"}


def test_nothing_is_kept_of_a_transaction_that_raises(kept: Kept) -> None:
    def fails() -> None:
        with kept.transactions.begin() as transaction:
            kept.outbox.put(transaction, delivery())
            raise RuntimeError("the audit log is full")

    with pytest.raises(RuntimeError):
        fails()
    assert kept.outbox.list(None, 10) == []


def test_claiming_leases_counts_and_gives_nothing_twice(kept: Kept) -> None:
    kept.put(delivery("late", minutes=2), delivery("early", minutes=1, destination="y"))
    assert kept.claim(5, limit=1) == ["early"]
    assert kept.claim(5) == ["late"]
    assert kept.claim(5) == []
    early = kept.state("early")
    assert (early.status, early.attempts, early.leased_until) == (DeliveryStatus.SENDING, 1, after(5) + LEASE)


def test_a_delivery_waits_for_its_time(kept: Kept) -> None:
    kept.put(replace(delivery(minutes=10), attempts=1))
    assert kept.claim(9.9) == []
    assert kept.claim(10) == ["a"]


def test_a_lease_that_ran_out_is_given_to_the_next(kept: Kept) -> None:
    kept.put(delivery())
    kept.claim()
    lease = LEASE.total_seconds() / 60
    assert kept.claim(lease - 0.01) == []
    assert kept.claim(lease) == ["a"]
    assert kept.state("a").attempts == 2


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.BLOCKED, DeliveryStatus.DEAD])
def test_what_is_settled_is_never_claimed(kept: Kept, status: DeliveryStatus) -> None:
    kept.put(delivery())
    kept.update(replace(delivery(), status=status, attempts=2))
    assert kept.claim(10_000) == []


def test_what_was_never_tried_is_due_at_once_although_the_clock_went_back(kept: Kept) -> None:
    kept.put(delivery(minutes=60))
    assert kept.claim(0) == ["a"]


def test_a_time_further_away_than_any_wait_is_due(kept: Kept) -> None:
    longest = LONGEST_WAIT.total_seconds() / 60
    kept.put(replace(delivery(minutes=longest), attempts=3))
    assert kept.claim(0) == []
    assert kept.claim(-0.01) == ["a"]


def test_a_lease_longer_than_any_has_run_out(kept: Kept) -> None:
    kept.put(delivery())
    kept.claim()
    lease = LEASE.total_seconds() / 60
    assert kept.claim(-lease) == []  # clocks of two machines differ a little: no reason to take a lease away
    assert kept.claim(-lease - 0.01) == ["a"]


def test_two_workers_never_get_the_same(kept: Kept) -> None:
    names = [f"n{number}" for number in range(12)]
    kept.put(*(delivery(name, destination=name) for name in names))
    got: list[str] = []

    def work() -> None:
        while claimed := kept.claim(1, limit=1):
            got.extend(claimed)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(got) == sorted(names)


def test_locking_returns_the_state_there_is(kept: Kept) -> None:
    kept.put(delivery())
    with kept.transactions.begin() as transaction:
        assert kept.outbox.lock(transaction, "a") == delivery()
        assert kept.outbox.lock(transaction, "b") is None


def test_the_deliveries_of_a_draft_are_told_oldest_first(kept: Kept) -> None:
    kept.put(delivery("b", minutes=2, destination="y"), delivery("a", minutes=1), delivery("c", draft="d2"))
    assert [one.id for one in kept.outbox.of(DraftId("d1"))] == ["a", "b"]
    assert kept.outbox.of(DraftId("d3")) == []


def test_a_list_is_newest_first_by_state_and_limited(kept: Kept) -> None:
    kept.put(*(delivery(name, minutes=number, destination=name) for number, name in enumerate("abc")))
    kept.update(replace(kept.state("b"), status=DeliveryStatus.DEAD))
    assert [one.id for one in kept.outbox.list(None, 2)] == ["c", "b"]
    assert [one.id for one in kept.outbox.list(DeliveryStatus.DEAD, 9)] == ["b"]
