"""A record from outside → an account: every field checked, unknown ones kept.

Everything but the id may be missing or null. What is wrong is told for all fields at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from copilot.accounts.account import Account, AccountId, RecordType
from copilot.accounts.fields import ALIASES, FIELDS, Wrong, anything
from copilot.errors import InvalidAccount
from knowledge.text import is_storable

#: Longer than any record that people look at; unknown fields count.
MOST_CHARACTERS = 200_000
_LONGEST_ID = 200
#: Added by us to what we show, so they come back when a record is changed and sent again.
_OURS = frozenset({"unknown", "updated_at", "findings"})


#: What writes JSON gives up at 255, and what is kept has to be shown again.
_MOST_DEPTH = 32


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
        if not is_storable(name):
            faults.append(f"{ascii(name)[:60]}: the name holds a NUL or half a character")
            continue
        known = ALIASES.get(name, name)
        if name in ("id", "type") or name in _OURS or (value is None and known in FIELDS):
            continue
        if _too_deep(value):
            faults.append(f"{name}: its lists and objects lie more than {_MOST_DEPTH} deep in each other")
            continue
        read = _read(faults, name, value, FIELDS.get(known, anything))
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


def _too_deep(value: object) -> bool:
    layer = [value]
    for _ in range(_MOST_DEPTH):
        layer = [
            inner
            for one in layer
            if isinstance(one, Mapping | list)
            for inner in (one.values() if isinstance(one, Mapping) else one)
        ]
        if not layer:
            return False
    return True


def _read(faults: list[str], name: str, value: object, read: Callable[[object], object]) -> object:
    try:
        return read(value)
    except Wrong as wrong:
        shown = repr(value)
        faults.append(f"{name}: {shown[:60]}{'…' if len(shown) > 60 else ''} is not {wrong}")
        return None


def _identity(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_ID:
        raise Wrong(f"a text of 1 to {_LONGEST_ID} characters")
    if "/" in value or not value.isprintable():
        raise Wrong("free of slashes and invisible characters")
    return value.strip()


def _record_type(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(RecordType):
        raise Wrong("one of " + ", ".join(RecordType))
    return value


def _type_of_stage(facts: Mapping[str, object]) -> RecordType:
    stage = facts.get("lifecycle_stage")
    return RecordType(str(stage)) if stage in ("lead", "opportunity") else RecordType.ACCOUNT
