"""A record from outside is checked field by field; what nobody knows is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.account import RecordType
from copilot.accounts.fields import FIELDS
from copilot.accounts.lifecycle import CustomerStage, Stage, customer_stage, stage_of
from copilot.accounts.record import MOST_CHARACTERS, read_record
from copilot.errors import InvalidAccount

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def refusal(**record: Any) -> str:
    with pytest.raises(InvalidAccount) as caught:
        read_record({"id": "a1"} | record, NOW)
    return caught.value.message


def test_only_the_id_is_needed() -> None:
    read = read_record({"id": "a1", "name": None}, NOW)
    assert (read.account.facts, read.unknown, read.account.type) == ({}, (), RecordType.ACCOUNT)


def test_unknown_fields_are_kept_and_told() -> None:
    read = read_record({"id": "a1", "size_segment": "中型", "自定义": [1, {"x": None}]}, NOW)
    assert read.unknown == ("size_segment", "自定义")
    assert read.account.facts["自定义"] == [1, {"x": None}]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("annual_fee_cny", "24万", "a number"),
        ("annual_fee_cny", -1, "between 0 and"),
        ("annual_fee_cny", float("nan"), "a number"),
        ("seats_bought", True, "a number"),
        ("seats_active", 1.5, "a whole number"),
        ("days_since_signing", 10**9, "between"),
        ("lifecycle_stage", "冬眠", "onboarding"),
        ("usage_trend", "sideways", "rising"),
        ("key_features_used", "商城", "a list"),
        ("milestones", [1], "a list"),
        ("first_value_delivered", "yes", "true or false"),
        ("kp", [{"name": 7}], "people"),
        ("kp", {"name": "裴总"}, "people"),
        ("name", 7, "a text"),
        ("name", "a\0b", "NUL"),
        ("notes", "\ud800", "half a character"),
        ("notes", "长" * 20_001, "at most"),
        ("anything", float("inf"), "JSON"),
        ("contract_start", "2026-02-30", "a day as YYYY-MM-DD"),
        ("contract_end", 20260301, "a day as YYYY-MM-DD"),
        ("gross_margin", 62, "between 0 and 1"),
        ("handoff", "done", "an object"),
        ("handoff", {"done": "yes"}, "true or false"),
        ("tickets", 5, "a list of tickets"),
        ("tickets", [{"title": "x", "standard": "yes"}], "true or false"),
        ("tickets", [{"title": "x", "asked": -1}], "a count"),
        ("promises", "两周上线", "a list"),
        ("days_since_kp_changed", -1, "between"),
        ("type", "customer", "lead, opportunity, account"),
        ("id", "a/b", "slashes"),
        ("id", "", "characters"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_expected(name: str, value: object, expected: str) -> None:
    message = refusal(**{name: value})
    assert f"{name}: " in message
    assert expected in message


def test_all_wrong_fields_are_told_at_once() -> None:
    message = refusal(nps="high", open_tickets=-1, city=3)
    assert all(f"{name}: " in message for name in ("nps", "open_tickets", "city"))


def test_a_record_without_an_end_is_refused() -> None:
    assert "characters" in refusal(**{f"field{n}": "长" * 20_000 for n in range(MOST_CHARACTERS // 20_000 + 1)})


def test_the_id_that_was_addressed_counts() -> None:
    assert read_record({}, NOW, "a1").account.id == "a1"
    with pytest.raises(InvalidAccount, match="'a2', which was addressed"):
        read_record({"id": "a1"}, NOW, "a2")


def test_what_was_shown_can_be_sent_back() -> None:
    read = read_record(
        {"id": "a1", "unknown": ["x"], "findings": [{"field": "nps"}], "updated_at": "2026-01-01", "type": "lead"}, NOW
    )
    assert (read.account.facts, read.unknown, read.account.type) == ({}, (), RecordType.LEAD)


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ("新手启动", Stage.ONBOARDING),
        ("续费", Stage.RENEWAL),
        ("成长期", Stage.GROWTH),
        (" Renewal ", Stage.RENEWAL),
        ("商機", Stage.OPPORTUNITY),
    ],
)
def test_stages_are_read_in_both_languages(written: str, stage: Stage) -> None:
    assert stage_of(written) is stage
    assert read_record({"id": "a", "stage": written}, NOW).account.facts["lifecycle_stage"] == stage.value


def test_every_stage_is_one_of_the_five_but_management() -> None:
    assert {customer_stage(stage) for stage in Stage} == {*CustomerStage, None}
    assert customer_stage(Stage.MANAGEMENT) is None


def test_a_lead_is_known_by_its_stage() -> None:
    assert read_record({"id": "a", "lifecycle_stage": "线索"}, NOW).account.type is RecordType.LEAD


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(record=st.dictionaries(st.sampled_from([*FIELDS, "id", "type", "x"]), _json, max_size=6))
def test_any_record_is_kept_or_refused_with_its_reason(record: dict[str, object]) -> None:
    try:
        read = read_record(record, NOW)
    except InvalidAccount:
        pass
    else:
        json.dumps(dict(read.account.facts), allow_nan=False).encode("utf-8")


def test_the_golden_accounts_are_read(shared: Path) -> None:
    for line in (shared / "golden" / "accounts.jsonl").read_text(encoding="utf-8").splitlines():
        read = read_record(json.loads(line), NOW)
        assert set(read.unknown) == {"expected", "size_segment"}
