"""How entries are chained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from copilot.audit.entry import BEGINNING, Event, chained, entry_hash
from copilot.audit.surface import Surface

EVENT = Event(
    action="draft.approved",
    actor="wang",
    subject="d1",
    surface=Surface.CLI,
    at=datetime(2026, 11, 26, 9, 30, 0, 125, tzinfo=UTC),
    details={"revision": 2, "reason": "可以发"},
)


def test_an_entry_carries_the_hash_of_the_one_before() -> None:
    first = chained(EVENT, 1, BEGINNING)
    second = chained(EVENT, 2, first.hash)
    assert second.previous == first.hash
    assert second.hash != first.hash


@pytest.mark.parametrize(
    "changed",
    [
        replace(EVENT, action="draft.rejected"),
        replace(EVENT, actor="li"),
        replace(EVENT, subject="d2"),
        replace(EVENT, surface=Surface.SLACK),
        replace(EVENT, at=EVENT.at + timedelta(microseconds=1)),
        replace(EVENT, details={"revision": 3, "reason": "可以发"}),
        replace(EVENT, details={}),
    ],
)
def test_every_fact_is_covered_by_the_hash(changed: Event) -> None:
    assert entry_hash(changed, 1, BEGINNING) != entry_hash(EVENT, 1, BEGINNING)


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    there = replace(EVENT, at=EVENT.at.astimezone(timezone(timedelta(hours=8))))
    assert entry_hash(there, 1, BEGINNING) == entry_hash(EVENT, 1, BEGINNING)
