"""The days that a digest covers: a week of the calendar, the seven days before it is due, or weeks that were missed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from copilot.errors import InvalidSchedule
from copilot.insight.period import FIRST_DAY, Period

_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
#: A worker that was away for longer tells of the last weeks alone: what is older asks for nobody's action any more.
LONGEST_WEEKS = 8


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Days from Monday to Sunday or from any day to the one before it, `missed` times seven days more."""

    period: Period
    missed: int = 0  #: digests before this one that were not made

    @property
    def weeks(self) -> str:
        """Name the weeks of the calendar it lies in, as 2026-W47 or 2026-W45–W47."""
        first, last = (_named(day) for day in (self.period.since, self.period.until))
        if first == last:
            return first
        return f"{first}–{last[5:] if last[:4] == first[:4] else last}"


def calendar_week(text: str, today: date) -> Covered:
    """Read a week of the calendar (ISO 8601), as 2026-W47; what of it lies ahead is left out.

    Raises:
        InvalidSchedule: there is no such week, or it has not begun.
    """
    found = _WEEK.fullmatch(text.strip())
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    if monday is None or monday < FIRST_DAY:
        raise InvalidSchedule(f"{text!r} is no week of the calendar. Write it as 2026-W47.")
    if monday > today:
        raise InvalidSchedule(f"Week {text!r} begins {monday}, and today is {today} (UTC). Give one that has begun.")
    return Covered(period=Period(since=monday, until=min(monday + timedelta(days=6), today)))


def last_week(today: date) -> Covered:
    """Return the last week of the calendar that has ended."""
    monday = today - timedelta(days=today.weekday() + 7)
    return Covered(period=Period(since=monday, until=monday + timedelta(days=6)))


def before_due(first: date, last: date, missed: int) -> Covered:
    """Return the seven days before a due day, and those before the due days that were missed, eight weeks at most."""
    until = last - timedelta(days=1)
    since = max(first - timedelta(days=7), until - timedelta(days=7 * LONGEST_WEEKS - 1))
    return Covered(period=Period(since=since, until=until), missed=missed)


def _named(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
