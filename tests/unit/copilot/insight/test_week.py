"""Which days a digest covers."""

from __future__ import annotations

from datetime import date

import pytest

from copilot.errors import InvalidSchedule
from copilot.insight.period import Period
from copilot.insight.week import before_due, calendar_week, last_week

TODAY = date(2026, 11, 26)


def test_a_week_of_the_calendar_goes_from_monday_to_sunday() -> None:
    covered = calendar_week("2026-W47", TODAY)
    assert covered.period == Period(since=date(2026, 11, 16), until=date(2026, 11, 22))
    assert covered.weeks == "2026-W47"
    assert last_week(TODAY) == covered


def test_of_the_week_under_way_the_days_up_to_today_are_covered() -> None:
    assert calendar_week("2026w48", TODAY).period.until == TODAY


@pytest.mark.parametrize("text", ["2026-W60", "2026-W54", "W47", "47", "1999-W01", "2026-W49", "2026-W47\n2026-W46"])
def test_what_is_no_week_that_has_begun_is_named(text: str) -> None:
    with pytest.raises(InvalidSchedule):
        calendar_week(text, TODAY)


def test_what_is_due_on_a_day_covers_the_seven_days_before_it() -> None:
    covered = before_due(date(2026, 11, 23), date(2026, 11, 23), 0)
    assert (covered.period, covered.weeks) == (Period(since=date(2026, 11, 16), until=date(2026, 11, 22)), "2026-W47")


def test_missed_weeks_are_covered_and_named() -> None:
    covered = before_due(date(2026, 11, 9), date(2026, 11, 23), 2)
    assert (covered.period.since, covered.weeks, covered.missed) == (date(2026, 11, 2), "2026-W45–W47", 2)
    over_the_year = before_due(date(2026, 12, 28), date(2027, 1, 11), 2)
    assert over_the_year.weeks == "2026-W52–2027-W01"


def test_what_is_older_than_eight_weeks_is_left_out() -> None:
    assert before_due(date(2025, 1, 6), date(2026, 11, 23), 98).period.days == 56
