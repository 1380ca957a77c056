"""What is found in a log: pure, on entries that were made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from copilot.audit.entry import BEGINNING, Entry, Event, chained
from copilot.audit.surface import Surface
from copilot.audit.verification import FaultKind, verify


def log(count: int) -> list[Entry]:
    entries: list[Entry] = []
    previous = BEGINNING
    for number in range(1, count + 1):
        event = Event(
            action="a.b", actor="x", subject=str(number), surface=Surface.CLI, at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        entries.append(chained(event, number, previous))
        previous = entries[-1].hash
    return entries


WHOLE = log(6)
HEAD = (6, WHOLE[-1].hash)


def kinds(entries: list[Entry], head: tuple[int, str] = HEAD) -> list[tuple[FaultKind, int, int]]:
    return [(fault.kind, fault.first, fault.last) for fault in verify(entries, head).faults]


def test_a_whole_log_has_no_faults() -> None:
    assert kinds(WHOLE) == []
    assert kinds([], (0, BEGINNING)) == []


def test_an_entry_that_was_made_anew_no_longer_carries_the_next() -> None:
    event = replace(WHOLE[2].event, actor="y")
    forged = chained(event, 3, WHOLE[1].hash)
    assert kinds([*WHOLE[:2], forged, *WHOLE[3:]]) == [(FaultKind.WRONG_CHAIN, 4, 4)]


def test_a_forged_last_entry_is_not_the_noted_end() -> None:
    forged = chained(replace(WHOLE[5].event, actor="y"), 6, WHOLE[4].hash)
    assert kinds([*WHOLE[:5], forged]) == [(FaultKind.HEAD_WRONG, 6, 6)]


def test_messages_name_the_entries() -> None:
    (fault,) = verify([WHOLE[0], *WHOLE[3:]], HEAD).faults
    assert fault.message == "Entries 2 to 3: missing."


def test_a_head_noted_elsewhere_must_still_be_there() -> None:
    assert verify(WHOLE, HEAD, (3, WHOLE[2].hash)).faults == ()
    assert [fault.kind for fault in verify(WHOLE, HEAD, (3, "f" * 64)).faults] == [FaultKind.REWRITTEN]
    assert [fault.kind for fault in verify(WHOLE, HEAD, (9, "f" * 64)).faults] == [FaultKind.REWRITTEN]
    assert verify(WHOLE, HEAD, (0, BEGINNING)).faults == ()


@given(data=st.data(), count=st.integers(1, 8))
def test_no_removal_and_no_change_goes_unseen(data: st.DataObject, count: int) -> None:
    entries = log(count)
    head = (count, entries[-1].hash)
    at = data.draw(st.integers(0, count - 1))
    if data.draw(st.booleans()):
        changed = [*entries[:at], *entries[at + 1 :]]
    else:
        field = data.draw(st.sampled_from(["actor", "action", "subject"]))
        changed = [*entries]
        changed[at] = replace(entries[at], event=replace(entries[at].event, **{field: "other"}))
    faults = verify(changed, head).faults
    assert any(fault.first <= at + 1 <= fault.last for fault in faults)
