"""The fields of an account record: what each tells, and how its value is read.

Every reader takes a JSON value and returns it in the form that is kept, or says what is expected (`Wrong`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date

from copilot.accounts.contract_end import contract_end_of
from copilot.accounts.events import DAYS_SINCE
from copilot.accounts.lifecycle import stage_of
from knowledge.text import is_storable

LONGEST_TEXT = 20_000
_MOST_ITEMS = 500
_LARGEST = 1_000_000_000_000
LONGEST_SPAN = 40_000  #: days
_TRENDS = ("rising", "flat", "falling", "none")
_TREND_SPELLINGS = {"上升": "rising", "增长": "rising", "平稳": "flat", "持平": "flat", "下降": "falling", "无": "none"}
_KP_FIELDS = ("name", "title", "relationship")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?(?:[T ].*)?")


class Wrong(ValueError):
    """What is expected instead."""


def _text(value: object) -> object:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Wrong(f"a text of at most {LONGEST_TEXT} characters")
    if not is_storable(value):
        raise Wrong("whole text: it holds a NUL or half a character")
    return value


def _number(least: float, most: float) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong("a number")
        if isinstance(value, float) and not math.isfinite(value):
            raise Wrong("a number")
        if not least <= value <= most:
            raise Wrong(f"between {least:g} and {most:g}")
        return int(value) if value == int(value) else value

    return read


def _whole(least: int, most: int) -> Callable[[object], object]:
    number = _number(least, most)

    def read(value: object) -> object:
        found = number(value)
        if not isinstance(found, int):
            raise Wrong("a whole number")
        return found

    return read


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise Wrong("true or false")
    return value


def _texts(value: object) -> object:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS or not all(isinstance(one, str) for one in value):
        raise Wrong(f"a list of at most {_MOST_ITEMS} texts")
    return [_text(one) for one in value]


def _people(value: object) -> object:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS or not all(isinstance(one, dict) for one in value):
        raise Wrong("a list of people with name, title, relationship")
    for person in value:
        if not all(isinstance(person.get(name), str | None) for name in _KP_FIELDS):
            raise Wrong("a list of people whose name, title and relationship are texts")
    return anything(value)


def _stage(value: object) -> object:
    stage = stage_of(value) if isinstance(value, str) else None
    if stage is None:
        raise Wrong(
            "lead, opportunity, onboarding, adoption, growth, renewal, expansion, advocacy, management, or one of them "
            "in Chinese"
        )
    return stage.value


def _trend(value: object) -> object:
    found = _TREND_SPELLINGS.get(value, value) if isinstance(value, str) else None
    if found not in _TRENDS:
        raise Wrong("rising, flat, falling or none")
    return found


def anything(value: object) -> object:
    """Keep a JSON value as it is, unless no database could."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode("utf-8")
    except (ValueError, TypeError, RecursionError, UnicodeEncodeError) as error:
        raise Wrong("a plain JSON value") from error
    if "\\u0000" in written:
        raise Wrong("free of NUL characters")
    return value


def _contract_end(value: object) -> object:
    end = contract_end_of(value) if isinstance(value, str) else None
    if end is None:
        raise Wrong("renewed, expanded or churned, or one of them in Chinese")
    return end.value


def read_date(value: object) -> str:
    """Read a day in the usual ways to write one; kept as YYYY-MM-DD."""
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 40 else None
    try:
        return date(*map(int, found.groups())).isoformat() if found else _no_date()
    except ValueError as error:
        raise Wrong("a day as YYYY-MM-DD") from error


def _no_date() -> str:
    raise Wrong("a day as YYYY-MM-DD")


def _handoff(value: object) -> object:
    if not isinstance(value, dict):
        raise Wrong("an object with client_info, promises, owner, method, and done as true or false")
    if not isinstance(value.get("done"), bool | None):
        raise Wrong("an object whose done is true or false")
    return anything(value)


def _tickets(value: object) -> object:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS or not all(isinstance(one, dict) for one in value):
        raise Wrong("a list of tickets with title, standard, urgent, asked")
    for ticket in value:
        flags = all(isinstance(ticket.get(name), bool | None) for name in ("standard", "urgent"))
        asked = ticket.get("asked")
        counted = asked is None or (isinstance(asked, int) and not isinstance(asked, bool) and asked >= 0)
        if not (isinstance(ticket.get("title"), str | None) and flags and counted):
            raise Wrong("a list of tickets: title is a text, standard and urgent are true or false, asked a count")
    return anything(value)


_count = _whole(0, 100_000_000)
_days = _whole(0, LONGEST_SPAN)
_money = _number(0, _LARGEST)

#: What a record may tell, and how each is read. Everything may be missing.
FIELDS: Mapping[str, Callable[[object], object]] = {
    "name": _text,
    "industry": _text,
    "city": _text,
    "region": _text,
    "annual_fee_cny": _money,  # yuan a year
    "lifecycle_stage": _stage,
    "days_since_signing": _days,  # from contract_start where only that is given
    "contract_end_in_days": _whole(-LONGEST_SPAN, LONGEST_SPAN),  # below zero: it has ended
    "contract_outcome": _contract_end,
    "seats_bought": _count,
    "seats_active": _count,
    "usage_trend": _trend,
    "key_features_used": _texts,
    "first_value_delivered": _flag,
    "milestones": _texts,
    "kp": _people,
    "open_tickets": _count,
    "last_contact_days": _days,
    "nps": _number(-100, 100),
    "notes": _text,
    # What advice and drafts use beside these.
    "contract_start": read_date,  # the day of signing
    "contract_end": read_date,
    "contract_scope": _texts,  # what the contract promises, the floor of any plan (A5)
    "promises": _texts,  # what was promised beyond it (C15)
    "handoff": _handoff,  # from sales (B5)
    "owner": _text,  # our CSM
    "sponsor": _text,  # our executive sponsor (E1)
    "contact": _text,  # whom to reach, where no kp is known (B7)
    "business_need": _text,  # in the customer's words (B7)
    "budget_cny": _money,
    "deal_cycle_days": _days,
    "call_attempts": _count,  # sales calls so far (G8)
    "company_size": _text,
    "employees": _count,
    "stores": _count,
    "product_line": _text,
    "gross_margin": _number(0, 1),  # share of the fee (A3)
    "effort_days": _number(0, 100_000),  # planned days of our people (A2)
    "day_cost_cny": _money,  # cost of one of their days
    "tickets": _tickets,  # asked: how often (F1)
    "complaints": _count,
    "results": _texts,  # measured results of theirs (C13)
    "last_use_days": _days,
} | {name: _days for name in DAYS_SINCE.values() if name.startswith("days_since_") and name != "days_since_signing"}
#: Other names of fields.
ALIASES = {"stage": "lifecycle_stage", "signed_on": "contract_start"}
#: Counts of days that grow while a record lies, and the one that shrinks.
GROWING = frozenset(DAYS_SINCE.values()) | {"last_use_days"}
SHRINKING = frozenset({"contract_end_in_days"})
