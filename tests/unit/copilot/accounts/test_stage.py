"""Stages follow from what happened; the record's word stands where the facts allow it (B2, B3, C6, C7, B11)."""

from __future__ import annotations

import itertools

import pytest

from copilot.accounts.account import RecordType
from copilot.accounts.cadence import CADENCE, Period, contact_of, first_value_of, period_of, read_cadence
from copilot.accounts.lifecycle import Stage
from copilot.accounts.stage import stage_reading
from copilot.errors import ConfigurationError
from tests.unit.copilot.accounts.standins import account


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({"first_value_delivered": False, "days_since_signing": 200}, Stage.ONBOARDING),  # no calendar ends it (C7)
        ({"first_value_delivered": True, "days_since_signing": 12}, Stage.ADOPTION),
        ({"first_value_delivered": True, "days_since_signing": 89}, Stage.ADOPTION),
        ({"first_value_delivered": True, "days_since_signing": 90}, Stage.GROWTH),
        ({"first_value_delivered": True, "days_since_signing": 271}, Stage.GROWTH),
        ({"first_value_delivered": True, "contract_end_in_days": 90}, Stage.RENEWAL),
        ({"first_value_delivered": True, "contract_end_in_days": 91}, Stage.ADOPTION),
        ({"contract_end_in_days": -3}, Stage.RENEWAL),
        ({"days_since_signing": 12}, None),
    ],
)
def test_a_stage_follows_from_first_value_and_the_contract(facts: dict[str, object], stage: Stage | None) -> None:
    reading = stage_reading(account(**facts))
    assert (reading.stage, reading.recorded, reading.contradiction) == (stage, None, None)
    assert reading.reason("zh") != reading.reason("en") != ""


@pytest.mark.parametrize(
    ("recorded", "facts"),
    [
        ("expansion", {"first_value_delivered": True, "days_since_signing": 40}),
        ("adoption", {"first_value_delivered": True, "days_since_signing": 200}),
        ("renewal", {"first_value_delivered": True, "days_since_signing": 200, "contract_end_in_days": 120}),
        ("growth", {}),
        ("management", {"first_value_delivered": False}),
    ],
)
def test_the_record_stands_where_the_facts_allow_it(recorded: str, facts: dict[str, object]) -> None:
    reading = stage_reading(account(lifecycle_stage=recorded, **facts))
    assert (reading.stage, reading.contradiction) == (Stage(recorded), None)


@pytest.mark.parametrize(
    ("recorded", "facts", "stage"),
    [
        ("growth", {"first_value_delivered": False, "days_since_signing": 120}, Stage.ONBOARDING),
        ("onboarding", {"first_value_delivered": True, "days_since_signing": 20}, Stage.ADOPTION),
        ("growth", {"first_value_delivered": True, "contract_end_in_days": 30}, Stage.RENEWAL),
        ("renewal", {"first_value_delivered": True, "contract_end_in_days": 300}, Stage.ADOPTION),
        ("expansion", {"first_value_delivered": False}, Stage.ONBOARDING),
        ("opportunity", {"first_value_delivered": False}, Stage.ONBOARDING),
    ],
)
def test_a_record_against_the_facts_is_told(recorded: str, facts: dict[str, object], stage: Stage) -> None:
    reading = stage_reading(account(lifecycle_stage=recorded, **facts))
    assert reading.stage is stage
    assert reading.contradiction is not None
    assert (reading.contradiction.field, reading.contradiction.code) == ("lifecycle_stage", "stage_contradicts_facts")


def test_leads_and_opportunities_stand_where_they_are() -> None:
    assert stage_reading(account(type=RecordType.LEAD, first_value_delivered=True)).stage is Stage.LEAD
    assert stage_reading(account(type=RecordType.OPPORTUNITY)).stage is Stage.OPPORTUNITY


@pytest.mark.parametrize(
    ("facts", "period"),
    [
        ({"days_since_signing": 30}, Period.ADAPTATION),
        ({"days_since_signing": 31}, Period.HABIT),
        ({"days_since_signing": 91}, Period.GROWTH),
        ({"days_since_signing": 271}, Period.LATER),
        ({"days_since_signing": 100, "days_since_deployment_done": 10}, Period.ADAPTATION),  # from going live (B3)
        ({"days_since_signing": 100, "contract_end_in_days": 80}, Period.RENEWAL),
        ({}, None),
    ],
)
def test_periods_count_from_going_live(facts: dict[str, object], period: Period | None) -> None:
    assert period_of(account(**facts)) is period


@pytest.mark.parametrize(
    ("delivered", "days", "expected"),
    [
        (True, 90, "delivered"),
        (False, 19, "in_time"),
        (False, 20, "due_soon"),
        (False, 30, "due_soon"),
        (False, 31, "late"),
    ],
)
def test_first_value_has_thirty_days(delivered: bool, days: int, expected: str) -> None:
    assert first_value_of(account(first_value_delivered=delivered, days_since_signing=days)) == expected
    assert first_value_of(account(days_since_signing=days)) == "unknown"


def test_a_large_account_is_spoken_to_more_often_and_silence_is_counted() -> None:
    young = {"days_since_signing": 10, "last_contact_days": 9}
    large = contact_of(account(annual_fee_cny=2_000_000, **young))
    assert (large.expected_days, large.actual_days, large.overdue_days) == (3, 9, 6)
    assert contact_of(account(annual_fee_cny=3_000, **young)).overdue_days == 0
    assert contact_of(account(days_since_signing=10)).overdue_days is None
    assert contact_of(account(last_contact_days=10)).overdue_days is None


def test_contact_grows_rarer_with_age_and_closer_at_the_end() -> None:
    order = (Period.ADAPTATION, Period.HABIT, Period.GROWTH, Period.LATER)
    assert all(CADENCE[one][size] < CADENCE[two][size] for one, two in itertools.pairwise(order) for size in range(4))
    assert all(CADENCE[Period.RENEWAL][size] < CADENCE[Period.GROWTH][size] for size in range(4))


def test_the_days_between_contacts_are_a_setting() -> None:
    cadence = read_cadence(["growth=10/20/30/40"])
    assert cadence[Period.GROWTH] == (10, 20, 30, 40)
    assert cadence[Period.HABIT] == CADENCE[Period.HABIT]


@pytest.mark.parametrize(
    "row", ["growth", "growth=1/2/3", "youth=1/2/3/4", "growth=0/1/2/3", "growth=1/2/3/x", "growth=²/1/2/3"]
)
def test_a_row_of_days_that_cannot_be_read_is_named(row: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_CONTACT_DAYS") as caught:
        read_cadence([row])
    assert repr(row) in caught.value.message
