"""A revision in a CRM: a note, its tasks, each once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from copilot.adapters.crm_channel import CrmChannel
from copilot.approval.approved import SEAL, ApprovedRevision
from copilot.delivery.crm import marker, parts_in
from copilot.delivery.crm_place import CrmName
from copilot.delivery.delivery import ChannelName, DeliveryStatus
from copilot.delivery.schedule import LEASE
from copilot.drafting.draft import DraftKind
from copilot.errors import ChannelNotConfigured, ChannelUnavailable, DeliveryRefused, InvalidDestination
from tests.doubles.crm_records import InMemoryCrm
from tests.unit.copilot.delivery.standins import START, World, quote, revision
from tests.unit.copilot.delivery.test_wording import approved as written

PLACE = "hubspot:company/123"
CONTENT = "# 续约简报\n\n按年付费九折 [1]。\n\n## 下一步\n\n- 报价发给王总(2026-03-09 前,李强)\n- 约高层会(责任人:李)"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def approved(content: str = CONTENT, kind: DraftKind = DraftKind.RENEWAL_BRIEF) -> ApprovedRevision:
    one = written(content)
    text = replace(one.revision, quotes=[quote(1)])
    return ApprovedRevision(SEAL, replace(one.draft, kind=kind), text, [])


def channel(crm: InMemoryCrm, **options: Callable[[], float]) -> CrmChannel:
    return CrmChannel([crm], now=lambda: NOW, **options)


def test_a_note_and_a_task_for_each_step_arrive() -> None:
    crm = InMemoryCrm()
    receipt = channel(crm).send(approved(), PLACE, "key-1")
    assert receipt == f"{PLACE}: 1 note (id of note-1), 2 tasks (id of task-1, id of task-2)"
    (note,) = crm.notes
    assert (note.subject, note.marker, note.at) == ("续约简报", "copilot:key-1:note-1", NOW)
    assert "按年付费九折 [1]" in note.text
    assert "[1] 价目表 › 价格 · v1" in note.text
    offer, meeting = crm.tasks
    assert (offer.subject, offer.due) == ("报价发给王总", date(2026, 3, 9))
    assert "责任人:李强" in offer.text
    assert (meeting.subject, meeting.due) == ("约高层会", date(2026, 3, 8))  # a week, which is said
    assert "2026-03-08" in meeting.text
    assert {str(one) for one in crm.places} == {PLACE}
    assert not offer.urgent


def test_an_andon_is_urgent() -> None:
    crm = InMemoryCrm()
    channel(crm).send(approved(kind=DraftKind.ANDON), PLACE, "key-1")
    assert all(one.urgent for one in crm.tasks)


def test_a_long_text_comes_in_parts_that_say_so() -> None:
    crm = InMemoryCrm(most_note=400)
    content = "# 标题\n\n" + "\n\n".join(f"第 {n} 段说明情况。" * 9 for n in range(9))
    assert channel(crm).send(approved(content), PLACE, "key-1").startswith(f"{PLACE}: {len(crm.notes)} notes (")
    assert len(crm.notes) > 2
    assert crm.notes[1].subject == f"标题(第 2 部分,共 {len(crm.notes)} 部分)"
    assert all(len(one.text) <= 400 for one in crm.notes)
    assert all(any(f"第 {n} 段" in one.text for one in crm.notes) for n in range(9))


@pytest.mark.parametrize("text", ["# 只有标题", "一" * 30_000, "- 步(2026-03-09 前,李)" + "长。" * 9000])
def test_odd_texts_become_a_note(text: str) -> None:
    crm = InMemoryCrm()
    channel(crm).send(approved(text), PLACE, "key-1")
    assert crm.notes
    assert all(len(one.text) < 5000 for one in crm.tasks)


def test_sending_again_adds_nothing() -> None:
    crm = InMemoryCrm()
    receipts = {channel(crm).send(approved(), PLACE, "key-1") for _ in range(3)}
    assert (len(receipts), len(crm.notes), len(crm.tasks)) == (1, 1, 2)
    channel(crm).send(approved(), PLACE, "key-2")  # another delivery is another note
    assert (len(crm.notes), len(crm.tasks)) == (2, 4)


def failing(at: str, error: BaseException) -> Callable[[str], None]:
    def fail(part: str) -> None:
        if part == at:
            raise error

    return fail


@pytest.mark.parametrize("at", ["note-1", "task-1", "task-2"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("error", [ChannelUnavailable("down.", retry_after_s=120), SystemExit(1)])
def test_whatever_ends_an_attempt_the_next_adds_only_the_rest(at: str, moment: str, error: BaseException) -> None:
    crm = InMemoryCrm()
    setattr(crm, moment, failing(at, error))
    with pytest.raises(type(error)):
        channel(crm).send(approved(), PLACE, "key-1")
    crm.before = crm.after = lambda part: None
    channel(crm).send(approved(), PLACE, "key-1")
    assert [one.part for one in (*crm.notes, *crm.tasks)] == ["note-1", "task-1", "task-2"]


def test_how_far_it_came_is_told() -> None:
    crm = InMemoryCrm(before=failing("task-1", ChannelUnavailable("down.", retry_after_s=7)))
    with pytest.raises(ChannelUnavailable, match=r"down\. Of 3 notes and tasks 1 are at hubspot:company/123") as caught:
        channel(crm).send(approved(), PLACE, "key-1")
    assert caught.value.retry_after_s == 7
    crm.before = failing("task-2", DeliveryRefused("no."))
    with pytest.raises(DeliveryRefused, match=r"no\. Of 3 notes and tasks 2"):
        channel(crm).send(approved(), PLACE, "key-1")


def test_an_attempt_ends_long_before_its_lease() -> None:
    crm = InMemoryCrm()
    times = iter([0.0, 200.0, 201.0, 202.0, 203.0])
    slow = channel(crm, clock=lambda: next(times))
    with pytest.raises(ChannelUnavailable, match="1 are at") as caught:
        slow.send(approved(), PLACE, "key-1")
    assert (len(crm.notes), len(crm.tasks), caught.value.retry_after_s) == (1, 0, 5.0)
    slow.send(approved(), PLACE, "key-1")
    assert (len(crm.notes), len(crm.tasks)) == (1, 2)


def test_a_destination_is_checked() -> None:
    assert channel(InMemoryCrm()).check(" HubSpot:Company/0123") == PLACE
    with pytest.raises(InvalidDestination):
        channel(InMemoryCrm()).check("da-01")
    with pytest.raises(ChannelNotConfigured, match="COPILOT_SALESFORCE_CLIENT_SECRET"):
        channel(InMemoryCrm()).check("salesforce:Account/001000000000001")
    with pytest.raises(ChannelNotConfigured, match="COPILOT_HUBSPOT_TOKEN"):
        channel(InMemoryCrm(name=CrmName.SALESFORCE)).check(PLACE)


def test_markers_of_parts_are_told_apart() -> None:
    text = f"<p>{marker('key-1', 'task-12')}</p>{marker('key-11', 'note-1')} {marker('key-1', 'note-1')}999"
    assert parts_in(text, "key-1") == ["task-12"]
    with pytest.raises(ValueError, match="no key"):
        marker("a' OR '", "note-1")


def test_a_process_that_is_killed_after_the_note_leaves_the_rest_to_the_next() -> None:
    """The whole step of a worker: claimed, killed after the note, claimed again when the lease has run out."""
    crm = InMemoryCrm(after=failing("note-1", SystemExit(1)))
    world = World(channels=[CrmChannel([crm])])
    with world.transactions.begin() as transaction:
        world.drafts.append(transaction, replace(revision(2), content=CONTENT))
    world.approve()
    asked = world.request(PLACE, channel=ChannelName.CRM)
    assert world.request("HUBSPOT:company/123", channel=ChannelName.CRM).id == asked.id
    with pytest.raises(SystemExit):
        world.sending.step()
    crm.after = lambda part: None
    assert not world.another_worker().step()
    world.clock.jump(seconds=LEASE.total_seconds() + 1)
    assert world.another_worker().step()
    done = world.outbox.get(asked.id)
    assert done is not None
    assert (done.status, done.attempts) == (DeliveryStatus.SENT, 2)
    assert [one.part for one in (*crm.notes, *crm.tasks)] == ["note-1", "task-1", "task-2"]
    assert world.clock() > START
