"""Gaps, their wordings and the queue before them, in memory."""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from copilot.approval.outcome import DraftOutcome
from copilot.curating.gap import Gap, GapId, GapStatus, Observation
from copilot.curating.miss import NOT_GAPS, GivenReply
from copilot.curating.sameness import key_of
from copilot.curating.wording_store import Wording
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase

_CLOSED = (GapStatus.ANSWERED, GapStatus.DISMISSED)
_Word = TypeVar("_Word", bound=str)


class InMemoryGapStore:
    """Implements `GapStore`."""

    def __init__(self, database: InMemoryDatabase, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    def add(self, transaction: Transaction, observation: Observation, gap: GapId) -> bool:
        """Put an observation into a gap."""
        if observation.id in self._database.gap_observations:
            return False
        if gap not in self._database.gaps:
            self._database.gaps[gap] = Gap(
                id=gap,
                question=observation.question,
                language=observation.language,
                status=GapStatus.OPEN,
                observations=0,
                askers=0,
                stages=[],
                kinds=[],
                first_at=observation.at,
                last_at=observation.at,
                document_id=observation.document_id,
            )
        self._database.gap_observations[observation.id] = (gap, observation, True)
        return True

    def lock(self, transaction: Transaction, id: GapId) -> Gap | None:
        """Return a gap; only one transaction runs at a time."""
        return self.get(id)

    def change(
        self,
        transaction: Transaction,
        id: GapId,
        *,
        status: GapStatus | None = None,
        owner: str | None = None,
        draft_id: str | None = None,
        published_id: str | None = None,
        reason: str | None = None,
        question: str | None = None,
        language: str | None = None,
        former_owner: str | None = None,
    ) -> None:
        """Change what is named."""
        gap = self._database.gaps[id]
        if status is not None and status is not gap.status:
            reopened = status is GapStatus.OPEN and gap.status in _CLOSED
            gap = replace(gap, changed_at=self._now(), reopened_at=self._now() if reopened else gap.reopened_at)
        self._database.gaps[id] = replace(
            gap,
            status=status or gap.status,
            owner=gap.owner if owner is None else owner or None,
            draft_id=draft_id or gap.draft_id,
            published_id=published_id or gap.published_id,
            reason=reason or gap.reason,
            question=question or gap.question,
            language=language or gap.language,
            former_owner=gap.former_owner if former_owner is None else former_owner or None,
        )

    def merge(self, transaction: Transaction, id: GapId, into: GapId) -> None:
        """Move all observations of a gap to another."""
        for name, (gap, one, counts) in self._database.gap_observations.items():
            if gap == id:
                self._database.gap_observations[name] = (into, one, counts)
        before = {old: into if new == id else new for old, new in self._database.gaps_merged.items()}
        self._database.gaps_merged = {**before, id: into}

    def alone(self, transaction: Transaction) -> None:
        """Only one transaction runs at a time."""

    def find(self, transaction: Transaction, observation: str) -> GapId | None:
        """Return the gap that an observation was put into."""
        kept = self._database.gap_observations.get(observation)
        return kept[0] if kept else None

    def repeated(self, transaction: Transaction, observation: Observation) -> bool:
        """Tell whether it was asked before in its conversation."""
        if observation.conversation_id is None:
            return False
        return any(
            counts
            and one.id != observation.id
            and one.kind is observation.kind
            and one.conversation_id == observation.conversation_id
            and key_of(one.question) == key_of(observation.question)
            for _, one, counts in self._database.gap_observations.values()
        )

    def refresh(self, transaction: Transaction, observation: Observation) -> None:
        """Keep what was said since."""
        gap, one, _ = self._database.gap_observations[observation.id]
        said = replace(one, reason=observation.reason, comment=observation.comment)
        self._database.gap_observations[observation.id] = (gap, said, True)

    def withdraw(self, transaction: Transaction, observation: str) -> None:
        """Let an observation count no more."""
        kept = self._database.gap_observations.get(observation)
        if kept:
            self._database.gap_observations[observation] = (kept[0], kept[1], False)

    def get(self, id: GapId) -> Gap | None:
        """Return one gap."""
        gap = self._database.gaps.get(self._database.gaps_merged.get(id, id))
        return self._counted(gap) if gap else None

    def list(self, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return gaps, those that most people asked first."""
        found = [self._counted(gap) for gap in self._database.gaps.values() if status in (None, gap.status)]
        by_id = sorted((gap for gap in found if gap.observations), key=lambda gap: gap.id)
        newest = sorted(by_id, key=lambda gap: gap.last_at, reverse=True)
        return sorted(newest, key=lambda gap: (-gap.askers, -gap.observations))[:limit]

    def of_person(self, person: str, status: GapStatus | None, limit: int) -> Sequence[Gap]:
        """Return the gaps that a person asked about or owns."""
        every = self.list(status, len(self._database.gaps))
        return [gap for gap in every if gap.owner == person or person in self.askers(gap.id)][:limit]

    def by_draft(self, draft_id: str) -> Gap | None:
        """Return the gap that a draft answers."""
        return next((self.get(gap.id) for gap in self._database.gaps.values() if gap.draft_id == draft_id), None)

    def observations(self, id: GapId, limit: int) -> Sequence[Observation]:
        """Return observations of a gap, the newest first."""
        by_id = sorted(self._of(id), key=lambda one: one.id)
        return sorted(by_id, key=lambda one: one.at, reverse=True)[:limit]

    def last_asked(self, person: str, ids: Collection[GapId]) -> Mapping[GapId, Observation]:
        """Return the newest observation of a person in each of these gaps."""
        theirs = {id: [one for one in self.observations(id, 10_000) if one.person == person] for id in ids}
        return {id: seen[0] for id, seen in theirs.items() if seen}

    def askers(self, id: GapId) -> Sequence[str]:
        """Return everybody who asked, by their first observation."""
        return builtins.list(dict.fromkeys(one.person for one in sorted(self._of(id), key=lambda o: (o.at, o.person))))

    def _of(self, id: GapId) -> builtins.list[Observation]:
        return [one for gap, one, counts in self._database.gap_observations.values() if gap == id and counts]

    def _counted(self, gap: Gap) -> Gap:
        seen = self._of(gap.id)
        return replace(
            gap,
            observations=len(seen),
            askers=len({one.person for one in seen}),
            stages=_most_frequent([one.stage for one in seen if one.stage]),
            kinds=_most_frequent([one.kind for one in seen]),
            first_at=min((one.at for one in seen), default=gap.first_at),
            last_at=max((one.at for one in seen), default=gap.last_at),
        )


def _most_frequent(values: Sequence[_Word]) -> builtins.list[_Word]:
    counts = Counter(values)
    return sorted(counts, key=lambda value: (-counts[value], value))


class InMemoryWordingStore:
    """Implements `WordingStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def gap(self, transaction: Transaction, key: str) -> GapId | None:
        """Return the gap that a wording belongs to."""
        kept = self._database.wordings.get(key)
        return kept.gap if kept else None

    def keep(self, transaction: Transaction, wording: Wording) -> None:
        """Keep a new wording."""
        self._database.wordings[wording.key] = replace(wording, number=self._next())

    def after(self, transaction: Transaction, number: int, model: str) -> Sequence[Wording]:
        """Return the wordings with a higher number whose vectors are of this model."""
        found = [one for one in self._database.wordings.values() if one.number > number and one.model == model]
        return sorted(found, key=lambda one: one.number)

    def of_other_models(self, model: str, limit: int) -> Sequence[Wording]:
        """Return wordings whose vectors are of another model."""
        return [one for one in self._database.wordings.values() if one.model != model][:limit]

    def renew(self, transaction: Transaction, wordings: Sequence[Wording]) -> None:
        """Put new vectors in place."""
        for one in wordings:
            self._database.wordings[one.key] = replace(one, number=self._next())

    def _next(self) -> int:
        return 1 + max((one.number for one in self._database.wordings.values()), default=0)


class InMemoryReplyQueue:
    """Implements `ReplyQueue`; `replies` is what stands, `put` has one looked at."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self.replies: dict[str, GivenReply] = {}
        self.refused: dict[str, int] = {}
        self._database = database

    def put(self, reply: GivenReply) -> None:
        """Let a reply stand as it is given, and have it looked at."""
        self.replies[reply.answer_id] = reply
        self._database.reply_queue[reply.answer_id] = None

    def waiting(self, limit: int, without: frozenset[str] = frozenset()) -> Sequence[GivenReply]:
        """Return replies that wait."""
        return [self.replies[id] for id in self._database.reply_queue if id not in without][:limit]

    def take(self, transaction: Transaction, answer_id: str) -> GivenReply | None:
        """Take a reply out of the queue."""
        if answer_id not in self._database.reply_queue:
            return None
        del self._database.reply_queue[answer_id]
        return self.replies[answer_id]

    def not_gaps(self, since: datetime) -> Mapping[str, int]:
        """Return what a test has put there."""
        return {reason: self.refused.get(reason, 0) for reason in NOT_GAPS}


class InMemoryDraftOutcomeStore:
    """Implements `DraftOutcomeStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def put(self, transaction: Transaction, outcome: DraftOutcome) -> None:
        """Keep the outcome of a revision."""
        self._database.draft_outcomes[outcome.draft.id, outcome.revision] = outcome
