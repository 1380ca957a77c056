"""Facts that cannot all be true are told per field; what leads and handoffs lack is named (B5, B7)."""

from __future__ import annotations

import pytest

from copilot.accounts.contradictions import contradictions, findings_of
from copilot.accounts.handoff import HANDOFF_ITEMS, handoff_missing, may_convert
from tests.unit.copilot.accounts.standins import NOW, account

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("facts", "field", "code"),
    [
        ({"seats_bought": 10, "seats_active": 12}, "seats_active", "more_active_than_bought"),
        ({"seats_bought": 0, "seats_active": 0}, "seats_bought", "no_seats"),
        ({"seats_active": 0, "first_value_delivered": True}, "first_value_delivered", "value_without_users"),
        ({"seats_active": 0, "usage_trend": "rising"}, "usage_trend", "rising_without_seats"),
        ({"seats_active": 0, "nps": 9}, "nps", "nps_without_users"),
        ({"seats_active": 5, "usage_trend": "none"}, "usage_trend", "none_with_active_seats"),
        ({"days_since_signing": 10, "contract_end_in_days": -40}, "contract_end_in_days", "ends_before_start"),
        ({"contract_start": "2026-03-01", "contract_end": "2026-02-01"}, "contract_end", "ends_before_start"),
        ({"contract_start": "2027-01-01"}, "contract_start", "in_the_future"),
        ({"contract_start": "2026-11-06", "days_since_signing": 90}, "days_since_signing", "disagrees_with_date"),
        ({"contract_end": "2026-12-06", "contract_end_in_days": 90}, "contract_end_in_days", "disagrees_with_date"),
        (
            {"contract_end_in_days": -5, "lifecycle_stage": "onboarding"},
            "contract_end_in_days",
            "ended_while_onboarding",
        ),
        ({"days_since_signing": 10, "last_use_days": 30}, "last_use_days", "before_signing"),
        ({"last_contact_days": 30, "days_since_visited": 3}, "last_contact_days", "visit_not_counted"),
    ],
)
def test_a_contradiction_names_its_field(facts: dict[str, object], field: str, code: str) -> None:
    found = [one for one in contradictions(account(**facts), TODAY) if one.code == code]
    assert [one.field for one in found] == [field]
    assert found[0].message("zh")
    assert found[0].message("en").isascii()


def test_what_fits_together_has_no_findings() -> None:
    whole = account(
        seats_bought=50,
        seats_active=40,
        usage_trend="rising",
        first_value_delivered=True,
        nps=8,
        days_since_signing=100,
        contract_end_in_days=265,
        contract_start="2026-08-18",
        contract_end="2027-08-17",
        lifecycle_stage="growth",
        last_contact_days=40,
        last_use_days=1,
    )
    assert findings_of(whole, TODAY) == ()
    assert findings_of(account(), TODAY) == ()


def test_onboarding_without_a_handoff_is_told_and_not_refused() -> None:
    (found,) = findings_of(account(lifecycle_stage="onboarding", handoff={"owner": "王敏", "method": ""}), TODAY)
    assert (found.field, found.code) == ("handoff", "handoff_incomplete")
    assert "接手人" not in found.message_zh
    assert "交接方式" in found.message_zh
    assert findings_of(account(lifecycle_stage="growth"), TODAY) == ()


def test_a_handoff_is_whole_item_by_item_or_by_its_own_word() -> None:
    assert handoff_missing(account()) == tuple(HANDOFF_ITEMS)
    assert handoff_missing(account(handoff=dict.fromkeys(HANDOFF_ITEMS, "x"))) == ()
    assert handoff_missing(account(handoff={"done": True})) == ()
    assert handoff_missing(account(handoff={"done": False, "promises": ["两周上线"]})) == (
        "client_info",
        "owner",
        "method",
    )


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, ("contact", "business_need")),
        ({"kp": [{"title": "店长"}], "business_need": "会员复购"}, ("contact",)),
        ({"kp": [{"name": "何总"}], "notes": "想把三家店的会员打通"}, ()),
        ({"contact": "he@example.com", "notes": "They want one view of stock."}, ()),
        ({"kp": [{"name": "何总"}], "notes": "加了微信,暂无明确需求"}, ("business_need",)),
        ({"kp": [{"name": "He"}], "notes": "Does not want anything for now"}, ("business_need",)),
        ({"kp": [{"name": "何总"}], "notes": "没有明确需求。后来他说希望年前上线小程序"}, ()),
    ],
)
def test_a_lead_needs_a_contact_and_a_need(facts: dict[str, object], missing: tuple[str, ...]) -> None:
    assert may_convert(account(**facts)) == missing
