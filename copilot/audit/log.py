"""Port: the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from copilot.audit.entry import Entry, Event
from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries are looked for; None: any. Both days, of UTC, belong to it."""

    action: str | None = None
    actor: str | None = None
    subject: str | None = None
    since: date | None = None
    until: date | None = None


class AuditLog(Protocol):
    """Entries are only ever added, in the transaction of what they tell of."""

    def append(self, transaction: Transaction, event: Event) -> Entry:
        """Chain an event to the last entry; concurrent writers wait for each other."""
        ...

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return the entries with a number above `after`, in order, read in portions."""
        ...

    def search(self, wanted: Wanted, before: int | None, limit: int) -> Sequence[Entry]:
        """Return entries that fit, the newest first; `before`: only those with a smaller number."""
        ...

    def known_actions(self) -> Sequence[str]:
        """Return the actions there are, in order."""
        ...

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry as noted beside the log; (0, `BEGINNING`) when nothing was noted."""
        ...
