"""A team's history from another system, line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidTransition
from copilot.people.person import Person
from copilot.suggesting.outlook.history_row import read_transition
from copilot.suggesting.outlook.move import Transition
from copilot.suggesting.outlook.store import TransitionStore
from copilot.transaction import Transactions


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of the lines."""

    kept: int
    known: int  #: kept before, by this import or another
    faults: Mapping[int, InvalidTransition]  #: by place among the lines, from 0


class HistoryImport:
    """Good lines are kept, bad ones told; the same file again changes nothing."""

    def __init__(
        self,
        *,
        store: TransitionStore,
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._transactions = transactions
        self._audit = audit
        self._now = now

    def keep(self, rows: Sequence[Mapping[str, object]], *, person: Person, surface: Surface) -> Imported:
        """Keep the moves of these lines, all in one transaction."""
        now = self._now()
        faults: dict[int, InvalidTransition] = {}
        read: list[Transition] = []
        for place, row in enumerate(rows):
            try:
                read.append(read_transition(row, now))
            except InvalidTransition as error:
                faults[place] = error
        if not read:
            return Imported(kept=0, known=0, faults=faults)
        with self._transactions.begin() as transaction:
            kept = sum([self._store.add(transaction, one) for one in read])
            event = Event(
                action="history.imported",
                actor=person.id,
                subject="accounts",
                surface=surface,
                at=now,
                details={"kept": kept, "known": len(read) - kept, "failed": len(faults)},
            )
            self._audit.append(transaction, event)
        return Imported(kept=kept, known=len(read) - kept, faults=faults)
