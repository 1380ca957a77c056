"""Port: where schedules and their runs are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from copilot.scheduling.schedule import Run, Schedule, ScheduleId
from copilot.transaction import Transaction

#: A worker that has not told in this time what became of a run is taken for dead. A digest takes seconds.
LEASE = timedelta(minutes=10)


class ScheduleStore(Protocol):
    """A schedule is in the hands of one worker at a time, and has one run for each due time."""

    def add(self, transaction: Transaction, schedule: Schedule) -> Schedule:
        """Keep a new schedule, or return the one with the same person, scope, channel and destination."""
        ...

    def change(self, transaction: Transaction, schedule: Schedule) -> None:
        """Keep the new state of a schedule."""
        ...

    def remove(self, transaction: Transaction, id: ScheduleId) -> None:
        """Forget a schedule and its runs; its drafts stay."""
        ...

    def lock(self, transaction: Transaction, id: ScheduleId) -> Schedule | None:
        """Return a schedule for changing: others who want to change it wait for the end of the transaction."""
        ...

    def claim(self, transaction: Transaction, now: datetime, leased_until: datetime, worker: str) -> Schedule | None:
        """Lease one enabled schedule that is due, the longest due first; no two workers get the same.

        A lease that has run out counts for nothing, nor does one that ends more than a whole lease after the one asked
        for: it can only come from a clock that was wrong.
        """
        ...

    def begin(self, transaction: Transaction, run: Run) -> bool:
        """Keep a new run; False, and nothing is kept, when the schedule has one of this due time."""
        ...

    def settle(self, transaction: Transaction, run: Run) -> None:
        """Keep the new state of a run."""
        ...

    def unfinished(self, transaction: Transaction, id: ScheduleId) -> Run | None:
        """Return the oldest run that was begun and has no outcome."""
        ...

    def last(self, transaction: Transaction, id: ScheduleId) -> Run | None:
        """Return the run with the latest due time."""
        ...

    def run(self, id: ScheduleId, due_at: datetime) -> Run | None:
        """Return the run of a due time."""
        ...

    def decided(self, limit: int) -> Sequence[Run]:
        """Return runs that wait for a person and whose draft is no longer open, oldest first."""
        ...

    def get(self, id: ScheduleId) -> Schedule | None:
        """Return a schedule."""
        ...

    def list(self) -> Sequence[Schedule]:
        """Return all schedules, by person and id."""
        ...

    def runs(self, id: ScheduleId, limit: int) -> Sequence[Run]:
        """Return runs of a schedule, the newest first."""
        ...
