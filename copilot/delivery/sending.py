"""Sending one delivery: claim it, check everything anew, send, and keep how it went."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from copilot.approval.approved import ApprovedRevision
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.delivery.checks import DeliveryChecks
from copilot.delivery.delivery import Delivery, DeliveryStatus
from copilot.delivery.outbox import Outbox
from copilot.delivery.schedule import LEASE, MOST_ATTEMPTS, wait_after
from copilot.delivery.service import delivery_event
from copilot.drafting.draft import DraftStatus
from copilot.drafting.store import DraftStore
from copilot.errors import ChannelUnavailable, DeliveryRefused
from copilot.telemetry.context import about, request_id
from copilot.telemetry.logs import log_event
from copilot.transaction import Transaction, Transactions
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

#: Where nobody pressed Enter.
_ACTOR = "system"
#: What a person finds of an error that nobody foresaw; the cause is in the log.
_UNEXPECTED = "internal_error"
#: How often it is tried to note what came of an attempt while the database is away, and what is left of the lease then.
_NOTING_EVERY_S = 1.0
_NOTING_SPARES = timedelta(minutes=1)


class Sending:
    """One step of a worker; several may run at once, here or elsewhere, on one outbox."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        drafts: DraftStore,
        checks: DeliveryChecks,
        outbox: Outbox,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` counts seconds, whatever is done to the wall clock; `pause` waits so many."""
        self._transactions = transactions
        self._drafts = drafts
        self._checks = checks
        self._outbox = outbox
        self._audit = audit
        self._now = now
        self._chance = chance
        self._clock = clock
        self._pause = pause

    def step(self) -> bool:
        """Try one delivery that is due; False when none is."""
        now = self._now()
        with self._transactions.begin() as transaction:
            claimed = self._outbox.claim(transaction, now, now + LEASE, 1)
        for delivery in claimed:  # one at most: a lease covers one attempt
            with about({"request": request_id(None), "draft": delivery.draft_id, "delivery": delivery.id}):
                self._attempt(delivery)
        return bool(claimed)

    def _attempt(self, delivery: Delivery) -> None:
        outcome = self._tried(delivery)
        if outcome is not None:
            self._noted(delivery, outcome)

    def _tried(self, delivery: Delivery) -> Callable[[], None] | None:
        """Try it, and return how to note what came of it; None: it is no longer ours."""
        if delivery.attempts > MOST_ATTEMPTS:  # every attempt before took the process with it
            reason = "Every attempt ended without a result."
            return partial(self._settle, delivery, DeliveryStatus.DEAD, _UNEXPECTED, reason)
        try:
            self._checks.look(delivery.channel, delivery.destination)
            approved = self._checked(delivery)
            if approved is None:
                return None
            receipt = self._checks.channel(delivery.channel).send(approved, delivery.destination, delivery.id)
        except ChannelUnavailable as error:
            return partial(self._failed, delivery, error.code, error.message, error.retry_after_s)
        except DeliveryRefused as error:
            return partial(self._settle, delivery, DeliveryStatus.DEAD, error.code, error.message)
        except ReportableError as error:
            if error.retryable:  # a store that is not there right now says nothing about the delivery
                return partial(self._failed, delivery, error.code, error.message)
            return partial(self._settle, delivery, DeliveryStatus.BLOCKED, error.code, error.message)
        except Exception as error:  # noqa: BLE001  # the delivery's boundary: the others must go on
            _log.exception("delivery %s failed unexpectedly", delivery.id)
            reason = f"Unexpected: {type(error).__name__}. The log has the cause."
            return partial(self._failed, delivery, _UNEXPECTED, reason)
        return partial(self._sent, delivery, receipt)

    def _noted(self, delivery: Delivery, note: Callable[[], None]) -> None:
        """Note what came of it, also when the database is away just now: not noted, it would be sent again, or wait.

        Tries no longer than the lease lasts; then another attempt under the same key finds out.
        """
        ends = self._clock() + (LEASE - _NOTING_SPARES).total_seconds()
        while True:
            try:
                note()
            except ReportableError as error:
                if not error.retryable or self._clock() >= ends:
                    raise
                _log.warning("what came of delivery %s cannot be noted yet: %s", delivery.id, error.message)
                self._pause(_NOTING_EVERY_S)
            else:
                return

    def _checked(self, delivery: Delivery) -> ApprovedRevision | None:
        """Check in one transaction everything that was checked when it was asked for; None: it is no longer ours."""
        with self._transactions.begin() as transaction:
            # Draft before delivery, everywhere: those who lock in one order never wait in a circle.
            self._drafts.lock(transaction, delivery.draft_id)
            if not self._ours(transaction, delivery):
                return None
            return self._checks.still_hold(transaction, delivery)

    def _ours(self, transaction: Transaction, delivery: Delivery) -> bool:
        """Tell whether nobody has claimed it since: only then may a failure be told of it."""
        kept = self._outbox.lock(transaction, delivery.id)
        return kept is not None and (kept.status, kept.attempts, kept.leased_until) == (
            DeliveryStatus.SENDING,
            delivery.attempts,
            delivery.leased_until,
        )

    def _sent(self, delivery: Delivery, receipt: str) -> None:
        """Keep that it has left, whoever else has claimed it or given it up meanwhile: it is true."""
        now = self._now()
        with self._transactions.begin() as transaction:
            draft = self._drafts.lock(transaction, delivery.draft_id)
            kept = self._outbox.lock(transaction, delivery.id)
            if kept is None or kept.status is DeliveryStatus.SENT:
                return
            sent = replace(
                kept,
                status=DeliveryStatus.SENT,
                leased_until=None,
                code=None,
                detail=None,
                receipt=receipt,
                sent_at=now,
            )
            self._outbox.update(transaction, sent)
            # A revision written since then is open and stays so.
            if draft is not None and draft.revision == sent.revision and draft.status is DraftStatus.APPROVED:
                self._drafts.set_status(transaction, sent.draft_id, DraftStatus.DELIVERED, now)
            self._audit.append(transaction, delivery_event("sent", sent, _ACTOR, Surface.WORKER, now))
        _tell(logging.INFO, delivery, "sent")

    def _failed(self, delivery: Delivery, code: str, detail: str, asked_s: float | None = None) -> None:
        """Try again later, or give up."""
        if delivery.attempts >= MOST_ATTEMPTS:
            self._settle(delivery, DeliveryStatus.DEAD, code, detail)
            return
        due_at = self._now() + wait_after(delivery.attempts, self._chance(), asked_s)
        with self._transactions.begin() as transaction:
            if self._ours(transaction, delivery):
                later = replace(
                    delivery,
                    status=DeliveryStatus.QUEUED,
                    leased_until=None,
                    due_at=due_at,
                    code=code,
                    detail=detail,
                )
                self._outbox.update(transaction, later)
        _tell(logging.WARNING, delivery, "failed", code)

    def _settle(self, delivery: Delivery, status: DeliveryStatus, code: str, detail: str) -> None:
        """Stop trying, with the reason."""
        with self._transactions.begin() as transaction:
            if self._ours(transaction, delivery):
                ended = replace(delivery, status=status, leased_until=None, code=code, detail=detail)
                self._outbox.update(transaction, ended)
                event = delivery_event(status.value, ended, _ACTOR, Surface.WORKER, self._now())
                self._audit.append(transaction, event)
        _tell(logging.ERROR, delivery, status.value, code)


def _tell(level: int, delivery: Delivery, outcome: str, code: str | None = None) -> None:
    """Log what became of an attempt; where to is personal data and stands in the outbox."""
    log_event(
        _log,
        level,
        "delivery",
        f"a delivery by {delivery.channel} {outcome}" + (f": {code}" if code else ""),
        channel=delivery.channel,
        outcome=outcome,
        attempt=delivery.attempts,
        code=code,
    )
