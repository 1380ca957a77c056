"""How often an account wants to be spoken to, by its age and size (B11); first value against the 30 days (C6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from copilot.accounts.account import Account
from copilot.accounts.segment import Size, segment_of
from copilot.errors import ConfigurationError


class Period(StrEnum):
    """Where an account is in the time after going live (B3, B2); the last one is the end of its contract."""

    ADAPTATION = "adaptation"  #: day 0 to 30: old and new side by side, complaints are expected
    HABIT = "habit"  #: day 31 to 90
    GROWTH = "growth"  #: day 91 to 270, the window in which being active makes renewal likely
    LATER = "later"
    RENEWAL = "renewal"  #: 90 days or fewer to the end of the contract


_LAST_DAYS = ((Period.ADAPTATION, 30), (Period.HABIT, 90), (Period.GROWTH, 270))
RENEWAL_DAYS = 90  #: to the end of the contract, and what lies behind it
FIRST_VALUE_DAYS = 30  #: the window for the first value (C6)
FIRST_VALUE_SOON = 20  #: from here on, it is pressing

#: Days between contacts: large, medium, small, micro. The sources give the shape (closest at signing, B11) and no
#: figures (M), so these are ours to set: COPILOT_CONTACT_DAYS.
Cadence = Mapping[Period, tuple[int, int, int, int]]
CADENCE: Cadence = {
    Period.ADAPTATION: (3, 7, 7, 14),
    Period.HABIT: (7, 14, 14, 30),
    Period.GROWTH: (14, 21, 30, 60),
    Period.LATER: (21, 30, 45, 90),
    Period.RENEWAL: (7, 14, 14, 30),
}
_SIZES = (Size.LARGE, Size.MEDIUM, Size.SMALL, Size.MICRO)


def read_cadence(rows: Sequence[str]) -> Cadence:
    """Read rows as `habit=7/14/14/30`; periods that are not named keep their days.

    Raises:
        ConfigurationError: a row names no period, or not four numbers of days from 1 to 365.
    """
    cadence = dict(CADENCE)
    for row in rows:
        name, _, written = row.partition("=")
        days = [int(one) if one.isascii() and one.isdigit() else 0 for one in written.split("/")]
        if name not in set(Period) or len(days) != len(_SIZES) or not all(1 <= one <= 365 for one in days):
            raise ConfigurationError(
                f"COPILOT_CONTACT_DAYS: {row!r} is no row as `habit=7/14/14/30` (large/medium/small/micro, 1 to 365 "
                f"days) of one of {', '.join(Period)}. Correct it."
            )
        cadence[Period(name)] = (days[0], days[1], days[2], days[3])
    return cadence


def days_live(account: Account) -> int | None:
    """Return the days since going live, or since signing where nobody told of going live (B3)."""
    live = account.facts.get("days_since_deployment_done", account.facts.get("days_since_signing"))
    return live if isinstance(live, int) else None


def period_of(account: Account) -> Period | None:
    """Return the period of an account; None when neither its age nor its end is known."""
    left = account.facts.get("contract_end_in_days")
    if isinstance(left, int) and left <= RENEWAL_DAYS:
        return Period.RENEWAL
    days = days_live(account)
    if days is None:
        return None
    return next((period for period, last in _LAST_DAYS if days <= last), Period.LATER)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The last contact beside what is expected; `overdue_days` is 0 when it is in time, None when unknown."""

    expected_days: int | None
    actual_days: int | None
    overdue_days: int | None


def contact_of(account: Account, cadence: Cadence = CADENCE) -> Contact:
    """Compare the last contact with what is expected; a size that no rule gives is taken as medium."""
    period = period_of(account)
    fee = account.facts.get("annual_fee_cny")
    size = segment_of(fee).value if isinstance(fee, int | float) else None
    expected = cadence[period][_SIZES.index(size or Size.MEDIUM)] if period else None
    told = account.facts.get("last_contact_days")
    actual = told if isinstance(told, int) else None
    overdue = None if expected is None or actual is None else max(0, actual - expected)
    return Contact(expected_days=expected, actual_days=actual, overdue_days=overdue)


FirstValue = Literal["delivered", "in_time", "due_soon", "late", "unknown"]


def first_value_of(account: Account) -> FirstValue:
    """Tell how the first value stands against its window of 30 days from signing (C6)."""
    delivered, days = account.facts.get("first_value_delivered"), account.facts.get("days_since_signing")
    if delivered is True:
        return "delivered"
    if delivered is None or not isinstance(days, int):
        return "unknown"
    if days > FIRST_VALUE_DAYS:
        return "late"
    return "due_soon" if days >= FIRST_VALUE_SOON else "in_time"
