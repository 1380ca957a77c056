"""What every `ScheduleStore` promises."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import Engine, insert

from copilot.adapters.sql.schedule_store import SqlScheduleStore
from copilot.adapters.sql.tables import drafts
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.delivery.delivery import ChannelName
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus
from copilot.scheduling.schedule import Outcome, Run, Schedule, ScheduleId
from copilot.scheduling.store import LEASE, ScheduleStore
from copilot.scheduling.weekly import Weekly
from copilot.transaction import Transactions
from tests.contract.material import START
from tests.databases import STORES
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.schedules import InMemoryScheduleStore


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A store and its transactions."""

    store: ScheduleStore
    transactions: Transactions
    drafted: Callable[[str, DraftStatus], None]

    def add(self, *schedules: Schedule) -> list[Schedule]:
        with self.transactions.begin() as transaction:
            return [self.store.add(transaction, one) for one in schedules]

    def claim(self, minutes: float = 0, worker: str = "one") -> str | None:
        now = START + timedelta(minutes=minutes)
        with self.transactions.begin() as transaction:
            found = self.store.claim(transaction, now, now + LEASE, worker)
        return None if found is None else found.id

    def begin(self, run: Run) -> bool:
        with self.transactions.begin() as transaction:
            return self.store.begin(transaction, run)

    def settle(self, run: Run) -> None:
        with self.transactions.begin() as transaction:
            self.store.settle(transaction, run)


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> Kept:
    """Every store there is."""
    if request.param == "memory":
        database = InMemoryDatabase()

        def in_memory(id: str, status: DraftStatus) -> None:
            database.drafts[DraftId(id)] = draft(id, status)

        store = InMemoryScheduleStore(database)
        return Kept(store=store, transactions=InMemoryTransactions(database), drafted=in_memory)
    engine: Engine = request.getfixturevalue("engine")

    def on_sql(id: str, status: DraftStatus) -> None:
        with engine.begin() as connection:
            row = asdict(draft(id, status)) | {"kind": "weekly_digest", "status": status.value, "inputs": {}}
            connection.execute(insert(drafts).values(row))

    return Kept(store=SqlScheduleStore(engine), transactions=SqlTransactions(engine), drafted=on_sql)


def draft(id: str, status: DraftStatus) -> Draft:
    return Draft(
        id=DraftId(id),
        kind=DraftKind.WEEKLY_DIGEST,
        account_id=None,
        language="zh",
        created_by="wang",
        created_at=START,
        revision=1,
        status=status,
        updated_at=START,
    )


def schedule(id: str = "s1", *, minutes: float = 0, destination: str = "a/", enabled: bool = True) -> Schedule:
    return Schedule(
        id=ScheduleId(id),
        person="wang",
        scope="person",
        weekly=Weekly(weekday=0, at=time(9, 30), zone="Europe/Berlin"),
        language="zh",
        channel=ChannelName.FILE,
        destination=destination,
        enabled=enabled,
        created_by="owner",
        created_at=START,
        next_due_at=START + timedelta(minutes=minutes),
    )


def run(due: datetime = START, id: str = "s1") -> Run:
    return Run(schedule_id=ScheduleId(id), due_at=due, since=date(2026, 1, 5), until=date(2026, 1, 11), at=due)


def test_what_is_kept_comes_back_as_it_was(kept: Kept) -> None:
    paused = replace(schedule(), enabled=False, reason="休假", last_run_at=START, last_outcome="blocked: code: 说明")
    kept.add(schedule())
    with kept.transactions.begin() as transaction:
        kept.store.change(transaction, paused)
        assert kept.store.lock(transaction, paused.id) == paused
    assert kept.store.get(paused.id) == paused
    assert kept.store.list() == [paused]
    nowhere = replace(schedule("s2"), channel=None, destination="")
    assert kept.add(nowhere) == [nowhere]


def test_the_same_digest_goes_to_a_place_by_one_schedule(kept: Kept) -> None:
    first, again = kept.add(schedule("s1"), schedule("s2"))
    assert again == first
    assert kept.add(schedule("s3", destination="b/"))[0].id == "s3"


def test_what_is_due_is_claimed_once_until_its_lease_runs_out(kept: Kept) -> None:
    kept.add(schedule())
    assert kept.claim(-1) is None
    assert (kept.claim(), kept.claim(1), kept.claim(9.9)) == ("s1", None, None)
    assert kept.claim(10, "two") == "s1"
    found = kept.store.get(ScheduleId("s1"))
    assert found is not None
    assert (found.leased_by, found.leased_until) == ("two", START + timedelta(minutes=20))


def test_the_longest_due_comes_first_and_what_is_paused_never(kept: Kept) -> None:
    kept.add(
        schedule("late", minutes=-5, destination="a/"),
        schedule("later", minutes=-9, destination="b/"),
        schedule("paused", minutes=-99, destination="c/", enabled=False),
    )
    assert [kept.claim(), kept.claim(), kept.claim()] == ["later", "late", None]


def test_a_lease_of_a_clock_that_was_wrong_holds_nobody_up(kept: Kept) -> None:
    kept.add(replace(schedule(), leased_until=START + timedelta(days=400), leased_by="two"))
    assert kept.claim() == "s1"


def test_a_due_time_has_one_run(kept: Kept) -> None:
    kept.add(schedule())
    assert kept.begin(run())
    assert not kept.begin(replace(run(), attempts=9))
    assert kept.begin(run(START + timedelta(days=7)))
    assert kept.store.run(ScheduleId("s1"), START) == run()


def test_the_oldest_run_without_an_outcome_is_gone_on_with(kept: Kept) -> None:
    kept.add(schedule())
    later = run(START + timedelta(days=7))
    kept.begin(later)
    kept.begin(run())
    with kept.transactions.begin() as transaction:
        assert kept.store.unfinished(transaction, ScheduleId("s1")) == run()
        assert kept.store.last(transaction, ScheduleId("s1")) == later
    ended = replace(run(), outcome=Outcome.QUEUED, draft_id="d1", delivery_id="x1", detail="好", missed=2, attempts=3)
    kept.settle(ended)
    with kept.transactions.begin() as transaction:
        assert kept.store.unfinished(transaction, ScheduleId("s1")) == later
    assert kept.store.runs(ScheduleId("s1"), 5) == [later, ended]
    assert kept.store.runs(ScheduleId("s1"), 1) == [later]


def test_what_is_removed_takes_its_runs_along(kept: Kept) -> None:
    kept.add(schedule())
    kept.begin(run())
    with kept.transactions.begin() as transaction:
        kept.store.remove(transaction, ScheduleId("s1"))
    assert kept.store.get(ScheduleId("s1")) is None
    assert kept.store.runs(ScheduleId("s1"), 5) == []


def test_a_run_whose_draft_was_decided_is_told(kept: Kept) -> None:
    kept.add(schedule())
    kept.drafted("open", DraftStatus.OPEN)
    kept.drafted("yes", DraftStatus.APPROVED)
    for day, id in enumerate(("open", "yes")):
        kept.begin(replace(run(START + timedelta(days=7 * day)), outcome=Outcome.WAITING, draft_id=id))
    assert [one.draft_id for one in kept.store.decided(5)] == ["yes"]


def test_of_workers_that_look_at_once_one_gets_it(kept: Kept) -> None:
    kept.add(*(schedule(f"s{n}", destination=f"{n}/") for n in range(6)))
    ready, got = threading.Barrier(3), []

    def work(name: str) -> None:
        ready.wait()
        while (found := kept.claim(worker=name)) is not None:
            got.append(found)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(got) == [f"s{n}" for n in range(6)]
