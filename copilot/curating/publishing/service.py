"""Approved entry → file → index → gap answered, askers told, question kept: tried again until it is done.

The approval is the record; this follows it. Killed anywhere, the next try does what is left: the same file is written,
the index finds nothing changed, and all that people see of it is one transaction.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from copilot.answering.pin import Pin, PinStore
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.curating.evaluation_question import EvaluationQuestion, EvaluationQuestionStore
from copilot.curating.gap import Gap, GapId, GapStatus
from copilot.curating.gap_store import GapStore
from copilot.curating.publishing.document_file import document_file, source_of
from copilot.curating.publishing.entry import Entry
from copilot.curating.publishing.knowledge_rules import GAP, HOME, PIN, VALID_UNTIL, KnowledgeRules
from copilot.curating.publishing.publication import Publication, PublicationStatus, PublicationStore
from copilot.curating.publishing.shelf import Shelf
from copilot.curating.publishing.telling import Telling
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus
from copilot.drafting.store import DraftStore
from copilot.errors import CopilotError, GapClosed, KnowledgeRefused
from copilot.transaction import Transaction, Transactions
from knowledge.chunk import same_words
from knowledge.document import DocumentId, StoredDocument
from knowledge.errors import ReportableError, UnknownDocument
from knowledge.store import KnowledgeStore
from knowledge.text import sentence_spans
from knowledge.verification import Check, Keepers

#: Whoever has a revision in hand is given this long, which no indexing of one file takes.
_LEASE = timedelta(minutes=5)
#: Between two tries: twice as long each time, up to an hour.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
_AT_ONCE, _PUBLISHED = 100, 10_000
_QUOTE = 200

_log = logging.getLogger(__name__)


class Approver(Protocol):
    """Port to the approvals, which stand above this stage: the last person whose approval a revision needed."""

    def __call__(self, transaction: Transaction, id: DraftId, revision: int) -> str:
        """Return their id.

        Raises:
            InvalidRequest, NotPermitted: this revision may not leave now.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Records:
    """The stores of one database, each for its own table."""

    drafts: DraftStore
    gaps: GapStore
    publications: PublicationStore
    questions: EvaluationQuestionStore
    pins: PinStore
    transactions: Transactions
    audit: AuditLog


