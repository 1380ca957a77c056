"""Which accounts need somebody first, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from copilot.accounts.account import Account, AccountId
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Size
from copilot.suggesting.attending import AttentionService, Wanted
from copilot.suggesting.attention import Need, attention_of, in_order
from copilot.suggesting.standing import Judge

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
WELL = {
    "annual_fee_cny": 200_000,
    "days_since_signing": 200,
    "contract_end_in_days": 165,
    "seats_bought": 100,
    "seats_active": 95,
    "usage_trend": "rising",
    "first_value_delivered": True,
    "last_contact_days": 1,
    "results": ["首月多卖 20%"],
}


def account(id: str = "a1", **facts: object) -> Account:
    known = {name: value for name, value in (WELL | facts).items() if value is not None}
    return Account(id=AccountId(id), facts={"name": f"客户{id}", **known}, updated_at=NOW)


def needs(one: Account, **more: int) -> tuple[Need, ...]:
    return attention_of(one, Judge(), **more).needs


def test_an_account_that_does_well_needs_nobody() -> None:
    found = attention_of(account(), Judge())
    assert (found.needs, found.points, found.health.band) == ((), 0.0, Band.HEALTHY)


@pytest.mark.parametrize(
    ("facts", "need"),
    [
        ({"usage_trend": "none", "seats_active": 3}, Need.RISK),
        ({"usage_trend": "falling", "contract_end_in_days": 60}, Need.RENEWAL),
        ({"contract_end_in_days": 60, "last_contact_days": 1}, Need.RENEWAL_NEAR),
        ({"contract_end_in_days": -3}, Need.ENDED),
        ({"first_value_delivered": False, "days_since_signing": 40}, Need.LATE_VALUE),
        ({"last_contact_days": 60}, Need.SILENT),
        ({"first_value_delivered": False, "days_since_signing": 10, "handoff": {"owner": "林"}}, Need.HANDOFF),
        ({"first_value_delivered": False, "days_since_signing": 10, "promises": ["两周上线"]}, Need.PROMISES),
    ],
)
def test_what_an_account_needs_is_told_in_both_languages(facts: dict[str, object], need: Need) -> None:
    found = attention_of(account(**facts), Judge())
    assert need in found.needs
    assert len(found.reasons("zh")) == len(found.reasons("en")) == len(found.needs)
    assert all(one.strip() for one in [*found.reasons("zh"), *found.reasons("en")])


def test_an_account_of_which_nothing_is_known_is_told_as_such() -> None:
    blank = Account(id=AccountId("a1"), facts={}, updated_at=NOW)
    assert needs(blank) == (Need.UNKNOWN,)


def test_an_accepted_action_is_asked_after_until_somebody_spoke_to_them() -> None:
    assert Need.ACCEPTED in needs(account(last_contact_days=12), accepted_days=9)
    assert Need.ACCEPTED not in needs(account(last_contact_days=8), accepted_days=9)
    assert Need.ACCEPTED not in needs(account(last_contact_days=12), accepted_days=3)


def test_who_has_gone_needs_nobody_and_comes_last() -> None:
    gone = attention_of(account("a0", contract_outcome="churned", usage_trend="none"), Judge())
    well = attention_of(account("a1"), Judge())
    assert (gone.ended, gone.needs) == (True, ())
    assert [one.account.id for one in in_order([gone, well])] == ["a1", "a0"]


def test_the_weightiest_reason_stands_first_and_orders_the_accounts() -> None:
    silent = attention_of(account("a1", last_contact_days=60), Judge())
    risk = attention_of(account("a2", usage_trend="none", seats_active=3, last_contact_days=60), Judge())
    assert risk.needs[0] is Need.RISK
    assert [one.account.id for one in in_order([silent, risk])] == ["a2", "a1"]


def test_of_equals_the_larger_fee_comes_first() -> None:
    small, large = account("a1", last_contact_days=60), account("a2", last_contact_days=60, annual_fee_cny=400_000)
    found = in_order(attention_of(one, Judge()) for one in (small, large))
    assert [one.account.id for one in found] == ["a2", "a1"]


class Kept:
    """Implements `Records` and `AcceptedActions`."""

    def __init__(self, *accounts: Account, accepted: Mapping[AccountId, datetime] | None = None) -> None:
        self._accounts = accounts
        self._accepted = accepted or {}
        self.owners: frozenset[str] | None = None

    def records(self, owners: frozenset[str] | None) -> Sequence[Account]:
        self.owners = owners
        return self._accounts

    def last_accepted(self, since: datetime) -> Mapping[AccountId, datetime]:
        return {id: at for id, at in self._accepted.items() if at >= since}


def service(kept: Kept) -> AttentionService:
    return AttentionService(records=kept, judge=Judge(), accepted=kept, now=lambda: NOW)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(), ["a2", "a1", "a3"]),
        (Wanted(text="杭州 零售"), ["a1"]),
        (Wanted(text="ＨＡＮＧＺＨＯＵ"), ["a3"]),
        (Wanted(text="a2"), ["a2"]),
        (Wanted(stage=Stage.ONBOARDING), ["a2"]),
        (Wanted(size=Size.LARGE), ["a3"]),
        (Wanted(band=Band.HEALTHY), ["a1", "a3"]),
        (Wanted(text="没有这个"), []),
    ],
)
def test_accounts_are_found_by_words_stage_size_and_health(wanted: Wanted, ids: list[str]) -> None:
    kept = Kept(
        account("a1", city="杭州", industry="零售", last_contact_days=60),
        account("a2", first_value_delivered=False, days_since_signing=40, usage_trend="falling", last_contact_days=60),
        account("a3", city="Hangzhou", annual_fee_cny=2_000_000),
    )
    assert [one.account.id for one in service(kept).list(wanted)] == ids


def test_what_was_accepted_long_ago_is_not_asked_after() -> None:
    silent = account(last_contact_days=80)
    for days, expected in ((70, False), (9, True)):
        kept = Kept(silent, accepted={silent.id: NOW - timedelta(days=days)})
        assert (Need.ACCEPTED in service(kept).list(Wanted())[0].needs) is expected
        assert (Need.ACCEPTED in service(kept).of(silent).needs) is expected
