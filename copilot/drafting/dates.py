"""Days in sentences and in tables."""

from __future__ import annotations

from datetime import date, timedelta

from copilot.drafting.composer import Language

_WEEKDAYS = "一二三四五六日"
_SATURDAY = 5


def working_days(after: date, count: int) -> list[date]:
    """Return the next days that are no weekend, the day itself left out."""
    found: list[date] = []
    day = after
    while len(found) < count:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            found.append(day)
    return found


def workday(day: date) -> date:
    """Return the day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= _SATURDAY else day


def spoken(day: date, language: Language) -> str:
    """Return 「11月27日(周五)」 or "Friday 27 November"."""
    if language == "zh":
        return f"{day.month}月{day.day}日(周{_WEEKDAYS[day.weekday()]})"
    return f"{day:%A} {day.day} {day:%B}"
