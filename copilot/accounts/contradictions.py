"""Facts of one record that cannot all be true, told per field. Nothing is refused: a CRM says what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from copilot.accounts.account import Account
from copilot.accounts.finding import FactFinding
from copilot.accounts.handoff import handoff_findings
from copilot.accounts.stage import stage_reading

#: Two ways to tell the same day may differ by this much: systems count from midnight or from now.
_SLACK_DAYS = 1


def findings_of(account: Account, on: date) -> tuple[FactFinding, ...]:
    """Return everything about the facts that a person should look at: contradictions, stage (C7), handoff (B5).

    `on` is the day that the days of the record count from.
    """
    reading = stage_reading(account)
    of_stage = (reading.contradiction,) if reading.contradiction else ()
    return (*contradictions(account, on), *of_stage, *handoff_findings(account, reading.stage))


def contradictions(account: Account, on: date) -> tuple[FactFinding, ...]:
    """Return the fields that contradict each other, seats first, then the contract, then counts of days."""
    return (*_seats(account), *_contract(account, on), *_counts(account))


def _number(account: Account, name: str) -> float | None:
    value = account.facts.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _day(account: Account, name: str) -> date | None:
    value = account.facts.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _found(field: str, code: str, zh: str, en: str) -> FactFinding:
    return FactFinding(field=field, code=code, message_zh=zh, message_en=en)


def _seats(account: Account) -> Iterator[FactFinding]:
    bought, active = _number(account, "seats_bought"), _number(account, "seats_active")
    if bought == 0:
        yield _found(
            "seats_bought", "no_seats", "购买席位为 0,算不出活跃率。", "No seats were bought, so no share is active."
        )
    elif bought is not None and active is not None and active > bought:
        yield _found(
            "seats_active",
            "more_active_than_bought",
            f"活跃席位 {active:g} 多于购买席位 {bought:g}。",
            f"{active:g} active seats are more than the {bought:g} bought.",
        )
    if active == 0 and account.facts.get("first_value_delivered") is True:
        yield _found(
            "first_value_delivered",
            "value_without_users",
            "记录说首次价值已交付,但没有一个活跃席位。",
            "The first value is said to be delivered, but no seat is active.",
        )
    if 0 in (bought, active) and account.facts.get("usage_trend") == "rising":
        yield _found(
            "usage_trend",
            "rising_without_seats",
            "使用趋势为上升,但席位为 0。",
            "Usage is said to be rising, but there are no seats.",
        )
    if 0 in (bought, active) and _number(account, "nps") is not None:
        yield _found(
            "nps", "nps_without_users", "有 NPS 分数,但没有使用者。", "There is an NPS score, but nobody uses it."
        )


def _contract(account: Account, on: date) -> Iterator[FactFinding]:
    since, left = _number(account, "days_since_signing"), _number(account, "contract_end_in_days")
    start, end = _day(account, "contract_start"), _day(account, "contract_end")
    if since is not None and left is not None and since + left < 0:
        yield _found(
            "contract_end_in_days",
            "ends_before_start",
            f"合同在签约之前就已到期:签约 {since:g} 天,到期已过 {-left:g} 天。",
            f"The contract ended before it was signed: signed {since:g} days ago, ended {-left:g} days ago.",
        )
    if start is not None and end is not None and end < start:
        yield _found(
            "contract_end",
            "ends_before_start",
            f"合同结束日 {end} 早于开始日 {start}。",
            f"The contract ends on {end}, before its start on {start}.",
        )
    if left is not None and left < 0 and account.facts.get("lifecycle_stage") == "onboarding":
        yield _found(
            "contract_end_in_days",
            "ended_while_onboarding",
            f"合同已到期 {-left:g} 天,阶段却是新手启动。",
            f"The contract ended {-left:g} days ago, but the stage is onboarding.",
        )
    if start is not None and start > on:
        yield _found(
            "contract_start", "in_the_future", f"签约日 {start} 还没到。", f"The signing day {start} is yet to come."
        )
    elif start is not None and since is not None and abs((on - start).days - since) > _SLACK_DAYS:
        yield _found(
            "days_since_signing",
            "disagrees_with_date",
            f"签约天数 {since:g} 与签约日 {start}(即 {(on - start).days} 天)不一致。",
            f"{since:g} days since signing do not agree with {start}, which is {(on - start).days} days ago.",
        )
    if end is not None and left is not None and abs((end - on).days - left) > _SLACK_DAYS:
        yield _found(
            "contract_end_in_days",
            "disagrees_with_date",
            f"到期天数 {left:g} 与到期日 {end}(即 {(end - on).days} 天)不一致。",
            f"{left:g} days to the end do not agree with {end}, which is {(end - on).days} days off.",
        )


def _counts(account: Account) -> Iterator[FactFinding]:
    since, contact = _number(account, "days_since_signing"), _number(account, "last_contact_days")
    used = _number(account, "last_use_days")
    if since is not None and used is not None and used > since + _SLACK_DAYS:
        yield _found(
            "last_use_days",
            "before_signing",
            f"上次使用在 {used:g} 天前,早于签约({since:g} 天前)。",
            f"The last use was {used:g} days ago, before signing {since:g} days ago.",
        )
    trend, active = account.facts.get("usage_trend"), _number(account, "seats_active")
    if trend == "none" and active:
        yield _found(
            "usage_trend",
            "none_with_active_seats",
            f"使用趋势为无,但有 {active:g} 个活跃席位。",
            f"Usage is said to be none, but {active:g} seats are active.",
        )
    visited = _number(account, "days_since_visited")
    if contact is not None and visited is not None and visited < contact - _SLACK_DAYS:
        yield _found(
            "last_contact_days",
            "visit_not_counted",
            f"{visited:g} 天前拜访过,上次联系却是 {contact:g} 天前。",
            f"There was a visit {visited:g} days ago, but the last contact is {contact:g} days ago.",
        )
