"""Approved knowledge: its files and their place in the index, and the services around them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import Engine

from copilot.adapters.blob_uploads import BlobUploads
from copilot.adapters.smtp_notices import SmtpNotices
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.draft_store import SqlDraftStore
from copilot.adapters.sql.evaluation_question_store import SqlEvaluationQuestionStore
from copilot.adapters.sql.notice_store import SqlNoticeStore
from copilot.adapters.sql.pin_store import SqlPinStore
from copilot.adapters.sql.publication_store import SqlPublicationStore
from copilot.adapters.sql.transactions import SqlTransactions
from copilot.adapters.sql.turn import Turn, TurnOf
from copilot.approval.service import ApprovalService
from copilot.bootstrap.indexing import Indexing
from copilot.bootstrap.work import Work, mail_of, slack_channel
from copilot.curating.gap_store import GapStore
from copilot.curating.publishing.answers import GapAnswers
from copilot.curating.publishing.document_file import ORIGIN
from copilot.curating.publishing.knowledge_rules import KnowledgeRules
from copilot.curating.publishing.known_accounts import known_accounts
from copilot.curating.publishing.notice import NoticeChannel
from copilot.curating.publishing.pinning import Pinning
from copilot.curating.publishing.refusals import Refusals
from copilot.curating.publishing.service import Approver, PublishingService, Records
from copilot.curating.publishing.telling import Telling
from copilot.drafting.draft import DraftId
from copilot.errors import ConfigurationError
from copilot.interfaces.knowledge import LocalKnowledge
from copilot.people.caller import Caller
from copilot.people.person import Person, reader_of
from copilot.settings import Settings
from copilot.transaction import Transaction
from ingest.errors import PermanentIngestError
from knowledge.document import DocumentId, StoredDocument, document_id
from knowledge.store import KnowledgeStore


class ApprovedShelf:
    """Implements `Shelf` on files that ingestion keeps as an origin of its own."""

    def __init__(self, folder: BlobUploads, indexing: Indexing, documents: KnowledgeStore) -> None:
        self._folder = folder
        self._indexing = indexing
        self._documents = documents

    def read(self, source: str) -> str | None:
        """Return a file as it is."""
        data = self._folder.read(source)
        return None if data is None else data.decode()

    def publish(self, source: str, text: str) -> StoredDocument:
        """Keep a file and bring the index into its state."""
        if self.read(source) != text:
            self._folder.keep([(source, BytesIO(text.encode()))])
        report = self._indexing.sync_approved()
        failed = next((line for line in report.documents if line.source == source and line.status == "failed"), None)
        if failed is not None:
            raise PermanentIngestError(failed.reason or f"{source!r} cannot be indexed.")
        return self._documents.find(document_id(ORIGIN, source))

    def withdraw(self, document: DocumentId) -> None:
        """Remove a document and its file."""
        self._indexing.delete(document)


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """What the rest of the application uses of it."""

    knowledge: LocalKnowledge
    service: PublishingService
    telling: Telling


def rules_of(
    engine: Engine, gaps: GapStore, documents: KnowledgeStore, allowed_hosts: Collection[str]
) -> tuple[KnowledgeRules, Refusals]:
    """Return what drafts of knowledge are checked by."""
    refusals = Refusals(known_accounts(SqlAccountStore(engine)), allowed_hosts)
    return KnowledgeRules(refusals=refusals, gaps=gaps, documents=documents, reader_of=reader_of), refusals


def publishing_of(
    engine: Engine,
    *,
    gaps: GapStore,
    documents: KnowledgeStore,
    rules: KnowledgeRules,
    refusals: Refusals,
    shelf: ApprovedShelf,
    work: Work,
    transactions: SqlTransactions,
    audit: SqlAuditLog,
    person_of: Callable[[str], Person],
    operator: Caller,
    channels: Sequence[NoticeChannel] = (),
) -> Publishing:
    """Wire what follows an approval."""
    publications, pins, kept = SqlPublicationStore(engine), SqlPinStore(engine), SqlEvaluationQuestionStore(engine)
    telling = Telling(
        notices=SqlNoticeStore(engine),
        gaps=gaps,
        documents=documents,
        person_of=person_of,
        reader_of=reader_of,
        channels=channels,
    )
    service = PublishingService(
        records=Records(
            drafts=SqlDraftStore(engine),
            gaps=gaps,
            publications=publications,
            questions=kept,
            pins=pins,
            transactions=transactions,
            audit=audit,
        ),
        rules=rules,
        approver=approver(work.approvals),
        shelf=shelf,
        documents=documents,
        telling=telling,
        writing=Turn(engine, TurnOf.WRITING_APPROVED),
    )
    knowledge = LocalKnowledge(
        answers=GapAnswers(
            gaps=gaps, documents=documents, writing=work.writing, refusals=refusals, reader_of=reader_of
        ),
        publishing=service,
        publications=publications,
        telling=telling,
        pinning=Pinning(
            pins=pins,
            publications=publications,
            shelf=shelf,
            documents=documents,
            transactions=transactions,
            audit=audit,
        ),
        kept=kept,
        documents=documents,
        drafts=work.drafts,
        operator=operator,
    )
    return Publishing(knowledge=knowledge, service=service, telling=telling)


def notice_channels(settings: Settings, engine: Engine) -> list[NoticeChannel]:
    """Return the further ways to tell people, besides the notices that are kept; the first that takes one is used.

    Raises:
        ConfigurationError: e-mail is wanted and no mail server is set.
    """
    ways: list[NoticeChannel] = []
    if (slack := slack_channel(settings, engine)) is not None:
        from copilot.adapters.slack_notices import SlackNotices  # not before it is needed: it takes a while to import

        ways.append(SlackNotices(slack))
    if not settings.notice_email:
        return ways
    mail = mail_of(settings)
    if mail is None:
        raise ConfigurationError("COPILOT_NOTICE_EMAIL needs a mail server. Set COPILOT_SMTP_URL.")
    return [*ways, SmtpNotices(mail)]


def approver(approvals: ApprovalService) -> Approver:
    """Return who gave the last approval that a revision needed."""

    def last(transaction: Transaction, id: DraftId, revision: int) -> str:
        return approvals.approved(transaction, id, revision).decisions[-1].person

    return last