class PublishingService:
    """Publishes what is approved, and nothing else."""

    def __init__(
        self,
        *,
        records: Records,
        rules: KnowledgeRules,
        approver: Approver,
        shelf: Shelf,
        documents: KnowledgeStore,
        telling: Telling,
        writing: AbstractContextManager[object] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._records = records
        self._rules = rules
        self._approver = approver
        self._shelf = shelf
        self._documents = documents
        self._telling = telling
        self._now = now
        self._new_id = new_id
        self._writing: AbstractContextManager[object] = writing or threading.Lock()

    def decided(self, draft: Draft) -> None:
        """Follow a decision at once; what cannot be done now is done by `step` later. Raises nothing."""
        try:
            if draft.kind is DraftKind.KNOWLEDGE and draft.status is DraftStatus.APPROVED:
                self.publish(draft)
            elif draft.kind is DraftKind.KNOWLEDGE and draft.status is DraftStatus.REJECTED:
                self._reopen_of(draft.id)
        except Exception:  # noqa: BLE001  # the decision is taken and stays; the worker goes on from it
            _log.exception("draft %s was decided on; what follows is tried again", draft.id)

    def step(self) -> bool:
        """Try one approved revision that waits; False when none does."""
        waiting = self._records.drafts.list(status=DraftStatus.APPROVED, kind=DraftKind.KNOWLEDGE, limit=_AT_ONCE)
        return any(self.publish(draft) is not None for draft in waiting)

    def keep_house(self) -> None:
        """Open gaps again whose draft is dead or whose document is gone."""
        for gap in self._records.gaps.list(GapStatus.DRAFTED, _AT_ONCE):
            draft = self._records.drafts.get(DraftId(gap.draft_id)) if gap.draft_id else None
            if draft is not None and draft.status in (DraftStatus.REJECTED, DraftStatus.EXPIRED):
                self._reopen_of(draft.id)
        published = self._records.publications.list(PublicationStatus.PUBLISHED, _PUBLISHED)
        documents = {DocumentId(one.document_id) for one in published if one.document_id is not None}
        for gone in sorted(documents - set(self._documents.labels_of(documents))):
            self._taken_back(gone, "system", Surface.WORKER)

    def publish(self, draft: Draft) -> Publication | None:
        """Try to publish an approved revision; None when it is not its turn: done, in other hands, or to wait."""
        now = self._now()
        claimed = Publication(
            draft_id=draft.id,
            revision=draft.revision,
            gap_id=draft.inputs.get(GAP, ""),
            due_at=now,
            created_at=now,
        )
        with self._records.transactions.begin() as transaction:
            if not self._records.publications.claim(transaction, claimed, now, now + _LEASE):
                return None
        kept = self._records.publications.get(draft.id, draft.revision) or claimed
        try:
            return self._publish(draft, kept)
        except KnowledgeRefused as error:
            return self._settle(kept, PublicationStatus.BLOCKED, error.code)
        except GapClosed as error:
            return self._settle(kept, PublicationStatus.DROPPED, error.code)
        except CopilotError as error:
            if error.retryable:
                return self._wait(kept, error.code)
            # It is not approved any more: replaced, rejected, expired.
            return self._settle(kept, PublicationStatus.DROPPED, error.code)
        except ReportableError as error:
            _log.warning("draft %s is not published yet: %s", draft.id, error.message)
            return self._wait(kept, error.code)
        except Exception:
            self._wait(kept, "internal")
            raise

    def _publish(self, draft: Draft, publication: Publication) -> Publication:
        with self._records.transactions.begin() as transaction:
            person = self._approver(transaction, draft.id, draft.revision)
        revision = self._records.drafts.revision(draft.id, draft.revision)
        overtaken = self._rules.overtaken(draft)
        if revision is None or overtaken is not None:
            raise overtaken or GapClosed(f"Draft {draft.id!r} is gone.")
        entry, today = self._rules.read(revision.content), self._now().date()
        self._rules.fits(draft, entry)
        source = draft.inputs.get(HOME) or source_of(publication.gap_id)
        # What two join at once is read and written by one after the other.
        with self._writing:
            made = document_file(self._shelf.read(source), entry, publication.gap_id, today)
            stored = self._shelf.publish(source, made.text)
        self._verify(stored, person, today)
        done = replace(
            publication,
            status=PublicationStatus.PUBLISHED,
            source=source,
            document_id=str(stored.id),
            version=stored.version,
            section=made.section,
            attempts=publication.attempts + 1,
            code=None,
            published_at=self._now(),
        )
        self._finish(draft, entry, stored, done, person)
        return done

    def _verify(self, stored: StoredDocument, person: str, today: date) -> None:
        """Let the approval count as a check of the text: it is one."""
        metadata = stored.document.metadata
        self._documents.set_verification(
            stored.id,
            Keepers(owner=metadata.owner, deputy=metadata.deputy),
            Check(verified_on=today, verified_by=person, review_by=metadata.review_by),
        )

    def _finish(self, draft: Draft, entry: Entry, stored: StoredDocument, done: Publication, person: str) -> None:
        records = self._records
        now, document = self._now(), str(stored.id)
        # Whoever unpinned it since the first revision was published has had the last word.
        first = all(one.draft_id != draft.id for one in records.publications.of_document(document))
        with records.transactions.begin() as transaction:
            latest = records.drafts.lock(transaction, draft.id)
            if latest is not None and latest.revision == done.revision and latest.status is DraftStatus.APPROVED:
                records.drafts.set_status(transaction, draft.id, DraftStatus.DELIVERED, now)
            records.publications.put(transaction, done)
            gap = records.gaps.lock(transaction, GapId(done.gap_id))
            if gap is None:
                raise GapClosed(f"Gap {done.gap_id!r} is gone.")
            records.gaps.change(transaction, gap.id, status=GapStatus.ANSWERED, published_id=document)
            told = self._telling.tell(transaction, gap, done, stored)
            quote = _quote(stored.document.text, entry)
            records.questions.add(
                transaction,
                EvaluationQuestion(
                    id=f"{draft.id}:{done.revision}",
                    text=entry.questions[0],
                    document_ids=(document,),
                    quotes=(quote,) if quote else (),
                    added_at=now,
                ),
            )
            if draft.inputs.get(PIN) and (first or records.pins.of_document(DocumentId(document))):
                records.pins.put(transaction, _pins(draft, entry, done, person, now))
            self._note(
                transaction,
                "knowledge.published",
                person,
                document,
                Surface.WORKER,
                {"draft": str(draft.id), "revision": done.revision, "gap": str(gap.id), "told": told},
            )

    def withdraw(self, document: DocumentId, person: str, surface: Surface) -> Sequence[GapId]:
        """Take a published document out of the knowledge; the gaps it answered are open again.

        Raises:
            UnknownDocument: nothing that was approved here has this id.
            IndexRebuilding: not now.
        """
        if not self._records.publications.of_document(document):
            raise UnknownDocument(f"Document {document!r} was not approved here. Use `copilot documents delete`.")
        if self._is_there(document):
            self._shelf.withdraw(document)
        return self._taken_back(document, person, surface)

    def _taken_back(self, document: DocumentId, person: str, surface: Surface) -> Sequence[GapId]:
        records, opened = self._records, []
        with records.transactions.begin() as transaction:
            for one in records.publications.of_document(document):
                records.publications.put(transaction, replace(one, status=PublicationStatus.WITHDRAWN))
                gap = records.gaps.lock(transaction, GapId(one.gap_id))
                if gap is not None and gap.status is GapStatus.ANSWERED and gap.published_id == document:
                    records.gaps.change(transaction, gap.id, status=GapStatus.OPEN)
                    opened.append(gap.id)
            records.pins.remove(transaction, document)
            self._note(transaction, "knowledge.withdrawn", person, document, surface, {"gaps": ",".join(opened)})
        return opened

    def _reopen_of(self, draft: DraftId) -> None:
        gap = self._records.gaps.by_draft(draft)
        if gap is None:
            return
        with self._records.transactions.begin() as transaction:
            locked = self._records.gaps.lock(transaction, gap.id)
            if locked is not None and locked.status is GapStatus.DRAFTED and locked.draft_id == draft:
                status = GapStatus.ANSWERED if self._answered(locked) else GapStatus.OPEN
                self._records.gaps.change(transaction, gap.id, status=status)

    def _answered(self, gap: Gap) -> bool:
        """Tell whether an earlier answer still stands."""
        return gap.published_id is not None and self._is_there(gap.published_id)

    def _is_there(self, document: str) -> bool:
        try:
            self._documents.find(document)
        except UnknownDocument:
            return False
        return True

    def _settle(self, publication: Publication, status: PublicationStatus, code: str) -> Publication:
        settled = replace(publication, status=status, code=code, attempts=publication.attempts + 1)
        with self._records.transactions.begin() as transaction:
            self._records.publications.put(transaction, settled)
        return settled

    def _wait(self, publication: Publication, code: str) -> Publication:
        wait = min(_FIRST_WAIT * 2 ** min(publication.attempts, 10), _LONGEST_WAIT)
        waiting = replace(publication, attempts=publication.attempts + 1, code=code, due_at=self._now() + wait)
        with self._records.transactions.begin() as transaction:
            self._records.publications.put(transaction, waiting)
        return waiting

    def _note(
        self,
        transaction: Transaction,
        action: str,
        actor: str,
        subject: str,
        surface: Surface,
        details: dict[str, str | int | bool | None],
    ) -> None:
        event = Event(action=action, actor=actor, subject=subject, surface=surface, at=self._now(), details=details)
        self._records.audit.append(transaction, event)


def _pins(draft: Draft, entry: Entry, done: Publication, person: str, now: datetime) -> list[Pin]:
    until = draft.inputs.get(VALID_UNTIL)
    return [
        Pin(
            words=same_words(question),
            question=question,
            document_id=DocumentId(done.document_id or ""),
            section=done.section or "",
            version=done.version or 0,
            valid_until=date.fromisoformat(until) if until else None,
            pinned_by=person,
            pinned_at=now,
        )
        for question in dict.fromkeys(entry.questions)
    ]


def _quote(text: str, entry: Entry) -> str:
    """Return the first sentences of the answer as they stand in the document: what an evaluation looks for."""
    for start, end in sentence_spans(entry.answer):
        quote = entry.answer[start:end].strip().lstrip("#->* ")
        if len(same_words(quote)) > 3 and quote in text:
            return quote[:_QUOTE]
    return ""
