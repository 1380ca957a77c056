"""From the queue of replies into gaps: every miss once, whoever was killed in between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from copilot.accounts.account import Account, AccountId
from copilot.accounts.stage import stage_reading
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.curating.gap import GapId, GapStatus, Observation
from copilot.curating.gap_store import GapStore
from copilot.curating.known_wordings import KnownWordings
from copilot.curating.miss import GivenReply, ReplyQueue, observations_of, possible_ids
from copilot.curating.ownership import Ownership
from copilot.transaction import Transaction, Transactions
from knowledge.document import DocumentId, content_hash
from knowledge.embedder import Vectors

_log = logging.getLogger(__name__)

#: Replies that are embedded together; each is then put in its place in a transaction of its own.
_AT_ONCE = 32
#: Characters of a question that are compared and kept; longer ones are pasted material.
_LONGEST = 500


class GapCollector:
    """May run in any number of processes; they take turns."""

    def __init__(
        self,
        *,
        queue: ReplyQueue,
        gaps: GapStore,
        wordings: KnownWordings,
        ownership: Ownership,
        accounts: Callable[[AccountId], Account | None],
        transactions: Transactions,
        audit: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`accounts` gives a record as of now."""
        self._queue = queue
        self._gaps = gaps
        self._wordings = wordings
        self._ownership = ownership
        self._accounts = accounts
        self._transactions = transactions
        self._audit = audit
        self._now = now
        self._broken: frozenset[str] = frozenset()

    def step(self) -> bool:
        """Put what waits into gaps, some of it at a time; False when nothing waited."""
        return self.collect(_AT_ONCE) > 0

    def collect(self, most: int) -> int:
        """Put up to so many replies into gaps; returns how many were looked at.

        One that cannot be handled is logged and waits for the next start; it holds up no other.
        """
        done = 0
        while done < most and (replies := self._queue.waiting(min(_AT_ONCE, most - done), self._broken)):
            texts = dict.fromkeys(text for reply in replies for text in _texts(reply))
            vectors = self._wordings.meanings(list(texts))
            for reply in replies:
                self._handle(reply, vectors)
            done += len(replies)
        return done

    def record(self, observation: Observation) -> GapId:
        """Put a miss that no reply shows into its gap; the same again changes nothing."""
        observation = replace(observation, question=_shortened(observation.question))
        vectors = self._wordings.meanings([observation.question])
        try:
            with self._transactions.begin() as transaction:
                self._gaps.alone(transaction)
                self._place(transaction, observation, vectors)
                gap = self._gaps.find(transaction, observation.id)
        except Exception:
            self._wordings.forget()
            raise
        if gap is None:
            raise LookupError(f"observation {observation.id!r} has no gap")
        return gap

    def _handle(self, reply: GivenReply, vectors: dict[str, Vectors]) -> None:
        try:
            with self._transactions.begin() as transaction:
                self._gaps.alone(transaction)
                now = self._queue.take(transaction, reply.answer_id)
                if now is not None:
                    self._place_all(transaction, now, vectors)
        except Exception:  # noqa: BLE001  # a job's boundary: one reply must not hold up the others
            _log.exception("reply %s cannot be put into a gap; it waits for the next start", reply.answer_id)
            self._broken |= {reply.answer_id}
            self._wordings.forget()

    def _place_all(self, transaction: Transaction, reply: GivenReply, vectors: dict[str, Vectors]) -> None:
        found = [replace(one, question=_shortened(one.question)) for one in observations_of(reply)]
        for observation in found:
            self._place(transaction, observation, vectors)
        for id in set(possible_ids(reply)) - {one.id for one in found}:
            self._gaps.withdraw(transaction, id)

    def _place(self, transaction: Transaction, observation: Observation, vectors: dict[str, Vectors]) -> None:
        if self._gaps.find(transaction, observation.id) is not None:
            self._gaps.refresh(transaction, observation)
            return
        if self._gaps.repeated(transaction, observation):
            return
        vector = vectors[observation.question]
        known = self._standing(transaction, self._wordings.find(transaction, observation.question, vector))
        gap = known or GapId(content_hash(observation.id.encode())[:12])
        self._gaps.add(transaction, replace(observation, stage=self._stage(observation)), gap)
        new_wording = self._wordings.keep(transaction, gap, observation.question, vector)
        if known is None:
            owner = self._ownership.owner_of(_document(observation))
            if owner is not None:
                self._gaps.change(transaction, gap, owner=owner)
            return
        if new_wording and (question := self._wordings.most_like_all(transaction, gap)):
            self._gaps.change(transaction, gap, question=question)
        self._reopen(transaction, gap, observation)

    def _standing(self, transaction: Transaction, id: GapId | None) -> GapId | None:
        """Return the gap that a wording is asked in now: its own may have been merged into another."""
        gap = None if id is None else self._gaps.lock(transaction, id)
        return id if gap is None else gap.id

    def _reopen(self, transaction: Transaction, id: GapId, observation: Observation) -> None:
        """What was answered and is missed again needs another look; what was dismissed does not."""
        gap = self._gaps.lock(transaction, id)
        if gap is None or gap.status is not GapStatus.ANSWERED:
            return
        if gap.changed_at is not None and observation.at <= gap.changed_at:
            return
        self._gaps.change(transaction, id, status=GapStatus.OPEN)
        event = Event(
            action="gap.reopened",
            actor="system",
            subject=id,
            surface=Surface.WORKER,
            at=self._now(),
            details={"observation": observation.id, "kind": observation.kind.value},
        )
        self._audit.append(transaction, event)

    def _stage(self, observation: Observation) -> str | None:
        """Return the stage of the account, else the first of those that the closest document is for."""
        account = self._accounts(AccountId(observation.account_id)) if observation.account_id else None
        stage = stage_reading(account).stage if account else None
        if stage is not None:
            return stage.value
        stored = self._ownership.document(_document(observation))
        return next(iter(stored.document.metadata.stages), None) if stored else None


def _document(observation: Observation) -> DocumentId | None:
    return None if observation.document_id is None else DocumentId(observation.document_id)


def _texts(reply: GivenReply) -> Sequence[str]:
    """Return everything that may become the question of an observation, whatever is said meanwhile."""
    return [_shortened(text) for text in (reply.question, *reply.missing)]


def _shortened(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
