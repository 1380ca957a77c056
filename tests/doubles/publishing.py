"""Publications, notices, kept questions and pins in memory."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from copilot.answering.pin import Pin
from copilot.curating.evaluation_question import EvaluationQuestion
from copilot.curating.publishing.notice import Notice
from copilot.curating.publishing.publication import Publication, PublicationStatus
from copilot.transaction import Transaction
from knowledge.document import DocumentId
from tests.doubles.database import InMemoryDatabase


class InMemoryPublicationStore:
    """Implements `PublicationStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def claim(self, transaction: Transaction, publication: Publication, now: datetime, until: datetime) -> bool:
        """Take a revision in hand until a time."""
        key = publication.draft_id, publication.revision
        kept, leases = self._database.publications, self._database.leases
        if key in kept:
            waits = kept[key].status is PublicationStatus.QUEUED and kept[key].due_at <= now
            if not waits or (key in leases and leases[key] > now):
                return False
        kept.setdefault(key, publication)
        leases[key] = until
        return True

    def put(self, transaction: Transaction, publication: Publication) -> None:
        """Change a revision that was claimed, and let go of it."""
        key = publication.draft_id, publication.revision
        self._database.publications[key] = publication
        self._database.leases.pop(key, None)

    def get(self, draft_id: str, revision: int) -> Publication | None:
        """Return one."""
        return self._database.publications.get((draft_id, revision))

    def list(self, status: PublicationStatus | None, limit: int) -> Sequence[Publication]:
        """Return the newest first."""
        found = [one for one in self._database.publications.values() if status in (None, one.status)]
        return sorted(found, key=lambda one: (-one.created_at.timestamp(), one.draft_id))[:limit]

    def of_document(self, document_id: str) -> Sequence[Publication]:
        """Return what stands in a document now, the oldest first."""
        return sorted(
            (one for one in self.list(PublicationStatus.PUBLISHED, 10_000) if one.document_id == document_id),
            key=lambda one: (one.published_at or one.created_at, one.draft_id, one.revision),
        )


class InMemoryNoticeStore:
    """Implements `NoticeStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def add(self, transaction: Transaction, notice: Notice, *, send: bool) -> bool:
        """Keep a notice."""
        told = (notice.gap_id, notice.person, notice.publication)
        if any((one.gap_id, one.person, one.publication) == told for one in self._database.notices.values()):
            return False
        self._database.notices[notice.id] = notice
        if send:
            self._database.sending[notice.id] = notice.created_at, 0
        return True

    def of(self, person: str, *, unseen: bool, limit: int) -> Sequence[Notice]:
        """Return a person's notices, the newest first."""
        mine = [one for one in self._database.notices.values() if one.person == person]
        found = [one for one in mine if not (unseen and one.seen_at is not None)]
        return sorted(found, key=lambda one: (-one.created_at.timestamp(), one.id))[:limit]

    def see(self, id: str, person: str, at: datetime) -> Notice | None:
        """Remember when a person saw it, the first time."""
        kept = self._database.notices.get(id)
        if kept is None or kept.person != person:
            return None
        seen = replace(kept, seen_at=kept.seen_at or at)
        self._database.notices[id] = seen
        return seen

    def take(self, now: datetime) -> Notice | None:
        """Take the oldest notice that waits to be sent."""
        waiting = [(due, id) for id, (due, _) in self._database.sending.items() if due is not None and due <= now]
        if not waiting:
            return None
        _, id = min(waiting)
        self._database.sending[id] = None, self._database.sending[id][1] + 1
        return self._database.notices[id]

    def give_back(self, id: str, until: datetime, at_most: int) -> bool:
        """Let a notice that could not be sent wait until a time."""
        _, attempts = self._database.sending[id]
        if attempts >= at_most:
            return False
        self._database.sending[id] = until, attempts
        return True


class InMemoryEvaluationQuestionStore:
    """Implements `EvaluationQuestionStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def add(self, transaction: Transaction, question: EvaluationQuestion) -> bool:
        """Keep a question."""
        return self._database.kept_questions.setdefault(question.id, question) is question

    def list(self) -> Sequence[EvaluationQuestion]:
        """Return all questions, the oldest first."""
        return sorted(self._database.kept_questions.values(), key=lambda one: (one.added_at, one.id))


class InMemoryPinStore:
    """Implements `PinStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def put(self, transaction: Transaction, pinned: Sequence[Pin]) -> None:
        """Keep pins in place of those of the same words."""
        self._database.pins.update({pin.words: pin for pin in pinned})

    def remove(self, transaction: Transaction, document: DocumentId) -> int:
        """Take away all pins of a document."""
        gone = [words for words, pin in self._database.pins.items() if pin.document_id == document]
        for words in gone:
            del self._database.pins[words]
        return len(gone)

    def of_words(self, words: str) -> Pin | None:
        """Return the pin of a question."""
        return self._database.pins.get(words)

    def of_document(self, document: DocumentId) -> Sequence[Pin]:
        """Return the pins of a document, by their words."""
        return [pin for pin in self.list() if pin.document_id == document]

    def list(self) -> builtins.list[Pin]:
        """Return all pins, by document and words."""
        return sorted(self._database.pins.values(), key=lambda pin: (pin.document_id, pin.words))
