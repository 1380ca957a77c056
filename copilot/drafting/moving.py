"""When something is to happen: a day, a number of days since signing, or so much earlier or later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from copilot.answering import numerals
from copilot.answering.moments import moments
from knowledge.text import fold


@dataclass(frozen=True, kw_only=True)
class OnDay:
    """A day of the calendar."""

    day: date


@dataclass(frozen=True, kw_only=True)
class DayCount:
    """So many days since signing; counted from today where that day is over or signing is unknown (B3)."""

    days: int


@dataclass(frozen=True, kw_only=True)
class Shift:
    """So many days later; negative: earlier."""

    days: int


When = OnDay | DayCount | Shift

_NUM = r"(\d{1,3}|[一二两三四五六七八九十百]{1,4}|one|two|three|four|a|an)"
_UNITS = {"天": 1, "日": 1, "day": 1, "周": 7, "星期": 7, "week": 7, "月": 30, "month": 30}
_UNIT = r"(天|日|周|星期|月|days?|weeks?|months?)"
_SHIFT = re.compile(
    rf"(?P<verb>提前|推迟|延后|延期|推后|晚|早)\s*(?P<n>{_NUM})\s*个?{_UNIT}(?!内)"
    rf"|\b(?:by\s+)?(?P<n2>{_NUM})\s*{_UNIT}\s*(?P<way>earlier|later|forward|back)\b"
    rf"|\b(?P<verb2>postpone|delay|push|bring forward|push back)\b.*?\bby\s+(?P<n3>{_NUM})\s*{_UNIT}"
    rf"|\b(?P<verb3>bring|move)\b.*?\bforward\b.*?\bby\s+(?P<n4>{_NUM})\s*{_UNIT}"
)
_COUNT = re.compile(
    rf"(?:到|在|为|成|至)\s*(?:第\s*)?{_NUM}\s*天|第\s*{_NUM}\s*天|\bday\s*(\d{{1,3}})\b|\bto\s+(\d{{1,3}})\s+days\b"
)
_WEEKDAY = re.compile(
    r"(下下|下|本|这)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])|\b(next\s+)?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
)
_DAYS = {day: n for n, day in enumerate("一二三四五六日")} | {"天": 6}
_ENGLISH = {
    day: n for n, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
_WORDS = {"one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "four": 4, "两": 2}
_EARLIER = frozenset({"提前", "早", "earlier", "forward", "bring forward", "bring", "move"})


def when_of(text: str, today: date) -> When | None:
    """Read when; None where nothing of it is said. A day without a year is the next such day."""
    folded = fold(text)
    for one in moments(folded):
        if one.month and one.day and (found := _next(one.year, one.month, one.day, today)):
            return OnDay(day=found)
    if shift := _SHIFT.search(folded):
        said = next(shift[name] for name in ("n", "n2", "n3", "n4") if shift[name])
        unit = next(
            value
            for name, value in _UNITS.items()
            if re.search(rf"{name}s?", shift.group()[shift.group().find(said) + len(said) :])
        )
        way = shift["verb"] or shift["way"] or shift["verb2"] or shift["verb3"]
        days = _number(said) * unit
        return Shift(days=-days if way in _EARLIER else days)
    if count := _COUNT.search(folded):
        return DayCount(days=_number(next(one for one in count.groups() if one)))
    if weekday := _WEEKDAY.search(folded):
        return OnDay(day=_weekday(weekday, today))
    return None


def moved(before: date | None, when: When, *, today: date, signed: date | None) -> date | None:
    """Return the new day; None where a shift has nothing to go from."""
    match when:
        case OnDay():
            return when.day
        case DayCount():
            counted = signed + timedelta(days=when.days) if signed else None
            return counted if counted and counted > today else today + timedelta(days=when.days)
        case Shift():
            return before + timedelta(days=when.days) if before else None


def _next(year: int | None, month: int, day: int, today: date) -> date | None:
    for candidate in (year,) if year else (today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            return None
        if year or found >= today:
            return found
    return None


def _weekday(match: re.Match[str], today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    if match[2]:
        day = monday + timedelta(days=_DAYS[match[2]], weeks={"下": 1, "下下": 2}.get(match[1] or "", 0))
    else:
        day = monday + timedelta(days=_ENGLISH[match[4]], weeks=1 if match[3] else 0)
    return day if day > today or match[1] or match[3] else day + timedelta(weeks=1)


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    return _WORDS.get(said) or int(numerals.han(said) or 0)
