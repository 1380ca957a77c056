"""The use cases around the audit log, on the log of this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Protocol

from copilot.audit.entry import Entry
from copilot.audit.log import AuditLog, Wanted
from copilot.audit.verification import Head, verified
from copilot.interfaces.draft_contract import AuditCheck, AuditEntryBody, AuditPage, FaultBody

_PAGE = 1_000


class Auditing(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    def page(self, after: int, limit: int) -> AuditPage:
        """Return entries with a number above `after`."""
        ...

    def check(self, since: Head | None = None) -> AuditCheck:
        """Tell whether the log is whole, and whether it still has the entry that was noted elsewhere."""
        ...


class LocalAuditing:
    """Implements `Auditing`."""

    def __init__(self, log: AuditLog) -> None:
        self._log = log

    def page(self, after: int, limit: int) -> AuditPage:
        """Return entries with a number above `after`."""
        entries = [_entry(entry) for entry in islice(self._log.entries(after), limit)]
        number, hash = self._log.head()
        return AuditPage(entries=entries, head=number, head_hash=hash)

    def search(self, wanted: Wanted, before: int | None = None, limit: int = 50) -> Sequence[AuditEntryBody]:
        """Return entries that fit, the newest first."""
        return [_entry(entry) for entry in self._log.search(wanted, before, limit)]

    def actions(self) -> Sequence[str]:
        """Return the actions there are."""
        return self._log.known_actions()

    def check(self, since: Head | None = None) -> AuditCheck:
        """Tell whether the log is whole."""
        found = verified(self._log, since)
        return AuditCheck(
            entries=found.entries,
            head=found.head[0],
            head_hash=found.head[1],
            faults=[FaultBody.model_validate(asdict(fault)) for fault in found.faults],
        )


def all_entries(auditing: Auditing) -> Iterator[AuditEntryBody]:
    """Return the whole log, page by page."""
    after = 0
    while page := auditing.page(after, _PAGE).entries:
        yield from page
        after = page[-1].number


def _entry(entry: Entry) -> AuditEntryBody:
    event = entry.event
    return AuditEntryBody(
        number=entry.number,
        action=event.action,
        actor=event.actor,
        subject=event.subject,
        surface=event.surface.value,
        at=event.at,
        details=dict(event.details),
        previous=entry.previous,
        hash=entry.hash,
    )
