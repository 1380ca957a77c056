"""One step of a worker: claim a schedule that is due, draft, have it approved, hand it to the outbox, keep how it went.

A run is begun in the commit that claims it and has the id of its draft in itself, so a worker that is killed anywhere
leaves what the next one goes on with: the same run, the same draft, the same delivery (J3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4, uuid5

from copilot.approval.service import Decided
from copilot.audit.entry import Detail, Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.delivery.delivery import ChannelName, Delivery
from copilot.drafting.draft import Draft, DraftId, DraftStatus
from copilot.drafting.store import DraftStore
from copilot.errors import NotPermitted
from copilot.insight.digest_service import DigestService
from copilot.insight.period import Period
from copilot.insight.week import Covered, before_due
from copilot.people.person import Person
from copilot.scheduling.schedule import Outcome, Run, Schedule
from copilot.scheduling.store import LEASE, ScheduleStore
from copilot.transaction import Transaction, Transactions
from knowledge.document import Audience
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)
#: Where nobody pressed Enter.
_ACTOR = "system"
_MOST_ATTEMPTS = 5
#: Between two attempts of one run; a database that is away needs no more patience.
_AGAIN = timedelta(minutes=2)
_AT_ONCE = 20
#: Runs among which the last one of the schedule's own times is looked for, behind those that people asked for.
_LOOKED_BACK = 50
#: The namespace of drafts that a schedule made (RFC 9562, version 5).
_DRAFTS = UUID("b1d0f6a2-6d5b-5d0c-8f5e-2f4f4a7b9c11")
_UNEXPECTED = "internal_error"


class Approving(Protocol):
    """The part of the approval service that schedules ask."""

    def approve_by_policy(self, id: DraftId, channel: str, *, internal: bool) -> Decided | None:
        """Approve where a rule of the policy says so; None where a person has to."""
        ...


class Delivers(Protocol):
    """The part of the delivery service that schedules ask."""

    def request(
        self,
        draft_id: DraftId,
        channel: ChannelName,
        destination: str,
        person: Person,
        surface: Surface,
        *,
        revision: int | None = None,
    ) -> Delivery:
        """Have a revision sent; asking again returns the delivery there is."""
        ...


class Running:
    """Runs what is due; several may at once, here or elsewhere, on one store."""

    def __init__(
        self,
        *,
        store: ScheduleStore,
        transactions: Transactions,
        audit: AuditLog,
        digests: DigestService,
        drafts: DraftStore,
        approvals: Approving,
        deliveries: Delivers,
        audience: Callable[[ChannelName, str], Audience],
        person_of: Callable[[str], Person],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        worker: str | None = None,
    ) -> None:
        """`audience` tells who reads at a destination now; `worker` names this one in leases."""
        self._store = store
        self._transactions = transactions
        self._audit = audit
        self._digests = digests
        self._drafts = drafts
        self._approvals = approvals
        self._deliveries = deliveries
        self._audience = audience
        self._person_of = person_of
        self._now = now
        self._worker = worker or uuid4().hex

    def step(self) -> bool:
        """Run one schedule that is due, or send what people have approved since; False when there is nothing."""
        now = self._now()
        with self._transactions.begin() as transaction:
            claimed = self._store.claim(transaction, now, now + LEASE, self._worker)
            run = None if claimed is None else self._begun(transaction, claimed, now)
        if claimed is None:
            return self._send_approved()
        if run is not None:
            self._attempt(claimed, run)
        return True

    def run_now(self, schedule: Schedule) -> Run:
        """Run a schedule outside its times, for the seven days before today; returns what came of it."""
        now = self._now()
        run = replace(self._new(schedule, [now], now), asked=True)
        with self._transactions.begin() as transaction:
            self._store.begin(transaction, run)
        self._attempt(schedule, run, asked=True)
        return self._store.run(schedule.id, run.due_at) or run

    def _begun(self, transaction: Transaction, schedule: Schedule, now: datetime) -> Run | None:
        """Return the run to go on with, or begin one for all due times that have passed.

        What has run once is never due again, also when the clock is put back: times up to the last run are skipped.
        """
        unfinished = self._store.unfinished(transaction, schedule.id)
        if unfinished is not None:
            tried = replace(unfinished, attempts=unfinished.attempts + 1)
            self._store.settle(transaction, tried)
            return tried
        last, first = self._store.last(transaction, schedule.id), schedule.next_due_at
        if last is not None and last.asked:
            last = next((one for one in self._store.runs(schedule.id, _LOOKED_BACK) if not one.asked), None)
        if last is not None and first <= last.due_at:
            first = schedule.weekly.after(last.due_at)
        if first > now:
            self._store.change(transaction, _freed(schedule, first))
            return None
        run = self._new(schedule, schedule.weekly.until(first, now), now)
        self._store.begin(transaction, run)
        return run

    def _new(self, schedule: Schedule, due: Sequence[datetime], now: datetime) -> Run:
        first, last = (_last_begun(schedule, one) for one in (due[0], due[-1]))
        covered = before_due(first, last, len(due) - 1)
        return Run(
            schedule_id=schedule.id,
            due_at=due[-1],
            since=covered.period.since,
            until=covered.period.until,
            missed=covered.missed,
            attempts=1,
            at=now,
        )

    def _attempt(self, schedule: Schedule, run: Run, *, asked: bool = False) -> None:
        """Take a run to its outcome, or leave it for another attempt."""
        last = asked or run.attempts >= _MOST_ATTEMPTS
        try:
            ended = self._made(schedule, run)
        except ReportableError as error:
            if error.retryable and not last:
                self._later(schedule)
                return
            ended = self._ended(run, Outcome.FAILED, f"{error.code}: {error.message}")
        except Exception as error:  # noqa: BLE001  # the schedule's boundary: the others must go on
            _log.exception("schedule %s failed unexpectedly", schedule.id)
            if not last:
                self._later(schedule)
                return
            detail = f"{_UNEXPECTED}: {type(error).__name__}. The log has the cause."
            ended = self._ended(run, Outcome.FAILED, detail)
        self._keep(schedule, ended, moves_on=not asked)

    def _made(self, schedule: Schedule, run: Run) -> Run:
        person = self._person_of(schedule.person)
        if not person.active:
            return self._ended(run, Outcome.PAUSED, _left(person))
        try:
            draft = self._drafted(schedule, run, person)
        except NotPermitted as error:
            return self._ended(run, Outcome.PAUSED, f"{error.code}: {error.message}")
        drafted = replace(run, draft_id=draft.id)
        channel = schedule.channel or ChannelName.FILE  # what is sent nowhere stays inside as a file would
        internal = schedule.channel is None or self._audience(channel, schedule.destination) is Audience.INTERNAL
        approved = self._approvals.approve_by_policy(draft.id, channel.value, internal=internal)
        status = approved.draft.status if approved else draft.status
        if status is DraftStatus.OPEN:
            return self._ended(drafted, Outcome.WAITING)
        return self._sent(schedule, drafted, person, status)

    def _drafted(self, schedule: Schedule, run: Run, person: Person) -> Draft:
        """Return the draft of a run; who went on with it does not write it anew."""
        id = DraftId(str(uuid5(_DRAFTS, f"{schedule.id}\n{run.due_at.astimezone(UTC).isoformat()}")))
        covered = Covered(period=Period(since=run.since, until=run.until), missed=run.missed)
        kept = self._drafts.get(id)
        if kept is not None:
            return kept
        made = self._digests.make(person, schedule.scope, covered, schedule.language, surface=Surface.WORKER, id=id)
        return made.draft

    def _sent(self, schedule: Schedule, run: Run, person: Person, status: DraftStatus) -> Run:
        """Hand a decided draft to the outbox; asking again changes nothing."""
        if status in (DraftStatus.REJECTED, DraftStatus.EXPIRED):
            return self._ended(run, Outcome.REJECTED, status.value)
        if schedule.channel is None or run.draft_id is None:
            return self._ended(run, Outcome.KEPT)
        try:
            delivery = self._deliveries.request(
                DraftId(run.draft_id), schedule.channel, schedule.destination, person, Surface.WORKER
            )
        except ReportableError as error:
            if error.retryable:
                raise
            return self._ended(run, Outcome.BLOCKED, f"{error.code}: {error.message}")
        return self._ended(replace(run, delivery_id=delivery.id), Outcome.QUEUED)

    def _send_approved(self) -> bool:
        """Send what waited for a person and has been decided."""
        done = False
        for run in self._store.decided(_AT_ONCE):
            schedule, draft = self._store.get(run.schedule_id), self._drafts.get(DraftId(run.draft_id or ""))
            if schedule is None or draft is None:
                continue
            person = self._person_of(schedule.person)
            try:
                if person.active:
                    ended = self._sent(schedule, run, person, draft.status)
                else:
                    ended = self._ended(run, Outcome.PAUSED, _left(person))
            except ReportableError:  # retryable: the next look tries again
                continue
            self._keep(schedule, ended, moves_on=False)
            done = True
        return done

    def _ended(self, run: Run, outcome: Outcome, detail: str | None = None) -> Run:
        return replace(run, outcome=outcome, detail=detail, at=self._now())

    def _later(self, schedule: Schedule) -> None:
        """Leave a run as it is, and the schedule to whoever comes after a while."""
        with self._transactions.begin() as transaction:
            kept = self._store.lock(transaction, schedule.id)
            if kept is not None and kept.leased_by == self._worker:
                later = replace(kept, leased_until=self._now() + _AGAIN, leased_by=None)
                self._store.change(transaction, later)

    def _keep(self, schedule: Schedule, run: Run, *, moves_on: bool) -> None:
        """Keep the outcome, once: whoever was slower than another worker finds it told."""
        with self._transactions.begin() as transaction:
            kept = self._store.lock(transaction, schedule.id)
            if kept is None:  # it was removed meanwhile
                return
            code = run.outcome.value if run.detail is None else f"{run.outcome.value}: {run.detail}"
            told = replace(kept, last_run_at=run.at, last_outcome=code)
            if moves_on:
                if kept.leased_by != self._worker:
                    return
                told = _freed(told, kept.next_due_at if run.asked else kept.weekly.after(run.due_at))
            if run.outcome is Outcome.PAUSED:
                told = replace(told, enabled=False, reason=run.detail)
            self._store.settle(transaction, run)
            self._store.change(transaction, told)
            details: dict[str, Detail] = {
                "due_at": run.due_at.astimezone(UTC).isoformat(),
                "outcome": run.outcome.value,
                "draft": run.draft_id,
                "delivery": run.delivery_id,
                "missed": run.missed,
                "code": None if run.detail is None else run.detail.partition(":")[0],
            }
            event = Event(
                action="schedule.ran",
                actor=_ACTOR,
                subject=schedule.id,
                surface=Surface.WORKER,
                at=run.at,
                details=details,
            )
            self._audit.append(transaction, event)


def _freed(schedule: Schedule, next_due_at: datetime) -> Schedule:
    return replace(schedule, next_due_at=next_due_at, leased_until=None, leased_by=None)


def _last_begun(schedule: Schedule, due: datetime) -> date:
    """Return the local day of a due time, or the day of UTC while the local one has not begun there.

    Days are counted in UTC: on one that is not over, what happens until its end would be in no digest at all.
    """
    return min(schedule.weekly.day(due), due.astimezone(UTC).date())


def _left(person: Person) -> str:
    return f"person_left: {person.id!r} has left"
