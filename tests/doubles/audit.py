"""The audit log in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copilot.audit.entry import Entry, Event, chained
from copilot.audit.log import Wanted
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemoryAuditLog:
    """Implements `AuditLog`."""

    def __init__(self, database: InMemoryDatabase | None = None) -> None:
        self._database = database or InMemoryDatabase()

    @property
    def events(self) -> list[Event]:
        """What was told, in order."""
        return [entry.event for entry in self._database.entries]

    @property
    def kept(self) -> list[Entry]:
        """The entries, in order."""
        return self._database.entries

    @property
    def actions(self) -> list[str]:
        """What was done, in order."""
        return [event.action for event in self.events]

    def append(self, transaction: Transaction, event: Event) -> Entry:
        """Chain an event to the last entry."""
        number, previous = self._database.head
        entry = chained(event, number + 1, previous)
        self._database.entries = [*self._database.entries, entry]
        self._database.head = (entry.number, entry.hash)
        return entry

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return the entries with a number above `after`."""
        return iter([entry for entry in self._database.entries if entry.number > after])

    def search(self, wanted: Wanted, before: int | None, limit: int) -> Sequence[Entry]:
        """Return entries that fit, the newest first."""
        found = [
            entry
            for entry in reversed(self._database.entries)
            if (before is None or entry.number < before)
            and wanted.action in (None, entry.event.action)
            and wanted.actor in (None, entry.event.actor)
            and wanted.subject in (None, entry.event.subject)
            and (wanted.since is None or entry.event.at.date() >= wanted.since)
            and (wanted.until is None or entry.event.at.date() <= wanted.until)
        ]
        return found[:limit]

    def known_actions(self) -> Sequence[str]:
        """Return the actions there are, in order."""
        return sorted(set(self.actions))

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last entry."""
        return self._database.head
