"""Port: work that outlasts a request, told by whichever process is asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: Who does the work writes this often how far it is.
BEAT_S = 1.0
#: Work that nobody has written about for so long has ended with its process.
DEAD_AFTER = timedelta(seconds=30)
#: How long work is remembered.
KEPT = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class BackgroundRun:
    """The state of some work. `body` is what its kind tells of it, as JSON; `person` began it."""

    id: str
    kind: str
    person: str
    running: bool
    body: str
    begun_at: datetime
    seen_at: datetime  #: when whoever does it wrote last

    def died(self, now: datetime) -> bool:
        """Tell whether the process that did the work is gone."""
        return self.running and now - self.seen_at > DEAD_AFTER


class BackgroundRuns(Protocol):
    """Every method is one transaction."""

    def begin(self, run: BackgroundRun) -> None:
        """Keep new work, and forget what is older than `KEPT`."""
        ...

    def beat(self, id: str, body: str, now: datetime) -> bool:
        """Write how far work is; tells whether it is to end early."""
        ...

    def end(self, id: str, body: str, now: datetime) -> None:
        """Write how work ended."""
        ...

    def get(self, id: str) -> BackgroundRun | None:
        """Return work."""
        ...

    def recent(self, kind: str, limit: int) -> Sequence[BackgroundRun]:
        """Return the latest work of a kind, the newest first."""
        ...

    def cancel(self, id: str) -> None:
        """Ask whoever does the work to end it early."""
        ...
