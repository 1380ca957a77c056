"""When something is due that is due once a week at a local time, also around changes of the clock. Pure.

A local time that the clock leaves out (spring) is due at the next minute that exists; one that the clock shows twice
(autumn) is due the first time alone. So every week has exactly one due time, kept and compared in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from copilot.errors import InvalidSchedule

WEEK = timedelta(days=7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
#: The longest time a clock ever left out is a day, when an island went to the other side of the date line.
_LONGEST_GAP_MINUTES = 25 * 60


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """Once a week, on a day and at a time of a zone."""

    weekday: int  #: 0 is Monday, as in `date.weekday`
    at: time  #: local, whole minutes
    zone: str  #: of the IANA database, as Europe/Berlin

    def due_on(self, day: date) -> datetime:
        """Return when it is due on a local day, in UTC."""
        zone = ZoneInfo(self.zone)
        wall = datetime.combine(day, self.at)
        for _ in range(_LONGEST_GAP_MINUTES):
            moment = wall.replace(tzinfo=zone).astimezone(UTC)  # fold 0: of two equal times the first
            if moment.astimezone(zone).replace(tzinfo=None) == wall:
                return moment
            wall += timedelta(minutes=1)
        raise AssertionError(f"{self.zone} has no time after {day} {self.at}")

    def after(self, moment: datetime) -> datetime:
        """Return the first due time after a moment."""
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        first = today - timedelta(days=(today.weekday() - self.weekday) % 7 + 7)
        return next(due for n in range(4) if (due := self.due_on(first + n * WEEK)) > moment)

    def until(self, first: datetime, moment: datetime) -> Sequence[datetime]:
        """Return the due times from one on, up to a moment that may be one itself; at least the first."""
        found = [first]
        while (due := self.after(found[-1])) <= moment:
            found.append(due)
        return found

    def day(self, due: datetime) -> date:
        """Return the local day of a moment."""
        return due.astimezone(ZoneInfo(self.zone)).date()


def read_weekly(weekday: str, at: str, zone: str) -> Weekly:
    """Read a day, a time and a zone as people write them.

    Raises:
        InvalidSchedule: one of them is none; the message names it.
    """
    day = weekday.strip().lower()[:3]
    if day not in DAYS:
        raise InvalidSchedule(f"{weekday!r} is no day of the week. Give one of {', '.join(DAYS)}.")
    if not (found := _TIME.fullmatch(at.strip())):
        raise InvalidSchedule(f"{at!r} is no time of day. Write it as 09:00.")
    if zone not in _zones():
        raise InvalidSchedule(f"{zone!r} is no time zone of the IANA database. Write it as Asia/Shanghai.")
    return Weekly(weekday=DAYS.index(day), at=time(int(found[1]), int(found[2])), zone=zone)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
