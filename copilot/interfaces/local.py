"""The use cases of every surface, on the services of this process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import BinaryIO, Protocol

from copilot.answering.checked_wording import Viewer
from copilot.answering.question import Question, Turn, request_key
from copilot.answering.service import AnsweringService, StageListener
from copilot.background import BackgroundRuns
from copilot.errors import AlreadyAnswered, NotPermitted, StaleChange
from copilot.insight.timeline import Timeline
from copilot.interfaces.accounts import Accounts, LocalAccounts
from copilot.interfaces.advice import Advices, LocalAdvices
from copilot.interfaces.attention import LocalAttention
from copilot.interfaces.auditing import Auditing, LocalAuditing
from copilot.interfaces.backups import Backups, LocalBackups
from copilot.interfaces.cases import Cases, LocalCases
from copilot.interfaces.changes import Changes, LocalChanges
from copilot.interfaces.contacts import Contacts, LocalContacts
from copilot.interfaces.contract import (
    AccessBody,
    AnswerBody,
    AskBody,
    Catalogue,
    Deleted,
    DocumentAccess,
    DocumentBody,
    DocumentList,
    NavigationBody,
    SearchBody,
)
from copilot.interfaces.conversations import LocalConversations
from copilot.interfaces.curation import Curation, LocalCuration
from copilot.interfaces.deliveries import Deliveries, LocalDeliveries
from copilot.interfaces.draft_follow_ups import follow_up
from copilot.interfaces.drafts import Drafts, LocalDrafts
from copilot.interfaces.evaluations import Evaluations, LocalEvaluations
from copilot.interfaces.gaps import Gaps, LocalGaps
from copilot.interfaces.ingestion_contract import FailureList, IngestBody, IngestProgress, IngestReport
from copilot.interfaces.insights import Insights, LocalInsights
from copilot.interfaces.knowledge import Knowledge, LocalKnowledge
from copilot.interfaces.outlooks import LocalOutlooks, Outlooks
from copilot.interfaces.people import LocalPeople, People
from copilot.interfaces.presentation import (
    answer_body,
    document_body,
    document_line,
    failure_line,
    navigation_body,
    passage_bodies,
)
from copilot.interfaces.schedules import LocalSchedules, Schedules
from copilot.interfaces.sidebar import LocalSidebar
from copilot.interfaces.verifying import LocalVerifying, Verifying
from copilot.people.caller import Caller
from copilot.people.service import checked_groups
from copilot.people.visit import Visit
from copilot.telemetry.context import note
from copilot.telemetry.logs import log_event
from copilot.telemetry.measures import Measures, Replied, Unmeasured
from copilot.telemetry.tracing import Tracer, Untraced
from knowledge.catalogue import Wanted, facets, narrowed
from knowledge.document import Audience, DocumentId, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.failures import Failure
from knowledge.originals import Originals
from knowledge.query import Query
from knowledge.reader import Reader
from knowledge.retriever import Retriever
from knowledge.store import DocumentSummary, KnowledgeStore

_log = logging.getLogger(__name__)

IngestListener = Callable[[IngestProgress], None]


class Indexing(Protocol):
    """Port to the write path, which only the composition root may touch."""

    def ingest(
        self,
        paths: list[str],
        *,
        corpus: bool,
        listen: IngestListener | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Bring the index into the state of these sources, with or without the shipped corpus."""
        ...

    def retry(
        self, *, listen: IngestListener | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> IngestReport:
        """Ingest again what failed before, and only that."""
        ...

    def failures(self) -> Sequence[Failure]:
        """Return what failed and has neither succeeded since nor vanished."""
        ...

    def delete(self, document: DocumentId) -> None:
        """Take one document out of the index."""
        ...

    def discard(self, upload: str) -> bool:
        """Remove an uploaded file that no document came of; False where there is none such."""
        ...

    def change_access(self, caller: Caller, document: DocumentId, audience: Audience, groups: list[str]) -> bool:
        """Put a person's word on who may read a document in force; False: its vectors follow later."""
        ...

    def origins(self, paths: list[str], *, corpus: bool) -> set[str]:
        """Return the origins that ingesting these would cover."""
        ...


class Uploads(Protocol):
    """Port to the files that people send; ingesting `path` brings the index into their state."""

    @property
    def path(self) -> str:
        """Return where they are kept."""
        ...

    @property
    def most_bytes(self) -> int:
        """Return how large one upload may be."""
        ...

    @property
    def formats(self) -> Sequence[str]:
        """Return the endings of the files that can be read, as `.pdf`; others are refused when they are ingested."""
        ...

    @property
    def any(self) -> bool:
        """Tell whether there is one."""
        ...

    def keep(self, files: Sequence[tuple[str, BinaryIO]]) -> list[str]:
        """Store all or none of the files under their cleaned names; those of the same names are replaced.

        Raises:
            InvalidRequest: a name cannot be used, or stands there twice.
        """
        ...


class Copilot(Protocol):
    """What a surface can ask for, whether the index is in this process or in a server."""

    @property
    def curation(self) -> Curation:
        """Return the use cases around written questions."""
        ...

    @property
    def changes(self) -> Changes:
        """Return the use cases around changes of the knowledge."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Return the use cases around account records."""
        ...

    @property
    def outlooks(self) -> Outlooks:
        """Return the use cases around outlooks and histories of accounts."""
        ...

    @property
    def cases(self) -> Cases:
        """Return the use cases around case studies."""
        ...

    @property
    def advices(self) -> Advices:
        """Return the use cases around advice."""
        ...

    @property
    def drafts(self) -> Drafts:
        """Return the use cases around drafts and decisions."""
        ...

    @property
    def auditing(self) -> Auditing:
        """Return the use cases around the audit log."""
        ...

    @property
    def backups(self) -> Backups:
        """Return the use cases around backups."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """Return the use cases around deliveries."""
        ...

    @property
    def gaps(self) -> Gaps:
        """Return the use cases around gaps."""
        ...

    @property
    def contacts(self) -> Contacts:
        """Return the use cases around contacts of customers."""
        ...

    @property
    def people(self) -> People:
        """Return the use cases around people and keys."""
        ...

    @property
    def knowledge(self) -> Knowledge:
        """Return the use cases around approved knowledge and notices."""
        ...

    @property
    def verifying(self) -> Verifying:
        """Return the use cases around owners and reviews."""
        ...

    @property
    def insights(self) -> Insights:
        """Return the use cases around insight."""
        ...

    @property
    def evaluations(self) -> Evaluations:
        """Return the use cases around evaluations."""
        ...

    @property
    def schedules(self) -> Schedules:
        """Return the use cases around digests and schedules."""
        ...

    def ask(self, body: AskBody) -> AnswerBody:
        """Answer a question."""
        ...

    def search(self, text: str, limit: int, audience: Audience, *, verified_only: bool | None = None) -> SearchBody:
        """Return passages, best first; of verified documents alone, if that is asked for or, on None, set."""
        ...

    def documents(self) -> DocumentList:
        """List all current documents."""
        ...

    def navigation(self) -> NavigationBody:
        """Return the map of the knowledge: lifecycle stage × topic."""
        ...

    def document(self, source_or_id: str, version: int | None = None) -> DocumentBody:
        """Return a document with its stored text, in its current or an older version."""
        ...

    def delete_document(self, source_or_id: str) -> Deleted:
        """Delete a document; its versions stay readable for the answers that cite them."""
        ...

    def set_access(self, source_or_id: str, body: AccessBody) -> DocumentAccess:
        """Say who may read a document, from now on."""
        ...

    def failures(self) -> FailureList:
        """List what could not be ingested."""
        ...

    def ingest(
        self,
        paths: list[str],
        *,
        corpus: bool,
        listen: IngestListener | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Ingest folders and files; `cancelled` is asked again and again, and True ends it early."""
        ...

    def retry(
        self, *, listen: IngestListener | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> IngestReport:
        """Ingest again what failed before, and only that."""
        ...


#: What is kept of the id of a record that a question was asked beside; nothing here depends on it.
_LONGEST_ID = 200


def _as_visitor(body: AskBody, visit: Visit) -> AskBody:
    """Return what a visitor may ask for: nothing about accounts or drafts, and no more than their token says.

    Raises:
        NotPermitted: internal text is asked for by name.
    """
    if "audience" in body.model_fields_set and (body.audience, visit.audience) == (
        Audience.INTERNAL,
        Audience.CUSTOMER,
    ):
        raise NotPermitted("This token shows what customers may read. Leave audience out.")
    audience = body.audience if "audience" in body.model_fields_set else visit.audience
    return body.model_copy(update={"audience": audience, "account_id": None, "draft_id": None, "run": None})


def _tell(answer: AnswerBody) -> None:
    """Log what became of a question: never its text, nor the answer's."""
    note(conversation=answer.conversation_id, answer=answer.answer_id)
    log_event(
        _log,
        logging.INFO,
        "answer",
        f"a question was {answer.status}" + (f": {answer.reason}" if answer.reason else ""),
        answer_status=answer.status,
        reason=answer.reason,
        intent=answer.intent,
        composer=answer.composer,
        confidence=answer.confidence,
        stages_ms=answer.timings_ms,
    )


def _kept_id(id: str | None) -> str | None:
    return id if id is not None and id.isprintable() and 0 < len(id) <= _LONGEST_ID else None


class LocalCopilot:
    """Implements `Copilot` for whoever calls; without a caller, for the operator: the person at this machine."""

    def __init__(
        self,
        *,
        answering: AnsweringService,
        retriever: Retriever,
        store: KnowledgeStore,
        originals: Originals,
        indexing: Indexing,
        uploads: Uploads,
        operator: Caller,
        curation: LocalCuration,
        changes: LocalChanges,
        accounts: LocalAccounts,
        attention: LocalAttention,
        timeline: Timeline,
        outlooks: LocalOutlooks,
        cases: LocalCases,
        advices: LocalAdvices,
        drafts: LocalDrafts,
        auditing: LocalAuditing,
        backups: LocalBackups,
        deliveries: LocalDeliveries,
        gaps: LocalGaps,
        people: LocalPeople,
        contacts: LocalContacts,
        verifying: LocalVerifying,
        insights: LocalInsights,
        evaluations: LocalEvaluations,
        schedules: LocalSchedules,
        knowledge: LocalKnowledge,
        conversations: LocalConversations,
        beside: LocalSidebar,
        runs: BackgroundRuns,
        verified_only: bool = False,
        measures: Measures | None = None,
        tracer: Tracer | None = None,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """`verified_only` holds where a question says nothing of it."""
        self._answering = answering
        self._retriever = retriever
        self._store = store
        self._originals = originals
        self._indexing = indexing
        self.uploads = uploads
        self._operator = operator
        self.curation = curation
        self.changes = changes
        self.accounts = accounts
        self.attention = attention
        self.timeline = timeline
        self.outlooks = outlooks
        self.cases = cases
        self.advices = advices
        self.drafts = drafts
        self.auditing = auditing
        self.backups = backups
        self.deliveries = deliveries
        self.gaps = gaps
        self.people = people
        self.contacts = contacts
        self.verifying = verifying
        self.insights = insights
        self.evaluations = evaluations
        self.schedules = schedules
        self.knowledge = knowledge
        self.conversations = conversations
        self.beside = beside
        self.runs = runs
        self._verified_only = verified_only
        self._measures: Measures = measures or Unmeasured()
        self._tracer: Tracer = tracer or Untraced()
        self._today = today

    def ask(
        self,
        body: AskBody,
        *,
        caller: Caller | None = None,
        listen: StageListener = lambda _: None,
        viewer: Viewer | None = None,
    ) -> AnswerBody:
        """Answer a question."""
        caller = caller or self._operator
        if caller.visit is not None:
            body = _as_visitor(body, caller.visit)
        if body.conversation_id is not None:
            self.conversations.handovers.let_pass(caller.person.id, body.conversation_id, go_on=body.go_on)
        if body.draft_id is not None and (changed := follow_up(self.drafts, body, body.draft_id, caller)) is not None:
            return changed
        question = Question(
            text=body.question,
            person=caller.person.id,
            reader=self._reader(caller, body.audience, body.verified_only),
            conversation_id=body.conversation_id,
            history=tuple(Turn(role=turn.role, content=turn.content) for turn in body.history),
            may_clarify=body.clarify,
            account_id=_kept_id(body.account_id),
            request=request_key(caller.person.id, body.request_id) if body.request_id else None,
            surface=body.run or caller.surface.value,
        )
        with self._tracer.span("ask"):
            return self._asked(question, caller, listen, viewer)

    def _asked(self, question: Question, caller: Caller, listen: StageListener, viewer: Viewer | None) -> AnswerBody:
        """Ask; a request that was answered before, maybe by another process, has the answer it got then."""
        if question.request is not None and (before := self.conversations.answered(question.request, caller=caller)):
            return before
        try:
            answer = answer_body(self._answering.ask(question, listen, viewer), self._today())
        except AlreadyAnswered:
            before = self.conversations.answered(question.request or "", caller=caller)
            if before is None:
                raise
            return before
        _tell(answer)
        self._measures.replied(
            Replied(
                status=answer.status,
                reason=answer.reason,
                composer=answer.composer,
                stages={stage: spent / 1000 for stage, spent in answer.timings_ms.items()},
                found_by=[way for passage in answer.passages for way in passage.found_by],
            )
        )
        return answer

    def search(
        self,
        text: str,
        limit: int,
        audience: Audience,
        *,
        verified_only: bool | None = None,
        caller: Caller | None = None,
    ) -> SearchBody:
        """Return passages, best first."""
        reader = self._reader(caller or self._operator, audience, verified_only)
        passages = self._retriever.retrieve(Query(text=text, reader=reader, limit=limit))
        by_words = any(passage.by_words for passage in passages)
        return SearchBody(id="1", passages=passage_bodies(passages), degraded=["search"] if by_words else [])

    def _reader(self, caller: Caller, audience: Audience, verified_only: bool | None) -> Reader:
        wanted = self._verified_only if verified_only is None else verified_only
        return replace(caller.reader(audience), verified_on=self._today() if wanted else None)

    def documents(self, *, caller: Caller | None = None) -> DocumentList:
        """List all current documents that may be read."""
        return DocumentList(documents=[document_line(summary, self._today()) for summary in self._readable(caller)])

    def catalogue(self, wanted: Wanted, *, offset: int = 0, limit: int = 50, caller: Caller | None = None) -> Catalogue:
        """Return the documents that may be read and are looked for: the newest first, for review the most cited."""
        every, today = self._readable(caller), self._today()
        found = narrowed(every, wanted, today)
        if wanted.freshness == "review":
            cited = self.verifying.cited()
            found.sort(key=lambda one: (-cited.get(one.id, 0), one.metadata.review_by or date.max, one.source))
        else:
            found.sort(key=lambda one: (one.updated_at, one.source), reverse=True)
        known = facets(every)
        return Catalogue(
            documents=[document_line(one, today) for one in found[offset : offset + limit]],
            found=len(found),
            count=len(every),
            owners=list(known.owners),
            groups=list(known.groups),
            origins=list(known.origins),
        )

    def navigation(self, *, caller: Caller | None = None) -> NavigationBody:
        """Return the map of the knowledge that may be read."""
        return navigation_body(self._readable(caller), self._today())

    def _readable(self, caller: Caller | None) -> list[DocumentSummary]:
        reader = (caller or self._operator).reader()
        return [summary for summary in self._store.summaries() if reader.may_read(summary.metadata)]

    def document(self, source_or_id: str, version: int | None = None, *, caller: Caller | None = None) -> DocumentBody:
        """Return a document with its stored text; one that may not be read is as unknown as one that is not there."""
        reader = (caller or self._operator).reader()
        if version is None:
            stored = self._store.find(source_or_id, reader)
            current: int | None = stored.version
        else:
            stored, current = self._version(source_or_id, version, reader)
        return document_body(stored, self._store.history(stored.id), current, self._today())

    def _version(self, source_or_id: str, version: int, reader: Reader) -> tuple[StoredDocument, int | None]:
        """Return a version and the number of the current one, None once the document was deleted.

        A version was written for its own readers; the newest tells who reads it now.
        """
        current: int | None = None
        document = DocumentId(source_or_id)  # by id a version opens also after deletion: old answers still cite it
        with suppress(UnknownDocument):
            found = self._store.find(source_or_id, reader)
            document, current = found.id, found.version
        stored = self._store.find_version(document, version)
        newest = self._store.find_version(document, self._store.history(document)[-1].version)
        if not (reader.may_read(stored.document.metadata) and reader.may_read(newest.document.metadata)):
            raise UnknownDocument(f"There is no version {version!r} of document {source_or_id!r}.")
        return stored, current

    def original(self, source_or_id: str, *, caller: Caller | None = None) -> bytes | None:
        """Return the bytes that a document was made of, in its current version; None where they are not kept."""
        stored = self._store.find(source_or_id, (caller or self._operator).reader())
        try:
            return self._originals.read(self._store.history(stored.id)[-1].content_hash)
        except KeyError:
            return None

    def delete_document(
        self, source_or_id: str, *, version: int | None = None, caller: Caller | None = None
    ) -> Deleted:
        """Delete a document, or an uploaded file that none came of; with `version`, only while it is the current one.

        Raises:
            UnknownDocument: there is none that the caller may read.
            StaleChange: there is another version now.
        """
        try:
            stored = self._store.find(source_or_id, (caller or self._operator).reader())
        except UnknownDocument:
            if self._indexing.discard(source_or_id):
                return Deleted(source=source_or_id)
            raise
        if version is not None and version != stored.version:
            raise StaleChange(
                f"{stored.document.source!r} is in version {stored.version} now, and you saw version {version}. "
                "Look at what has changed before you delete it."
            )
        self._indexing.delete(stored.id)
        return Deleted(source=stored.document.source)

    def set_access(self, source_or_id: str, body: AccessBody, *, caller: Caller | None = None) -> DocumentAccess:
        """Say who may read a document, from now on."""
        caller = caller or self._operator
        stored = self._store.find(source_or_id, caller.reader())
        groups = checked_groups(body.groups)
        moved = self._indexing.change_access(caller, stored.id, body.audience, groups)
        return DocumentAccess(
            id=stored.id, source=stored.document.source, audience=body.audience, groups=groups, moved=moved
        )

    def failures(self) -> FailureList:
        """List what could not be ingested."""
        return FailureList(failures=[failure_line(failure) for failure in self._indexing.failures()])

    def ingest(
        self,
        paths: list[str],
        *,
        corpus: bool,
        listen: IngestListener | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> IngestReport:
        """Ingest folders and files."""
        return self._indexing.ingest(paths, corpus=corpus, listen=listen, cancelled=cancelled)

    def retry(
        self, *, listen: IngestListener | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> IngestReport:
        """Ingest again what failed before, and only that."""
        return self._indexing.retry(listen=listen, cancelled=cancelled)

    def ingest_body(self, body: IngestBody, listen: IngestListener, cancelled: Callable[[], bool]) -> IngestReport:
        """Ingest as asked for over HTTP, and write questions when that was asked for too."""
        if body.retry_failed:
            return self.retry(listen=listen, cancelled=cancelled)
        if body.questions:
            self.curation.plan(body.paths, corpus=body.corpus)  # says now that no chat model is set
        report = self.ingest(body.paths, corpus=body.corpus, listen=listen, cancelled=cancelled)
        if body.questions and not report.cancelled:

            def written(done: int, total: int, source: str) -> None:
                listen(IngestProgress(done=done, total=total, source=source))

            report.questions = self.curation.write(body.paths, corpus=body.corpus, listen=written)
        return report
