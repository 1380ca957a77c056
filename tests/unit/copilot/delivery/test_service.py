"""What asking for a delivery checks, in which order, and what it keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from copilot.audit.surface import Surface
from copilot.delivery.delivery import ChannelName, DeliveryStatus
from copilot.delivery.service import Foreseen
from copilot.drafting.draft import DraftId
from copilot.errors import (
    ApprovalRequired,
    AudienceMismatch,
    ChannelNotConfigured,
    InvalidDestination,
    StaleRevision,
    UnknownDelivery,
    UnknownDraft,
)
from knowledge.document import Audience, Metadata
from tests.unit.copilot.delivery.standins import FRONTLINE, MINE, OWNER_PERSON, PLAYBOOK, PRICES, START, World, quote


def test_a_delivery_is_queued_logged_and_the_worker_woken() -> None:
    world = World()
    kept = world.request("wang@client.example", person=FRONTLINE)
    assert (kept.id, kept.status, kept.revision, kept.due_at) == ("key-1", DeliveryStatus.QUEUED, 1, START)
    assert world.outbox.get("key-1") == kept
    (entry,) = world.audit.kept
    assert (entry.event.action, entry.event.actor, entry.event.subject) == ("delivery.requested", "lin", "key-1")
    assert entry.event.details["destination"] == "wang@client.example"
    assert world.woken == 1
    assert world.email.sent == []  # it leaves after the commit, by the worker


def test_asking_twice_is_one_delivery_and_one_entry() -> None:
    world = World()
    assert world.request() == world.request(" wang@client.example ")
    assert world.audit.actions == ["delivery.requested"]


@pytest.mark.parametrize("channel", list(ChannelName))
@pytest.mark.parametrize("destination", ["wang@client.example", "../../etc/passwd", "nobody@elsewhere.example", ""])
def test_approval_is_checked_before_the_destination_is_looked_at(channel: ChannelName, destination: str) -> None:
    world = World()
    world.write(MINE, quotes=[quote(1, PLAYBOOK)])  # open again
    with pytest.raises(ApprovalRequired):
        world.request(destination, channel=channel)
    assert world.email.checked == world.file.checked == []
    assert world.outbox.kept == {}


def test_an_approval_that_has_expired_is_none() -> None:
    world = World()
    world.approvals.expired = True
    with pytest.raises(ApprovalRequired):
        world.request()


def test_a_revision_that_was_replaced_is_stale() -> None:
    world = World()
    world.write(MINE)
    world.approve()
    with pytest.raises(StaleRevision):
        world.request(revision=1)
    assert world.request(revision=2).revision == 2


def test_there_is_no_revision_zero() -> None:
    with pytest.raises(StaleRevision):
        World().request(revision=0)


def test_an_unknown_draft_is_told() -> None:
    world = World()
    with pytest.raises(UnknownDraft, match="'d9'"):
        world.request(draft=DraftId("d9"))
    with pytest.raises(UnknownDraft, match="'d9'"):
        world.service.of(DraftId("d9"))


@pytest.mark.parametrize("channel", [ChannelName.SLACK, ChannelName.CRM])
def test_a_way_that_is_not_set_up_says_so(channel: ChannelName) -> None:
    with pytest.raises(ChannelNotConfigured, match=rf"{channel.value}.*email, file"):
        World().request("#general", channel=channel)


def test_a_wrong_or_forbidden_destination_keeps_nothing() -> None:
    world = World()
    for destination in ("a..b", "wang@elsewhere.example"):
        with pytest.raises(InvalidDestination):
            world.request(destination)
    assert world.outbox.kept == {}
    assert world.audit.kept == []
    assert world.woken == 0


@pytest.mark.parametrize(
    ("channel", "destination", "seen"),
    [
        (ChannelName.FILE, "plan.md", True),
        (ChannelName.EMAIL, "li@ours.example", True),
        (ChannelName.EMAIL, "wang@client.example", False),
    ],
)
def test_internal_sources_leave_only_for_internal_readers(channel: ChannelName, destination: str, seen: bool) -> None:
    world = World()
    world.write(MINE, quotes=[quote(1), quote(2, PLAYBOOK)])
    world.approve()
    if seen:
        assert world.request(destination, channel=channel).status is DeliveryStatus.QUEUED
        return
    with pytest.raises(AudienceMismatch, match=r"customers.*\[2\]") as caught:
        world.request(destination, channel=channel)
    assert "[1]" not in caught.value.message


def test_sources_of_a_group_leave_for_nobody_outside_it() -> None:
    world = World()
    world.documents.metadata[PRICES] = Metadata(audience=Audience.CUSTOMER, groups=("finance",))
    with pytest.raises(AudienceMismatch, match="our people"):
        world.request("plan.md", channel=ChannelName.FILE)


def test_a_deleted_source_is_a_mismatch() -> None:
    world = World()
    del world.documents.metadata[PRICES]
    with pytest.raises(AudienceMismatch, match=r"\[1\]"):
        world.request("plan.md", channel=ChannelName.FILE)


def test_titles_are_named_only_to_those_who_may_see_them() -> None:
    world = World()
    world.documents.metadata[PRICES] = Metadata(groups=("finance",))
    told = {}
    for person in (OWNER_PERSON, FRONTLINE, replace(FRONTLINE, groups=frozenset({"finance"}))):
        with pytest.raises(AudienceMismatch) as caught:
            world.request(person=person)
        told[person] = "价目表" in caught.value.message and PRICES in caught.value.message
    assert list(told.values()) == [True, False, True]


def test_a_file_without_a_name_gets_one() -> None:
    world = World()
    assert world.request("", channel=ChannelName.FILE).destination == "customer-message-d1-r1.md"
    assert world.request("acme/", channel=ChannelName.FILE).destination == "acme/customer-message-d1-r1.md"


def test_nothing_is_kept_when_the_log_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def full(*_: Any) -> Any:
        raise OSError("no space left")

    monkeypatch.setattr(world.audit, "append", full)
    with pytest.raises(OSError, match="no space"):
        world.request()
    assert world.outbox.kept == {}


@pytest.mark.parametrize("status", [DeliveryStatus.DEAD, DeliveryStatus.BLOCKED, DeliveryStatus.QUEUED])
def test_a_retry_starts_over_under_the_same_key(status: DeliveryStatus) -> None:
    world = World()
    world.outbox.kept["key-1"] = replace(world.request(), status=status, attempts=24, code="channel_unavailable")
    world.clock.jump(hours=5)
    again = world.service.retry("key-1", FRONTLINE, Surface.HTTP)
    assert (again.id, again.status, again.attempts, again.due_at) == (
        "key-1", DeliveryStatus.QUEUED, 0, world.clock())  # fmt: skip
    assert world.audit.actions == ["delivery.requested", "delivery.retried"]
    assert world.woken == 2


@pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.SENDING])
def test_a_retry_changes_nothing_of_what_is_sent_or_being_sent(status: DeliveryStatus) -> None:
    world = World()
    sent = world.outbox.kept["key-1"] = replace(world.request(), status=status, attempts=1)
    assert world.service.retry("key-1", FRONTLINE, Surface.HTTP) == sent
    assert world.outbox.get("key-1") == sent


def test_a_retry_is_refused_while_the_reason_lasts() -> None:
    world = World()
    dead = world.outbox.kept["key-1"] = replace(world.request(), status=DeliveryStatus.DEAD, attempts=24)
    world.write(MINE)
    with pytest.raises(StaleRevision):
        world.service.retry("key-1", FRONTLINE, Surface.CLI)
    assert world.outbox.get("key-1") == dead


def test_an_unknown_delivery_is_told() -> None:
    world = World()
    with pytest.raises(UnknownDelivery, match="'x'"):
        world.service.retry("x", OWNER_PERSON, Surface.CLI)
    with pytest.raises(UnknownDelivery, match="'x'"):
        world.service.get("x")


def test_deliveries_are_listed() -> None:
    world = World()
    first, second = world.request(), world.request("li@ours.example")
    assert world.service.of(MINE) == [first, second]
    assert world.service.list(DeliveryStatus.QUEUED, 1) == [second]
    assert world.service.get(first.id) == first


def foreseen(world: World, destination: str, channel: ChannelName = ChannelName.EMAIL) -> Foreseen:
    return world.service.foresee(MINE, channel, destination, FRONTLINE)


@pytest.mark.parametrize(
    ("channel", "destination", "audience"),
    [
        (ChannelName.FILE, "plans/a.md", Audience.INTERNAL),
        (ChannelName.EMAIL, " li@ours.example", Audience.INTERNAL),
        (ChannelName.EMAIL, "wang@client.example", Audience.CUSTOMER),
    ],
)
def test_who_would_read_it_is_told_and_nothing_is_kept(
    channel: ChannelName, destination: str, audience: Audience
) -> None:
    world = World()
    told = foreseen(world, destination, channel)
    assert (told.revision, told.destination, told.audience, told.against) == (1, destination.strip(), audience, None)
    assert (world.outbox.kept, world.audit.kept, world.woken) == ({}, [], 0)


def test_what_they_may_not_see_is_told_and_everything_else_refused() -> None:
    world = World()
    world.write(MINE, quotes=[quote(1), quote(2, PLAYBOOK)])
    with pytest.raises(ApprovalRequired):
        foreseen(world, "wang@client.example")
    world.approve()
    assert "[2]" in (foreseen(world, "wang@client.example").against or "")
    assert foreseen(world, "li@ours.example").against is None
    with pytest.raises(InvalidDestination):
        foreseen(world, "nobody@elsewhere.example")
    with pytest.raises(ChannelNotConfigured):
        foreseen(world, "https://x.example", ChannelName.WEBHOOK)
    assert list(world.service.channels) == [ChannelName.FILE, ChannelName.EMAIL]
