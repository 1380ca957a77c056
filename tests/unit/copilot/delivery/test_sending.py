"""One attempt: what is checked anew, what each outcome leads to, and what other workers and clocks change."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from copilot.audit.surface import Surface
from copilot.delivery.delivery import ChannelName, DeliveryStatus
from copilot.delivery.schedule import FIRST_WAIT, LEASE, LONGEST_WAIT, MOST_ATTEMPTS
from copilot.delivery.sending import Sending
from copilot.drafting.draft import DraftStatus
from copilot.errors import ChannelUnavailable, DeliveryRefused
from copilot.telemetry.logs import JsonLines
from copilot.transaction import Transaction
from knowledge.document import Audience, Metadata
from knowledge.errors import DatabaseUnavailable, IndexUnavailable
from tests.unit.copilot.delivery.standins import MINE, OWNER_PERSON, PRICES, Sent, World


def raises(error: BaseException) -> Callable[[Sent], str]:
    def result(_: Sent) -> str:
        raise error

    return result


def state(world: World) -> tuple[DeliveryStatus, int, str | None]:
    kept = world.outbox.kept["key-1"]
    return kept.status, kept.attempts, kept.code


def test_what_is_approved_is_sent_once_with_its_id_as_key() -> None:
    world = World()
    world.request()
    assert world.sending.step()
    assert not world.sending.step()
    assert world.email.sent == [Sent("key-1", "wang@client.example", "d1", 1)]
    kept = world.outbox.kept["key-1"]
    assert (kept.status, kept.receipt, kept.sent_at, kept.leased_until) == (
        DeliveryStatus.SENT, "receipt key-1", world.clock(), None)  # fmt: skip
    assert world.status() is DraftStatus.DELIVERED
    sent = world.audit.kept[-1].event
    assert (sent.action, sent.actor, sent.surface) == ("delivery.sent", "system", Surface.WORKER)


def test_an_attempt_stands_in_the_log_with_its_ids_and_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    world, told = World(), JsonLines()
    world.request()
    world.email.result = raises(ChannelUnavailable("The server of wang@client.example does not answer."))
    seen: list[dict[str, Any]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(json.loads(told.format(record)))  # at once: what it is about is known only now

    ours, lines = logging.getLogger("copilot.delivery.sending"), Lines()
    ours.addHandler(lines)
    try:
        with caplog.at_level(logging.INFO, ours.name):
            world.sending.step()
    finally:
        ours.removeHandler(lines)
    (line,) = seen
    assert (line["event"], line["outcome"], line["channel"], line["level"]) == (
        "delivery",
        "failed",
        "email",
        "warning",
    )
    assert (line["delivery"], line["draft"], line["code"]) == ("key-1", "d1", ChannelUnavailable.code)
    assert "wang" not in json.dumps(line)


def test_a_delivered_draft_goes_to_a_second_destination() -> None:
    world = World()
    world.request()
    world.sending.step()
    world.request("li@ours.example")
    world.sending.step()
    assert [one.destination for one in world.email.sent] == ["wang@client.example", "li@ours.example"]


def rejects(world: World) -> None:
    world.drafts.set_status(object(), MINE, DraftStatus.REJECTED, world.clock())


def expires(world: World) -> None:
    world.approvals.expired = True


def is_rewritten(world: World) -> None:
    world.write(MINE)


def is_rewritten_and_approved(world: World) -> None:
    world.write(MINE)
    world.approve()


def narrows(world: World) -> None:
    world.documents.metadata[PRICES] = Metadata(audience=Audience.INTERNAL)


def loses_its_source(world: World) -> None:
    world.documents.metadata.clear()


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (rejects, "approval_required"),
        (expires, "approval_required"),
        (is_rewritten, "stale_revision"),
        (is_rewritten_and_approved, "stale_revision"),
        (narrows, "audience_mismatch"),
        (loses_its_source, "audience_mismatch"),
    ],
)
def test_everything_is_checked_again_at_the_moment_of_sending(happens: Callable[[World], None], code: str) -> None:
    world = World()
    world.request()
    happens(world)
    assert world.sending.step()
    assert world.email.sent == []
    assert state(world) == (DeliveryStatus.BLOCKED, 1, code)
    assert world.audit.kept[-1].event.action == "delivery.blocked"
    assert world.audit.kept[-1].event.details["code"] == code
    world.clock.jump(days=9)
    assert not world.sending.step()


def test_a_destination_that_is_no_longer_allowed_blocks() -> None:
    world = World()
    world.request()
    later = World(allowed=())
    later.outbox.kept.update(world.outbox.kept)
    later.sending.step()
    assert state(later) == (DeliveryStatus.BLOCKED, 1, "invalid_destination")


def test_a_way_that_was_taken_out_of_the_settings_blocks() -> None:
    world = World()
    world.request()
    later = World(channels=[world.file])
    later.outbox.kept.update(world.outbox.kept)
    later.sending.step()
    assert state(later) == (DeliveryStatus.BLOCKED, 1, "channel_not_configured")


def test_the_reason_that_is_kept_names_no_title() -> None:
    world = World()
    world.request()
    narrows(world)
    world.sending.step()
    detail = world.outbox.kept["key-1"].detail
    assert detail is not None
    assert "[1]" in detail
    assert "价目表" not in detail


def test_a_receiver_that_is_down_gets_it_later_under_the_same_key() -> None:
    world = World()
    world.request()
    world.email.result = raises(ChannelUnavailable("500. Nothing to do: it is tried again."))
    world.sending.step()
    assert state(world) == (DeliveryStatus.QUEUED, 1, "channel_unavailable")
    assert not world.sending.step()
    world.clock.jump(seconds=FIRST_WAIT.total_seconds())
    world.email.result = lambda sent: "taken"
    world.sending.step()
    assert [one.key for one in world.email.sent] == ["key-1"]
    assert state(world) == (DeliveryStatus.SENT, 2, None)


def test_a_receiver_may_say_when_to_come_back() -> None:
    world = World()
    world.request()
    world.email.result = raises(ChannelUnavailable("503. Later.", retry_after_s=900))
    world.sending.step()
    assert world.outbox.kept["key-1"].due_at == world.clock() + timedelta(seconds=900)


@pytest.mark.parametrize("seconds", [float("inf"), 1e300, float("nan"), -5.0])
def test_what_a_receiver_asks_for_is_bounded(seconds: float) -> None:
    world = World()
    world.request()
    world.email.result = raises(ChannelUnavailable("503. Later.", retry_after_s=seconds))
    world.sending.step()
    assert world.clock() < world.outbox.kept["key-1"].due_at <= world.clock() + LONGEST_WAIT


def test_an_hour_of_failures_is_survived() -> None:
    world = World()
    world.request()
    world.email.result = raises(ChannelUnavailable("500. Later."))
    begun = world.clock()
    while world.clock() - begun < timedelta(hours=1):
        world.sending.step()
        world.clock.jump(minutes=1)
    world.email.result = lambda sent: "taken"
    while world.outbox.kept["key-1"].status is DeliveryStatus.QUEUED:
        world.sending.step()
        world.clock.jump(minutes=1)
    assert [one.key for one in world.email.sent] == ["key-1"]
    assert world.clock() - begun < timedelta(hours=3)


def test_after_the_last_attempt_it_is_dead_and_a_person_can_revive_it() -> None:
    world = World()
    world.request()
    world.email.result = raises(ChannelUnavailable("500. Later."))
    for _ in range(MOST_ATTEMPTS):
        assert world.sending.step()
        world.clock.jump(seconds=LONGEST_WAIT.total_seconds())
    assert state(world) == (DeliveryStatus.DEAD, MOST_ATTEMPTS, "channel_unavailable")
    assert world.audit.actions == ["delivery.requested", "delivery.dead"]
    assert not world.sending.step()
    world.email.result = lambda sent: "taken"
    world.service.retry("key-1", OWNER_PERSON, Surface.CLI)
    world.sending.step()
    assert [one.key for one in world.email.sent] == ["key-1"]


def test_a_refusal_is_final_at_once() -> None:
    world = World()
    world.request()
    world.email.result = raises(DeliveryRefused("550 no such user. Correct the address."))
    world.sending.step()
    assert state(world) == (DeliveryStatus.DEAD, 1, "delivery_refused")
    assert world.status() is DraftStatus.APPROVED


def test_an_error_nobody_foresaw_is_tried_again_and_told_without_its_inside(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    world.request()
    world.email.result = raises(KeyError("secret"))
    world.sending.step()
    assert state(world) == (DeliveryStatus.QUEUED, 1, "internal_error")
    assert "secret" not in str(world.outbox.kept["key-1"].detail)
    assert "key-1" in caplog.text


def test_a_store_that_is_down_blocks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.request()

    def down(_: str) -> Any:
        raise IndexUnavailable("The database is away. Wait.")

    monkeypatch.setattr(world.documents, "find", down)
    world.sending.step()
    assert state(world) == (DeliveryStatus.QUEUED, 1, "index_unavailable")


def test_one_broken_delivery_does_not_hold_up_the_others() -> None:
    world = World()
    world.request("wang@client.example")
    world.request("li@ours.example")

    def result(sent: Sent) -> str:
        if sent.key == "key-1":
            raise KeyError(sent.key)
        return "taken"

    world.email.result = result
    while world.sending.step():
        pass
    assert [one.key for one in world.email.sent] == ["key-2"]


class Killed(BaseException):
    """The process ends here."""


def test_a_crash_before_the_result_is_kept_sends_again_under_the_same_key() -> None:
    world = World()
    world.request()
    world.email.result = raises(Killed())
    with pytest.raises(Killed):
        world.sending.step()
    world.email.result = lambda sent: "taken"
    assert not world.another_worker().step()  # the lease still runs
    world.clock.jump(seconds=LEASE.total_seconds())
    assert world.another_worker().step()
    assert [one.key for one in world.email.sent] == ["key-1"]
    assert state(world) == (DeliveryStatus.SENT, 2, None)


def test_what_kills_the_process_each_time_ends_too() -> None:
    world = World()
    world.request()
    world.email.result = raises(Killed())
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            world.sending.step()
        world.clock.jump(seconds=LEASE.total_seconds())
    assert world.sending.step()
    assert state(world)[0] is DeliveryStatus.DEAD


def test_a_result_that_comes_after_the_lease_counts_when_it_is_a_success() -> None:
    world = World()
    world.request()
    slow = world.another_worker()

    def result(sent: Sent) -> str:
        world.email.result = raises(ChannelUnavailable("409. The first is under way."))
        world.clock.jump(seconds=LEASE.total_seconds())
        world.sending.step()  # another worker takes over, fails and puts it off
        return "taken"

    world.email.result = result
    slow.step()
    assert state(world)[0] is DeliveryStatus.SENT
    world.clock.jump(days=2)
    assert not world.sending.step()


def test_a_failure_that_comes_after_the_lease_changes_nothing() -> None:
    world = World()
    world.request()

    def result(sent: Sent) -> str:
        world.email.result = lambda sent: "taken"
        world.clock.jump(seconds=LEASE.total_seconds())
        world.sending.step()  # another worker takes over and succeeds
        raise DeliveryRefused("422. Known already.")

    world.email.result = result
    world.another_worker().step()
    assert state(world) == (DeliveryStatus.SENT, 2, None)
    assert world.audit.actions == ["delivery.requested", "delivery.sent"]


def test_a_revision_written_while_the_old_one_was_leaving_stays_open() -> None:
    world = World()
    world.request()

    def result(sent: Sent) -> str:
        world.write(MINE)
        return "taken"

    world.email.result = result
    world.sending.step()
    assert state(world)[0] is DeliveryStatus.SENT
    assert world.status() is DraftStatus.OPEN


@pytest.mark.parametrize("hours", [-10_000, -3, -1, 1, 3, 10_000])
def test_a_clock_that_jumps_loses_nothing_and_doubles_nothing(hours: float) -> None:
    world = World()
    world.request()
    world.email.result = raises(ChannelUnavailable("500. Later."))
    world.sending.step()
    world.clock.jump(hours=hours)
    world.email.result = lambda sent: "taken"
    waited = timedelta()
    while not world.sending.step():
        world.clock.jump(minutes=1)
        waited += timedelta(minutes=1)
    assert waited <= LONGEST_WAIT + timedelta(minutes=1)
    world.clock.jump(hours=-hours)
    assert not world.sending.step()
    assert [one.key for one in world.email.sent] == ["key-1"]


def test_the_draft_of_another_channel_is_not_touched() -> None:
    world = World()
    world.request("plan.md", channel=ChannelName.FILE)
    world.sending.step()
    assert world.email.sent == []
    assert [one.destination for one in world.file.sent] == ["plan.md"]


class Away:
    """Transactions of a database that is away for so many of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.times = 0

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        if self.times:
            self.times -= 1
            raise DatabaseUnavailable("PostgreSQL cannot be used.")
        with self._world.transactions.begin() as transaction:
            yield transaction


