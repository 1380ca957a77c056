"""The days of a report, and the same number of days before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from copilot.errors import InvalidRequest

#: Long enough for three years of comparing, short enough to be counted while somebody waits.
LONGEST_DAYS = 1_100
#: Nothing here is older.
FIRST_DAY = date(2000, 1, 1)
USUAL_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class Period:
    """Both days belong to it; days are those of UTC."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> Period:
        """The period of the same length before."""
        return Period(since=self.since - timedelta(days=self.days), until=self.since - timedelta(days=1))

    @property
    def starts(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.since, time.min, UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.until + timedelta(days=1), time.min, UTC)


def usual_period(today: date, since: date | None = None, until: date | None = None) -> Period:
    """Return the period asked for; without days, the last four weeks up to today.

    Raises:
        InvalidRequest: what `checked_period` raises.
    """
    last = until or today
    first = since or max(FIRST_DAY, last - timedelta(days=USUAL_DAYS - 1) if last >= FIRST_DAY else last)
    return checked_period(first, last, today)


def checked_period(since: date, until: date, today: date) -> Period:
    """Check days from outside.

    Raises:
        InvalidRequest: the last day is before the first, the first lies ahead or before 2000, or there are too many.
    """
    if until < since:
        raise InvalidRequest(f"until {until.isoformat()!r} is before since {since.isoformat()!r}. Swap the two days.")
    if since > today:
        raise InvalidRequest(
            f"since {since.isoformat()!r} lies ahead: today is {today.isoformat()} (UTC). Give a day up to today."
        )
    if since < FIRST_DAY:
        raise InvalidRequest(
            f"since {since.isoformat()!r} is before {FIRST_DAY.isoformat()}, when nothing was kept. Give a later day."
        )
    period = Period(since=since, until=min(until, today))
    if period.days > LONGEST_DAYS:
        raise InvalidRequest(
            f"{since.isoformat()!r} to {until.isoformat()!r} are {period.days} days, more than {LONGEST_DAYS}. "
            "Ask for a shorter time."
        )
    return period
