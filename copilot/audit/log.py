"""Port: the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from copilot.audit.entry import Entry, Event
from copilot.transaction import Transaction


class AuditLog(Protocol):
    """Entries are only ever added, in the transaction of what they tell of."""

    def append(self, transaction: Transaction, event: Event) -> Entry:
        """Chain an event to the last entry; concurrent writers wait for each other."""
        ...

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return the entries with a number above `after`, in order, read in portions."""
        ...

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry as noted beside the log; (0, `BEGINNING`) when nothing was noted."""
        ...
