"""Transactions and the audit log in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from copilot.audit.entry import BEGINNING, Entry, Event, chained
from copilot.transaction import Transaction


class InMemoryTransactions:
    """Implements `Transactions` where nothing can be rolled back; `committed` counts the blocks that ended well."""

    def __init__(self) -> None:
        self.committed = 0

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Count the block when it ends well."""
        yield self
        self.committed += 1


class InMemoryAuditLog:
    """Implements `AuditLog`."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    @property
    def events(self) -> list[Event]:
        """What was told, in order."""
        return [entry.event for entry in self._entries]

    def append(self, transaction: Transaction, event: Event) -> Entry:
        """Chain an event to the last entry."""
        entry = chained(event, len(self._entries) + 1, self.head()[1])
        self._entries.append(entry)
        return entry

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return the entries with a number above `after`."""
        yield from self._entries[after:]

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry."""
        return (self._entries[-1].number, self._entries[-1].hash) if self._entries else (0, BEGINNING)
