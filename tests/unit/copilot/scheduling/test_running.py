"""What comes of a due time: one draft and one delivery, whatever clocks and workers do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.delivery.delivery import ChannelName
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus
from copilot.errors import InvalidDestination, NotPermitted
from copilot.people.person import Person, Role
from copilot.scheduling.running import Running
from copilot.scheduling.schedule import Outcome, Schedule, ScheduleId
from copilot.scheduling.store import LEASE
from copilot.scheduling.weekly import Weekly
from knowledge.document import Audience
from knowledge.errors import IndexUnavailable
from tests.doubles.approval import InMemoryDraftStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.schedules import InMemoryScheduleStore

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)  # 9 o'clock in Berlin
WANG = Person(id="wang", name="王敏", roles=frozenset({Role.FRONTLINE}))
ID = ScheduleId("s1")


class Killed(BaseException):
    """What a killed process does not come back from."""


@dataclass
class World:
    """A schedule on doubles, with a clock; `fails` are raised once each, by what is named."""

    auto: bool = True
    person: Person = WANG
    now: datetime = MONDAY
    fails: dict[str, BaseException] = field(default_factory=dict)
    made: list[tuple[str, date, date, int]] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)  #: delivery by draft: the outbox keeps one

    def __post_init__(self) -> None:
        self.database = InMemoryDatabase()
        self.store = InMemoryScheduleStore(self.database)
        self.transactions = InMemoryTransactions(self.database)
        weekly = Weekly(weekday=0, at=time(9), zone="Europe/Berlin")
        self.database.schedules[ID] = Schedule(
            id=ID,
            person="wang",
            scope="person",
            weekly=weekly,
            language="zh",
            channel=ChannelName.FILE,
            destination="wang/",
            enabled=True,
            created_by="wang",
            created_at=MONDAY - timedelta(days=1),
            next_due_at=MONDAY,
        )

    def worker(self, name: str = "one") -> Running:
        digests = SimpleNamespace(make=self.make)
        approvals = SimpleNamespace(approve_by_policy=self.approve)
        parts: Mapping[str, Any] = {
            "digests": digests,
            "approvals": approvals,
            "deliveries": SimpleNamespace(request=self.request),
        }
        return Running(
            store=self.store,
            transactions=self.transactions,
            audit=InMemoryAuditLog(self.database),
            drafts=InMemoryDraftStore(self.database),
            audience=lambda *_: Audience.INTERNAL,
            person_of=lambda _: self.person,
            now=lambda: self.now,
            worker=name,
            **parts,
        )

    def make(self, person: Person, scope: str, covered: Any, language: str, *, surface: Any, id: DraftId) -> Any:
        self.fail("make")
        self.made.append((id, covered.period.since, covered.period.until, covered.missed))
        draft = Draft(
            id=id,
            kind=DraftKind.WEEKLY_DIGEST,
            account_id=None,
            language="zh",
            created_by=person.id,
            created_at=self.now,
            revision=1,
            status=DraftStatus.OPEN,
            updated_at=self.now,
        )
        self.database.drafts[id] = draft
        self.fail("made")
        return SimpleNamespace(draft=draft)

    def approve(self, id: DraftId, channel: str, *, internal: bool) -> Any:
        self.fail("approve")
        if not (self.auto and internal):
            return None
        self.decide(id, DraftStatus.APPROVED)
        return SimpleNamespace(draft=self.database.drafts[id])

    def decide(self, id: str, status: DraftStatus) -> None:
        self.database.drafts[DraftId(id)] = replace(self.database.drafts[DraftId(id)], status=status)

    def request(self, id: DraftId, channel: ChannelName, destination: str, *_: Any) -> Any:
        self.fail("request")
        kept = self.sent.setdefault(id, f"delivery of {id}")
        self.fail("requested")
        return SimpleNamespace(id=kept)

    def fail(self, name: str) -> None:
        if (error := self.fails.pop(name, None)) is not None:
            raise error

    @property
    def schedule(self) -> Schedule:
        return self.database.schedules[ID]

    def outcomes(self) -> list[str]:
        return [one.outcome.value for one in reversed(self.store.runs(ID, 99))]


def test_what_is_due_is_made_once() -> None:
    world = World()
    assert world.worker().step()
    assert not world.worker("two").step()
    assert [one[1:] for one in world.made] == [(date(2026, 10, 26), date(2026, 11, 1), 0)]
    assert (len(world.sent), world.outcomes()) == (1, ["queued"])
    assert world.schedule.next_due_at == MONDAY + timedelta(days=7)


def test_three_missed_weeks_are_one_digest_that_names_them() -> None:
    world = World(now=MONDAY + timedelta(days=16))
    while world.worker().step():
        pass
    assert [one[1:] for one in world.made] == [(date(2026, 10, 26), date(2026, 11, 15), 2)]
    assert world.schedule.next_due_at == MONDAY + timedelta(days=21)


@pytest.mark.parametrize("where", ["make", "made", "approve", "request", "requested"])
def test_who_takes_over_goes_on_with_the_same_run_also_a_week_later(where: str) -> None:
    world = World(fails={where: Killed()})
    with pytest.raises(Killed):
        world.worker().step()
    assert not world.worker("two").step()  # its lease still holds
    world.now += timedelta(days=7, minutes=1)
    while world.worker("two").step():
        pass
    assert [one[1] for one in world.made] == [date(2026, 10, 26), date(2026, 11, 2)]
    assert (len(world.sent), world.outcomes()) == (2, ["queued", "queued"])


def test_a_database_that_is_away_is_tried_again_and_then_given_up_until_next_week() -> None:
    world = World()
    for _ in range(5):
        world.fails["make"] = IndexUnavailable("away")
        assert world.worker().step()
        world.now += timedelta(minutes=3)
    assert world.outcomes() == ["failed"]
    assert "away" in (world.schedule.last_outcome or "")
    assert world.schedule.next_due_at == MONDAY + timedelta(days=7)


def test_a_place_that_is_no_longer_allowed_is_told_and_next_week_tried_again() -> None:
    world = World(fails={"request": InvalidDestination("Nobody has allowed it.")})
    world.worker().step()
    assert world.outcomes() == ["blocked"]
    assert world.schedule.last_outcome == "blocked: invalid_destination: Nobody has allowed it."
    assert world.schedule.enabled


@pytest.mark.parametrize(
    ("person", "fails", "reason"),
    [
        (replace(WANG, active=False), {}, "person_left: 'wang' has left"),
        (WANG, {"make": NotPermitted("They see no figures.")}, "not_permitted: They see no figures."),
    ],
)
def test_who_may_no_longer_have_it_gets_nothing(person: Person, fails: dict[str, BaseException], reason: str) -> None:
    world = World(person=person, fails=fails)
    world.worker().step()
    assert (world.outcomes(), world.schedule.enabled, world.schedule.reason) == (["paused"], False, reason)
    world.now += timedelta(days=30)
    assert not world.worker().step()


@pytest.mark.parametrize(
    ("status", "outcome", "sent"),
    [(DraftStatus.APPROVED, "queued", 1), (DraftStatus.REJECTED, "rejected", 0), (DraftStatus.EXPIRED, "rejected", 0)],
)
def test_what_waits_for_a_person_goes_on_when_they_have_decided(status: DraftStatus, outcome: str, sent: int) -> None:
    world = World(auto=False)
    world.worker().step()
    assert (world.outcomes(), world.worker().step()) == (["waiting"], False)
    world.decide(world.made[0][0], status)
    assert world.worker().step()
    assert not world.worker().step()
    assert (world.outcomes(), len(world.sent)) == ([outcome], sent)


def test_run_now_stands_beside_the_due_times() -> None:
    world = World(now=MONDAY - timedelta(days=4))
    run = world.worker().run_now(world.schedule)
    assert (run.outcome, run.until) == (Outcome.QUEUED, date(2026, 10, 28))
    assert world.schedule.next_due_at == MONDAY


MOVES = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 20 * 24 * 60)),
    st.tuples(st.just("back"), st.integers(1, 20 * 24 * 60)),
    st.tuples(st.just("kill"), st.sampled_from(["make", "made", "approve", "request", "requested"])),
)


@given(st.lists(MOVES, max_size=25))
def test_no_day_is_told_twice_and_none_left_out_whatever_clocks_and_workers_do(moves: list[tuple[str, Any]]) -> None:
    world, names = World(), iter(range(10_000))
    for what, how in moves:
        if what == "kill":
            world.fails = {how: Killed()}
        else:
            world.now += timedelta(minutes=how if what == "wait" else -how)
        _until_idle(world.worker(str(next(names))).step)
    world.fails, latest = {}, max(world.now, MONDAY) + LEASE * 2 + timedelta(days=21)
    for _ in range(8):  # whatever lease somebody holds runs out
        world.now = latest = latest + timedelta(days=7)
        _until_idle(world.worker(str(next(names))).step)
    told = sorted({(since, until) for _, since, until, _ in world.made})
    assert len({id for id, *_ in world.made}) == len(world.made) == len(world.sent)
    assert told[0][0] == date(2026, 10, 26)
    for (_, before), (since, until) in pairwise(told):
        # What is older than eight weeks is left out, and nothing else.
        assert since == before + timedelta(days=1) or (since > before and (until - since).days == 8 * 7 - 1)


def _until_idle(step: Callable[[], bool]) -> None:
    try:
        while step():
            pass
    except Killed:
        pass


@pytest.mark.parametrize(
    ("zone", "at", "days"),
    [
        ("Asia/Shanghai", time(9), (date(2026, 11, 2), date(2026, 11, 8))),
        ("Asia/Shanghai", time(6), (date(2026, 11, 1), date(2026, 11, 7))),  # it is Sunday yet in UTC
        ("Pacific/Auckland", time(9), (date(2026, 11, 1), date(2026, 11, 7))),
        ("America/Los_Angeles", time(20), (date(2026, 11, 2), date(2026, 11, 8))),
    ],
)
def test_only_days_that_are_over_in_utc_are_told_and_each_of_them_is(
    zone: str, at: time, days: tuple[date, date]
) -> None:
    world = World()
    weekly = Weekly(weekday=0, at=at, zone=zone)
    first = weekly.after(datetime(2026, 11, 4, tzinfo=UTC))
    world.database.schedules[ID] = replace(world.database.schedules[ID], weekly=weekly, next_due_at=first)
    for week in range(2):
        world.now = first + timedelta(days=7 * week)
        _until_idle(world.worker().step)
    told = [(since, until) for _, since, until, _ in world.made]
    assert told[0] == days
    assert told[1] == tuple(day + timedelta(days=7) for day in days)
    assert all(until < world.now.date() for _, until in told)


def test_a_run_that_somebody_asks_for_takes_no_due_time_away() -> None:
    world = World(now=MONDAY + timedelta(days=2))  # nobody was there on Monday
    asked = world.worker().run_now(world.schedule)
    assert (asked.outcome, asked.until) == (Outcome.QUEUED, date(2026, 11, 3))
    _until_idle(world.worker().step)
    assert [(run.due_at, run.outcome) for run in world.store.runs(ID, 9)] == [
        (world.now, Outcome.QUEUED),
        (MONDAY, Outcome.QUEUED),
    ]
    assert world.schedule.next_due_at == MONDAY + timedelta(days=7)


def test_one_that_was_killed_is_finished_and_takes_no_due_time_away() -> None:
    world = World(now=MONDAY + timedelta(seconds=5), fails={"made": Killed()})
    with pytest.raises(Killed):
        world.worker().run_now(world.schedule)
    _until_idle(world.worker().step)
    assert sorted(run.due_at for run in world.store.runs(ID, 9)) == [MONDAY, world.now]
    assert set(world.outcomes()) == {"queued"}
