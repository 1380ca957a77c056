"""Due times around changes of the clock: every week exactly one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidSchedule
from copilot.scheduling.weekly import WEEK, Weekly, read_weekly

SUNDAY = 6


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "day", "due"),
    [
        # The clock goes from 2 to 3: what is left out is due at 3.
        ("Europe/Berlin", time(2, 30), date(2026, 3, 29), "2026-03-29 01:00"),
        ("Europe/Berlin", time(3, 0), date(2026, 3, 29), "2026-03-29 01:00"),
        ("America/New_York", time(2, 30), date(2026, 3, 8), "2026-03-08 07:00"),
        # The clock goes from 3 back to 2, in New York from 2 to 1: the first time alone.
        ("Europe/Berlin", time(2, 30), date(2026, 10, 25), "2026-10-25 00:30"),
        ("America/New_York", time(1, 30), date(2026, 11, 1), "2026-11-01 05:30"),
        # No clock is changed there, but once it was.
        ("Asia/Shanghai", time(2, 30), date(2026, 3, 29), "2026-03-28 18:30"),
        # A whole day was left out.
        ("Pacific/Apia", time(9, 0), date(2011, 12, 30), "2011-12-30 10:00"),
    ],
)
def test_a_local_time_is_due_once_also_when_the_clock_changes(zone: str, at: time, day: date, due: str) -> None:
    assert Weekly(weekday=day.weekday(), at=at, zone=zone).due_on(day) == utc(due)


def test_the_local_time_stays_when_the_distance_to_utc_changes() -> None:
    monday = Weekly(weekday=0, at=time(9), zone="Europe/Berlin")
    first = monday.after(utc("2026-03-20 00:00"))
    assert [first, monday.after(first)] == [utc("2026-03-23 08:00"), utc("2026-03-30 07:00")]


def test_a_due_time_is_not_due_again_a_moment_later() -> None:
    sunday = Weekly(weekday=SUNDAY, at=time(2, 30), zone="Europe/Berlin")
    due = utc("2026-10-25 00:30")
    assert sunday.after(due - timedelta(seconds=1)) == due
    assert sunday.after(due + timedelta(hours=1)) == utc("2026-11-01 01:30")  # and not at the second half past two


def test_what_was_missed_is_counted() -> None:
    monday = Weekly(weekday=0, at=time(9), zone="Asia/Shanghai")
    first = utc("2026-11-02 01:00")
    assert monday.until(first, utc("2026-11-16 01:00")) == [first, first + WEEK, first + 2 * WEEK]
    assert monday.until(first, first - timedelta(days=1)) == [first]


ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")


@given(
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    minute=st.integers(0, 24 * 60 - 1),
    start=st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)),
    looks=st.lists(st.integers(1, 9 * 24 * 3600), max_size=12),
)
def test_every_week_has_exactly_one_run(
    zone: str, weekday: int, minute: int, start: datetime, looks: list[int]
) -> None:
    weekly = Weekly(weekday=weekday, at=time(minute // 60, minute % 60), zone=zone)
    begin = start.replace(tzinfo=UTC)
    # Whenever somebody looks, the same due times come, each once.
    seen, moment = [weekly.after(begin)], begin
    for seconds in looks:
        moment += timedelta(seconds=seconds)
        while weekly.after(seen[-1]) <= moment:
            seen.append(weekly.after(seen[-1]))
    plain = [weekly.after(begin)]
    while len(plain) < len(seen):
        plain.append(weekly.after(plain[-1]))
    assert seen == plain
    days = [weekly.day(due) for due in seen]
    assert [day - days[0] for day in days] == [n * WEEK for n in range(len(days))]
    assert {day.weekday() for day in days} == {weekday}
    for due, day in zip(seen, days, strict=True):
        local = due.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert timedelta() <= local - datetime.combine(day, weekly.at) <= timedelta(hours=1)
        assert weekly.after(due - timedelta(microseconds=1)) == due


@pytest.mark.parametrize(
    ("weekday", "at", "zone", "named"),
    [
        ("someday", "09:00", "UTC", "'someday'"),
        ("mon", "24:00", "UTC", "'24:00'"),
        ("mon", "9", "UTC", "'9'"),
        ("mon", "09:00", "Mars/Olympus", "'Mars/Olympus'"),
        ("mon", "09:00", "../etc/passwd", "'../etc/passwd'"),
    ],
)
def test_what_is_no_time_is_named(weekday: str, at: str, zone: str, named: str) -> None:
    with pytest.raises(InvalidSchedule, match=named.replace(".", r"\.")):
        read_weekly(weekday, at, zone)


def test_days_are_read_as_people_write_them() -> None:
    assert read_weekly("Monday", "09:30", "Asia/Shanghai") == Weekly(weekday=0, at=time(9, 30), zone="Asia/Shanghai")
