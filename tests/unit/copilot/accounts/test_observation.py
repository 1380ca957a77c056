"""An observation from outside is a signal or is refused with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.account import AccountId
from copilot.accounts.observation import read_signal
from copilot.accounts.signal import Signal
from copilot.errors import InvalidSignal
from tests.unit.copilot.accounts.standins import NOW


def read(**observation: Any) -> Signal:
    return read_signal(AccountId("a1"), observation, source="wang", now=NOW)


def test_a_field_is_read_as_in_a_record() -> None:
    seen = read(name="seats_active", value=7)
    assert (seen.name, seen.value, seen.source, seen.at, seen.recorded_at) == ("seats_active", 7, "wang", NOW, NOW)
    assert read(name="stage", value="续费").value == "renewal"
    assert read(name="contract_end", value="2027年3月1日").value == "2027-03-01"


def test_an_event_needs_no_value_and_takes_a_text() -> None:
    assert read(name="contacted").value is None
    assert read(name="contacted", value=True).value is None
    assert read(name="kp_changed", value=" 何总 ").value == "何总"
    assert read(name="first_value_delivered", value=False).value is False


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        ({"name": "mood", "value": 3}, "neither a field of the record nor an event"),
        ({"name": 7}, "neither a field"),
        ({}, "neither a field"),
        ({"name": "seats_active", "value": "seven"}, "a number"),
        ({"name": "seats_active"}, "a number"),
        ({"name": "seats_active", "value": True}, "a number"),
        ({"name": "kp", "value": "裴总"}, "send the record"),
        ({"name": "milestones", "value": ["x"]}, "send the record"),
        ({"name": "milestone_reached"}, "name of the milestone"),
        ({"name": "complaint", "value": 3}, "a text or nothing"),
        ({"name": "renewal_signed", "value": "next year"}, "YYYY-MM-DD"),
        ({"name": "notes", "value": "长" * 3_000_000}, "at most"),
        ({"name": "complaint", "value": "长" * 3_000_000}, "at most"),
        ({"name": "complaint", "value": "a\0b"}, "NUL"),
        ({"name": "contacted", "at": "2026-11-27T09:00:00Z"}, "future"),
        ({"name": "contacted", "at": "9999-12-31T23:59:59-12:00"}, "not a time"),
        ({"name": "contacted", "at": "yesterday"}, "not a time"),
        ({"name": "contacted", "source": "\n"}, "source"),
        ({"name": "contacted", "id": "x" * 201}, "id"),
    ],
)
def test_what_cannot_be_kept_is_told_with_what_is_expected(observation: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidSignal, match=r"^The signal cannot be kept: ") as caught:
        read(**observation)
    assert caught.value.code == "invalid_signal"
    assert expected in caught.value.message
    assert len(caught.value.message) < 700


def test_the_same_observation_has_the_same_id() -> None:
    first = read(name="nps", value=8, at="2026-11-20T09:00:00+08:00")
    assert first.id == read(name="nps", value=8, at="2026-11-20T01:00:00").id
    assert first.id != read(name="nps", value=9, at="2026-11-20T01:00:00").id
    assert read(name="nps", value=8, id="crm-7").id == "crm-7"


def test_a_clock_that_is_a_little_fast_is_forgiven() -> None:
    assert read(name="contacted", at=(NOW + timedelta(seconds=30)).isoformat()).at == NOW


_json = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@given(st.dictionaries(st.sampled_from(["name", "value", "at", "source", "id"]), _json))
def test_anything_else_is_refused_and_never_crashes(observation: dict[str, object]) -> None:
    with pytest.raises(InvalidSignal):
        read_signal(AccountId("a1"), {**observation, "name": observation.get("name", 0)}, source="w", now=NOW)
