"""What a sync did, item by item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.failures import Stage


class Status(StrEnum):
    """What became of an item."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DELETED = "deleted"
    FAILED = "failed"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class ItemReport:
    """One line: exactly one per input item."""

    source: str
    status: Status
    code: str | None = None  #: stable reason of a failure
    reason: str | None = None  #: the same for people, with the next step
    stage: Stage | None = None  #: where it failed
    characters: int = 0
    chunks: int = 0
    duplicate_of: str | None = None
    warnings: tuple[str, ...] = ()
    parts: tuple[ItemReport, ...] = ()  #: members of an archive, attachments of a mail


@dataclass(frozen=True, kw_only=True)
class SyncReport:
    """The whole run."""

    documents: tuple[ItemReport, ...]
    seconds: float
    left: int = 0  #: items that a cancelled run did not come to

    @property
    def cancelled(self) -> bool:
        """Whether the run ended before its last item."""
        return self.left > 0

    def count(self, status: Status) -> int:
        """Return how many items ended in this status."""
        return Counter(line.status for line in self.documents)[status]


@dataclass
class ReportBuilder:
    """Collects lines while the run goes on."""

    lines: list[ItemReport] = field(default_factory=list)

    def add(self, line: ItemReport) -> None:
        """Add one line."""
        self.lines.append(line)

    def finish(self, seconds: float, left: int = 0) -> SyncReport:
        """Close the report."""
        return SyncReport(documents=tuple(self.lines), seconds=round(seconds, 3), left=left)
