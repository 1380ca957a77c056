"""A record from outside → an account: every field checked, unknown ones kept.

Everything but the id may be missing or null. What is wrong is told for all fields at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.accounts.contract_end import contract_end_of
from copilot.accounts.lifecycle import stage_of
from copilot.errors import InvalidAccount
from knowledge.text import is_storable

#: Longer than any record that people look at; unknown fields count.
MOST_CHARACTERS = 200_000
_LONGEST_ID = 200
_LONGEST_TEXT = 20_000
_MOST_ITEMS = 500
_LARGEST = 1_000_000_000_000
_TRENDS = ("rising", "flat", "falling", "none")
_TREND_SPELLINGS = {"上升": "rising", "增长": "rising", "平稳": "flat", "持平": "flat", "下降": "falling", "无": "none"}
#: Added by us to what we show, so they come back when a record is changed and sent again.
_OURS = frozenset({"unknown", "updated_at"})
_KP_FIELDS = ("name", "title", "relationship")


@dataclass(frozen=True, kw_only=True)
class ReadRecord:
    """An account and the names of its fields that nothing here knows."""

    account: Account
    unknown: tuple[str, ...]


def read_record(record: Mapping[str, object], at: datetime, id: str | None = None) -> ReadRecord:
    """Check a record; `id` is what the caller calls it, when that stands outside of it.

    Raises:
        InvalidAccount: names every field that is wrong, with its value and what is expected.
    """
    faults: list[str] = []
    identity = _read(faults, "id", record.get("id", id), _identity)
    if id is not None and identity is not None and identity != id:
        faults.append(f"id: {identity!r} is not {id!r}, which was addressed")
    kind = _read(faults, "type", record.get("type"), _record_type)
    facts: dict[str, object] = {}
    for name, value in record.items():
        known = _ALIASES.get(name, name)
        if name in ("id", "type") or name in _OURS or (value is None and known in FIELDS):
            continue
        read = _read(faults, name, value, FIELDS.get(known, _anything))
        if read is not None or value is None:
            facts[known] = read
    if not faults and len(json.dumps(facts)) > MOST_CHARACTERS:
        faults.append(f"the record has more than {MOST_CHARACTERS} characters")
    if faults or not isinstance(identity, str):
        raise InvalidAccount(f"The record cannot be used: {'; '.join(faults)}. Correct it and send it again.")
    account = Account(
        id=AccountId(identity),
        type=RecordType(str(kind)) if kind else _type_of_stage(facts),
        facts=facts,
        updated_at=at,
    )
    return ReadRecord(account=account, unknown=unknown_fields(account))


def unknown_fields(account: Account) -> tuple[str, ...]:
    """Return the names of facts that nothing here knows."""
    return tuple(name for name in account.facts if name not in FIELDS)


class _Wrong(ValueError):
    """What is expected instead."""


def _read(faults: list[str], name: str, value: object, read: Callable[[object], object]) -> object:
    try:
        return read(value)
    except _Wrong as wrong:
        shown = repr(value)
        faults.append(f"{name}: {shown[:60]}{'…' if len(shown) > 60 else ''} is not {wrong}")
        return None


def _identity(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_ID:
        raise _Wrong(f"a text of 1 to {_LONGEST_ID} characters")
    if "/" in value or not value.isprintable():
        raise _Wrong("free of slashes and invisible characters")
    return value.strip()


def _record_type(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(RecordType):
        raise _Wrong("one of " + ", ".join(RecordType))
    return value


def _type_of_stage(facts: Mapping[str, object]) -> RecordType:
    stage = facts.get("lifecycle_stage")
    return RecordType(str(stage)) if stage in ("lead", "opportunity") else RecordType.ACCOUNT


def _text(value: object) -> object:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise _Wrong(f"a text of at most {_LONGEST_TEXT} characters")
    if not is_storable(value):
        raise _Wrong("whole text: it holds a NUL or half a character")
    return value


def _number(least: float, most: float) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _Wrong("a number")
        if not least <= value <= most:
            raise _Wrong(f"between {least:g} and {most:g}")
        return int(value) if value == int(value) else value

    return read


def _whole(least: int, most: int) -> Callable[[object], object]:
    number = _number(least, most)

    def read(value: object) -> object:
        found = number(value)
        if not isinstance(found, int):
            raise _Wrong("a whole number")
        return found

    return read


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise _Wrong("true or false")
    return value


def _texts(value: object) -> object:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS or not all(isinstance(one, str) for one in value):
        raise _Wrong(f"a list of at most {_MOST_ITEMS} texts")
    return [_text(one) for one in value]


def _people(value: object) -> object:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS or not all(isinstance(one, dict) for one in value):
        raise _Wrong("a list of people with name, title, relationship")
    for person in value:
        if not all(isinstance(person.get(name), str | None) for name in _KP_FIELDS):
            raise _Wrong("a list of people whose name, title and relationship are texts")
    return _anything(value)


def _stage(value: object) -> object:
    stage = stage_of(value) if isinstance(value, str) else None
    if stage is None:
        raise _Wrong(
            "lead, opportunity, onboarding, adoption, growth, renewal, expansion, advocacy, management, or one of them "
            "in Chinese"
        )
    return stage.value


def _contract_end(value: object) -> object:
    end = contract_end_of(value) if isinstance(value, str) else None
    if end is None:
        raise _Wrong("renewed, expanded or churned, or one of them in Chinese")
    return end.value


def _trend(value: object) -> object:
    found = _TREND_SPELLINGS.get(value, value) if isinstance(value, str) else None
    if found not in _TRENDS:
        raise _Wrong("rising, flat, falling or none")
    return found


def _anything(value: object) -> object:
    """Keep a JSON value as it is, unless no database could."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
        written.encode("utf-8")
    except (ValueError, TypeError, RecursionError, UnicodeEncodeError) as error:
        raise _Wrong("a plain JSON value") from error
    if "\\u0000" in written:
        raise _Wrong("free of NUL characters")
    return value


#: What a record may tell, and how each is read.
FIELDS: Mapping[str, Callable[[object], object]] = {
    "name": _text,
    "industry": _text,
    "city": _text,
    "region": _text,
    "annual_fee_cny": _number(0, _LARGEST),
    "lifecycle_stage": _stage,
    "days_since_signing": _whole(0, 40_000),
    "contract_end_in_days": _whole(-40_000, 40_000),
    "contract_outcome": _contract_end,
    "seats_bought": _whole(0, 100_000_000),
    "seats_active": _whole(0, 100_000_000),
    "usage_trend": _trend,
    "key_features_used": _texts,
    "first_value_delivered": _flag,
    "milestones": _texts,
    "kp": _people,
    "open_tickets": _whole(0, 100_000_000),
    "last_contact_days": _whole(0, 40_000),
    "nps": _number(-100, 100),
    "notes": _text,
}
_ALIASES = {"stage": "lifecycle_stage"}
