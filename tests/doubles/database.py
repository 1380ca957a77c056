"""A database in memory: what a transaction changed is taken back when it fails."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from copilot.accounts.account import Account, AccountId
from copilot.accounts.signal import Signal, SignalId
from copilot.answering.pin import Pin
from copilot.approval.decision import Decision, Delegation
from copilot.approval.outcome import DraftOutcome
from copilot.audit.entry import BEGINNING, Entry
from copilot.curating.evaluation_question import EvaluationQuestion
from copilot.curating.gap import Gap, GapId, Observation
from copilot.curating.publishing.notice import Notice
from copilot.curating.publishing.publication import Publication
from copilot.curating.wording_store import Wording
from copilot.delivery.delivery import Delivery
from copilot.drafting.draft import Draft, DraftId, Revision
from copilot.people.throttle import Strikes
from copilot.scheduling.schedule import Run, Schedule, ScheduleId
from copilot.suggesting.outlook.move import Transition
from copilot.suggesting.suggestion import Reaction, Suggestion, SuggestionId
from copilot.transaction import Transaction


@dataclass
class InMemoryDatabase:
    """Every table of the stores in `tests/doubles/approval.py`, `audit.py`, `outbox.py` and others."""

    accounts: dict[AccountId, Account] = field(default_factory=dict)
    signals: dict[tuple[AccountId, SignalId], Signal] = field(default_factory=dict)
    suggestions: dict[SuggestionId, Suggestion] = field(default_factory=dict)
    reactions: list[Reaction] = field(default_factory=list)
    drafts: dict[DraftId, Draft] = field(default_factory=dict)
    revisions: dict[tuple[DraftId, int], Revision] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    delegations: dict[tuple[str, str], Delegation] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    head: tuple[int, str] = (0, BEGINNING)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    transitions: dict[str, Transition] = field(default_factory=dict)
    schedules: dict[ScheduleId, Schedule] = field(default_factory=dict)
    schedule_runs: dict[tuple[ScheduleId, datetime], Run] = field(default_factory=dict)
    gaps: dict[GapId, Gap] = field(default_factory=dict)
    gap_observations: dict[str, tuple[GapId, Observation, bool]] = field(default_factory=dict)
    gaps_merged: dict[GapId, GapId] = field(default_factory=dict)
    wordings: dict[str, Wording] = field(default_factory=dict)
    reply_queue: dict[str, None] = field(default_factory=dict)
    draft_outcomes: dict[tuple[DraftId, int], DraftOutcome] = field(default_factory=dict)
    publications: dict[tuple[str, int], Publication] = field(default_factory=dict)
    leases: dict[tuple[str, int], datetime] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    sending: dict[str, tuple[datetime | None, int]] = field(default_factory=dict)
    kept_questions: dict[str, EvaluationQuestion] = field(default_factory=dict)
    pins: dict[str, Pin] = field(default_factory=dict)
    sign_in_failures: dict[str, tuple[Strikes, datetime]] = field(default_factory=dict)


class InMemoryTransaction:
    """Implements `Transaction`."""


class InMemoryTransactions:
    """Implements `Transactions`: one at a time."""

    def __init__(self, database: InMemoryDatabase | None = None) -> None:
        self._database = database or InMemoryDatabase()
        self._turn = threading.Lock()

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Keep what the block changed, or nothing of it when it raises."""
        with self._turn:
            before = {name: copy.copy(value) for name, value in vars(self._database).items()}
            try:
                yield InMemoryTransaction()
            except BaseException:
                vars(self._database).update(before)
                raise