def unreliable(world: World, away: Away, pauses: list[float], seconds: Callable[[], float] = lambda: 0.0) -> Sending:
    return Sending(
        transactions=away,
        drafts=world.drafts,
        checks=world.checks,
        outbox=world.outbox,
        audit=world.audit,
        now=world.clock,
        clock=seconds,
        pause=pauses.append,
    )


def test_what_has_left_is_noted_when_the_database_is_back() -> None:
    world, pauses = World(), list[float]()
    away = Away(world)

    def leaves_as_the_database_goes(sent: Sent) -> str:
        away.times = 3
        return f"receipt {sent.key}"

    world.request()
    world.email.result = leaves_as_the_database_goes
    assert unreliable(world, away, pauses).step()
    assert len(pauses) == 3
    assert (world.outbox.kept["key-1"].status, world.status()) == (DeliveryStatus.SENT, DraftStatus.DELIVERED)
    world.clock.jump(days=1)
    assert not world.sending.step()
    assert [one.key for one in world.email.sent] == ["key-1"]


@pytest.mark.parametrize("moment", ["before it leaves", "while the receiver fails"])
def test_a_failure_is_noted_when_the_database_is_back_instead_of_waiting_for_the_lease(moment: str) -> None:
    world, pauses = World(), list[float]()
    away = Away(world)
    world.request()

    def goes(_: object) -> None:
        away.times = 3

    def fails_as_the_database_goes(_: Sent) -> str:
        away.times = 3
        raise ChannelUnavailable("The receiver is away.")

    sending = unreliable(world, away, pauses)
    if moment == "before it leaves":
        world.checks.look = lambda channel, destination: goes(channel)  # type: ignore[method-assign]
    else:
        world.email.result = fails_as_the_database_goes
    assert sending.step()
    kept = world.outbox.kept["key-1"]
    assert (kept.status, kept.leased_until) == (DeliveryStatus.QUEUED, None)
    assert len(pauses) == (2 if moment == "before it leaves" else 3)


def test_a_database_that_stays_away_is_not_waited_for_longer_than_the_lease() -> None:
    world, pauses = World(), list[float]()
    away = Away(world)

    def leaves_as_the_database_goes(sent: Sent) -> str:
        away.times = 10_000
        return f"receipt {sent.key}"

    world.request()
    world.email.result = leaves_as_the_database_goes
    with pytest.raises(DatabaseUnavailable):
        unreliable(world, away, pauses, lambda: sum(pauses)).step()
    assert 0 < sum(pauses) < LEASE.total_seconds()
