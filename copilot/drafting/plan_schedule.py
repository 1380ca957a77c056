"""The days of a plan: counted from signing or towards the end of the contract, never into the past (B3, C6, C8)."""

from __future__ import annotations

from datetime import date, timedelta

from copilot.drafting import dates
from copilot.drafting.plan_facts import FIRST_VALUE_DAYS, HABIT_DAYS, Course, PlanFacts, Tier

_HABIT_AFTER_DAYS = 60
#: When the window of first value is over, it is the goal of the next week.
_SOON_DAYS = 7
#: Milestones follow each other by at least so much.
_APART_DAYS = 14
#: Ours, for plans that count from today; the growth window of B2 is longer than any of them.
_FROM_TODAY = (7, 30, 60, 90)
#: Shares of the time that is left before a contract ends.
_TOWARDS_END = (0.15, 0.35, 0.6, 0.85)


def due_dates(facts: PlanFacts) -> tuple[date, ...]:
    """Return the last days of the milestones, in order, on working days, all of them still to come."""
    today = facts.today
    if facts.tier is Tier.SELF_SERVICE:
        wanted = [today + timedelta(days=after) for after in (_SOON_DAYS, 30, 90)]
    elif facts.course is Course.START:
        signed = today - timedelta(days=facts.days or 0)
        first = max(signed + timedelta(days=FIRST_VALUE_DAYS), today + timedelta(days=_SOON_DAYS))
        habit = max(signed + timedelta(days=_HABIT_AFTER_DAYS), first + timedelta(days=_APART_DAYS))
        review = max(signed + timedelta(days=HABIT_DAYS), habit + timedelta(days=_APART_DAYS))
        wanted = [today + timedelta(days=2), first, habit, review]
    elif facts.course is Course.RENEW and facts.end is not None:
        wanted = [today + timedelta(days=round(facts.end * share)) for share in _TOWARDS_END]
    else:
        wanted = [today + timedelta(days=after) for after in _FROM_TODAY]
    return _ordered(wanted, today)


def value_at(facts: PlanFacts) -> int:
    """Return which milestone, from 0, is the first or next value."""
    if facts.tier is Tier.SELF_SERVICE:
        return 0
    return 2 if facts.course is Course.GROW else 1


def _ordered(wanted: list[date], today: date) -> tuple[date, ...]:
    found: list[date] = []
    for day in wanted:
        after = found[-1] if found else today
        found.append(dates.workday(max(day, after + timedelta(days=1))))
    return tuple(found)
