"""An observation from outside → a signal, checked as the field of a record is, or as an event."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from copilot.accounts.account import AccountId
from copilot.accounts.events import AccountEvent
from copilot.accounts.fields import ALIASES, FIELDS, LONGEST_TEXT, Wrong, read_date
from copilot.accounts.signal import Signal, SignalId, SignalValue
from copilot.errors import InvalidSignal
from knowledge.text import is_storable

#: Clocks differ by this much; what lies further ahead has not happened.
_CLOCKS = timedelta(minutes=1)
_LONGEST_TEXT = 2_000  #: of what an event says, and of an observed text
_LONGEST_NAME = 200  #: of a source and an id
_NAMESPACE = uuid.UUID("7f0e5c1a-2c0b-5d4e-9a6f-2f6f4f1d1c10")


def read_signal(
    account_id: AccountId, observation: Mapping[str, object], *, source: str, now: datetime, place: str = "The signal"
) -> Signal:
    """Check one observation of `{name, value?, source?, at?, id?}`; `source` is who is calling.

    Without an id, the same observation at the same time has the same one, so that sending it again adds nothing.

    Raises:
        InvalidSignal: says what is wrong, with the value and what is expected.
    """
    try:
        name = _name(observation.get("name"))
        value = _value(name, observation.get("value"))
        seen_by = _short(observation.get("source"), "source") or source
        at = _time(observation.get("at"), now)
        id = _short(observation.get("id"), "id") or _id(account_id, name, value, seen_by, at)
    except Wrong as wrong:
        raise InvalidSignal(f"{place} cannot be kept: {wrong}. Correct it and send it again.") from wrong
    return Signal(
        id=SignalId(id), account_id=account_id, name=name, value=value, source=seen_by, at=at, recorded_at=now
    )


def _name(name: object) -> str:
    known = ALIASES.get(name, name) if isinstance(name, str) else None
    if known is None or not (known in FIELDS or known in set(AccountEvent)):
        raise Wrong(
            f"name: {_shown(name)} is neither a field of the record nor an event; events are {', '.join(AccountEvent)}"
        )
    return known


def _value(name: str, value: object) -> SignalValue:
    if name in set(AccountEvent) and not (name in FIELDS and value is False):
        return _said(AccountEvent(name), value)
    if isinstance(value, list | dict):
        raise Wrong(f"value: {name} is observed as one number, text or flag, not as {_shown(value)}; send the record")
    longest = LONGEST_TEXT if name == "notes" else _LONGEST_TEXT  # notes are all that was noted so far
    if isinstance(value, str) and len(value) > longest:
        raise Wrong(f"value: {_shown(value)} is not a text of at most {longest} characters")
    try:
        read = FIELDS[name](value)
    except Wrong as wrong:
        hint = "; send the record instead" if "list" in str(wrong) or "object" in str(wrong) else ""
        raise Wrong(f"value: {_shown(value)} is not {wrong}, which {name} takes{hint}") from wrong
    if not isinstance(read, bool | int | float | str):
        raise Wrong(f"value: {_shown(value)} is not one number, text or flag; send the record instead")
    return read


def _said(event: AccountEvent, value: object) -> SignalValue:
    """Return what an event says; `true` says no more than that it happened."""
    said = None if value is True else value
    if said is not None and not isinstance(said, str):
        raise Wrong(f"value: {_shown(value)} is not a text or nothing, which the event {event} takes")
    text = (said or "").strip()
    if len(text) > _LONGEST_TEXT or not is_storable(text):
        raise Wrong(f"value: {_shown(value)} is not a text of at most {_LONGEST_TEXT} characters without NUL")
    if event is AccountEvent.MILESTONE_REACHED and not text:
        raise Wrong("value: milestone_reached needs the name of the milestone")
    if event is AccountEvent.RENEWAL_SIGNED and text:
        text = read_date(text)
    return text or None


def _short(value: object, field: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_NAME or not value.isprintable():
        raise Wrong(f"{field}: {_shown(value)} is not a text of 1 to {_LONGEST_NAME} visible characters")
    return value.strip()


def _time(at: object, now: datetime) -> datetime:
    """Read when it was so, now by default; a time without its zone is in UTC."""
    if at is None:
        return now
    try:
        read = at if isinstance(at, datetime) else datetime.fromisoformat(at) if isinstance(at, str) else None
        read = read.replace(tzinfo=UTC) if read is not None and read.tzinfo is None else read
        moment = read.astimezone(UTC) if read is not None else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise Wrong(f"at: {_shown(at)} is not a time as 2026-01-31T09:00:00+08:00")
    if moment > now + _CLOCKS:
        raise Wrong(f"at: {_shown(at)} lies in the future")
    return min(moment, now)


def _id(account_id: AccountId, name: str, value: SignalValue, source: str, at: datetime) -> str:
    return str(uuid.uuid5(_NAMESPACE, repr((account_id, name, value, source, at.isoformat()))))


def _shown(value: object) -> str:
    shown = repr(value[:61]) if isinstance(value, str) else repr(value)
    return f"{shown[:60]}{'…' if len(shown) > 60 else ''}"
