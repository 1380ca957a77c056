"""An entry of the audit log and how it is chained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from copilot.audit.surface import Surface

#: What the first entry is chained to.
BEGINNING = "0" * 64

#: Plain values only, so that an entry reads the same in every database and export.
Detail = str | int | bool | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. `action` is `noun.verb` in the past tense, `subject` what it happened to."""

    action: str  #: for example `draft.revised`, `draft.approved`, `delivery.sent`, `key.rotated`
    actor: str  #: id of the person; `system` where nobody pressed Enter
    subject: str  #: id of the draft, delivery, person, document
    surface: Surface
    at: datetime
    details: Mapping[str, Detail] = field(default_factory=dict)  #: no text of customers, no secrets


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event in its place. `number` counts from 1 without gaps."""

    number: int
    event: Event
    previous: str  #: hash of the entry before
    hash: str


def chained(event: Event, number: int, previous: str) -> Entry:
    """Put an event behind the entry whose hash is `previous`."""
    return Entry(number=number, event=event, previous=previous, hash=entry_hash(event, number, previous))


def entry_hash(event: Event, number: int, previous: str) -> str:
    """Return SHA-256 over the canonical JSON of everything in the entry, the hash of the one before included."""
    told = {
        "number": number,
        "previous": previous,
        "action": event.action,
        "actor": event.actor,
        "subject": event.subject,
        "surface": event.surface.value,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "details": dict(event.details),
    }
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
