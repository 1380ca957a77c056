"""Port: a CRM that takes notes and tasks on one of its records; and what is put there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from copilot.delivery.crm_place import CrmName, CrmPlace

#: A part of a delivery, as `note-1` or `task-3`.
PART = r"(?:note|task)-\d{1,3}"
_KEY = re.compile(r"[A-Za-z0-9-]{1,64}")


def marker(key: str, part: str) -> str:
    """Return what a part is found by again; it stands in the text of every note and task.

    Raises:
        ValueError: the key could mean something in a query.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a delivery")
    return f"copilot:{key}:{part}"


def parts_in(text: str, key: str) -> list[str]:
    """Return the parts of a delivery whose markers stand in a text."""
    return re.findall(rf"{re.escape(marker(key, ''))}({PART})(?!\d)", text)


@dataclass(frozen=True, kw_only=True)
class CrmNote:
    """A text for the timeline of a record; the text is Markdown without tables."""

    part: str
    marker: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CrmTask:
    """Something that somebody has to do until a day."""

    part: str
    marker: str
    subject: str
    text: str
    due: date
    urgent: bool = False


class CrmRecords(Protocol):
    """Writes to one CRM.

    What a call raises is the same everywhere: `DeliveryRefused` when the CRM will not take it before somebody corrects
    something, `ChannelUnavailable` when it may later. After an `add_…` that ended in the second, the part may be there
    all the same; the caller asks `found` before it tries again.
    """

    @property
    def name(self) -> CrmName:
        """Which CRM this is."""
        ...

    @property
    def most_note(self) -> int:
        """How long a note may be, in the measure of `length`."""
        ...

    def length(self, note: CrmNote) -> int:
        """Return how long a note is as this CRM keeps it."""
        ...

    def found(self, place: CrmPlace, key: str) -> Mapping[str, str]:
        """Return the ids of the parts of a delivery that are at a record already, by part.

        Right after a part was added it is in it: a search index that lags behind will not do.

        Raises:
            DeliveryRefused: the record is not there, or may not be seen.
            ChannelUnavailable: try again later.
        """
        ...

    def add_note(self, place: CrmPlace, note: CrmNote) -> str:
        """Put a note at a record and return its id."""
        ...

    def add_task(self, place: CrmPlace, task: CrmTask) -> str:
        """Put a task at a record and return its id."""
        ...
