"""Publishing on the doubles: a gap that two people fell into, a shelf that can break, a clock that tests turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from copilot.approval.decision import Verdict
from copilot.approval.service import ApprovalService
from copilot.audit.surface import Surface
from copilot.bootstrap.publishing import approver
from copilot.curating.gap import GapId, Observation, ObservationKind
from copilot.curating.publishing.answers import GapAnswers, KnowledgeAnswer
from copilot.curating.publishing.knowledge_rules import KnowledgeRules
from copilot.curating.publishing.known_accounts import known_accounts
from copilot.curating.publishing.notice import Notice, NoticeChannel, NoticeText
from copilot.curating.publishing.refusals import Refusals
from copilot.curating.publishing.service import PublishingService, Records
from copilot.curating.publishing.telling import Telling
from copilot.drafting.access import SourceAccess
from copilot.drafting.draft import Draft, DraftKind
from copilot.drafting.service import DraftService
from copilot.people.person import Person, Role, reader_of
from knowledge.document import DocumentId, StoredDocument
from knowledge.errors import ReportableError
from knowledge.front_matter import split_front_matter
from tests.contract.material import identity, indexed
from tests.doubles.approval import InMemoryAccountStore, InMemoryDecisionStore, InMemoryDraftStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.gaps import InMemoryGapStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore
from tests.doubles.publishing import (
    InMemoryEvaluationQuestionStore,
    InMemoryNoticeStore,
    InMemoryPinStore,
    InMemoryPublicationStore,
)

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
GAP = GapId("g1")
ANSWER = "专用发票的税率是 6%,3 个工作日内寄出。"


@dataclass
class Shelf:
    """A shelf in memory; `broken` is raised by the next tries, after the file was written."""

    documents: InMemoryKnowledgeStore
    files: dict[str, str] = field(default_factory=dict)
    broken: list[ReportableError] = field(default_factory=list)
    written: int = 0

    def read(self, source: str) -> str | None:
        return self.files.get(source)

    def publish(self, source: str, text: str) -> StoredDocument:
        changed = self.files.get(source) != text
        self.files[source] = text
        if self.broken:
            raise self.broken.pop()
        there = {one.source for one in self.documents.summaries()}
        if changed or source not in there:
            self.written += 1
            front = split_front_matter(text)
            version = self.documents.next_version(identity(source))
            made = indexed(source, front.text, version=version, metadata=front.metadata)
            document = replace(made.stored.document, title=front.title or "")
            self.documents.save(replace(made, stored=replace(made.stored, document=document)))
        return self.documents.find(source)

    def withdraw(self, document: DocumentId) -> None:
        del self.files[self.documents.find(document).document.source]
        self.documents.delete(document)


@dataclass
class Publishing:
    """Everything around it."""

    channels: list[NoticeChannel] = field(default_factory=list)
    now: datetime = START
    database: InMemoryDatabase = field(default_factory=InMemoryDatabase)
    documents: InMemoryKnowledgeStore = field(default_factory=InMemoryKnowledgeStore)
    people: dict[str, Person] = field(
        default_factory=lambda: {
            one.id: one
            for one in (
                Person(id="wang", name="王敏", email="wang@example.com"),
                Person(id="li", name="李强"),
                Person(id="gone", name="离职", active=False),
                Person(id="expert", name="专家", roles=frozenset({Role.FRONTLINE})),
                Person(id="curator", name="策展人", roles=frozenset({Role.CURATOR})),
            )
        }
    )

    def __post_init__(self) -> None:
        ids = iter(f"id-{n:04}" for n in range(100_000))
        self.gaps = InMemoryGapStore(self.database, lambda: self.now)
        self.shelf = Shelf(self.documents)
        self.transactions, self.audit = InMemoryTransactions(self.database), InMemoryAuditLog(self.database)
        self.drafts, accounts = InMemoryDraftStore(self.database), InMemoryAccountStore(self.database)
        refusals = Refusals(known_accounts(accounts))
        self.rules = KnowledgeRules(refusals=refusals, gaps=self.gaps, documents=self.documents, reader_of=reader_of)
        writing = DraftService(
            composers=[],
            accounts=accounts,
            drafts=self.drafts,
            access=SourceAccess(self.documents),
            transactions=self.transactions,
            audit=self.audit,
            rules={DraftKind.KNOWLEDGE: self.rules},
            now=lambda: self.now,
            new_id=lambda: next(ids),
        )
        self.writing = writing
        self.approvals = ApprovalService(
            drafts=self.drafts,
            decisions=InMemoryDecisionStore(self.database),
            transactions=self.transactions,
            audit=self.audit,
            people=self.people.get,
            stale=writing.stale,
            guards={DraftKind.KNOWLEDGE: self.rules},
            now=lambda: self.now,
            new_id=lambda: next(ids),
        )
        self.notices = InMemoryNoticeStore(self.database)
        self.telling = Telling(
            notices=self.notices,
            gaps=self.gaps,
            documents=self.documents,
            person_of=lambda id: self.people[id],
            reader_of=reader_of,
            channels=self.channels,
            now=lambda: self.now,
            new_id=lambda: next(ids),
        )
        self.publications, self.pins = InMemoryPublicationStore(self.database), InMemoryPinStore(self.database)
        self.kept = InMemoryEvaluationQuestionStore(self.database)
        self.service = PublishingService(
            records=Records(
                drafts=self.drafts,
                gaps=self.gaps,
                publications=self.publications,
                questions=self.kept,
                pins=self.pins,
                transactions=self.transactions,
                audit=self.audit,
            ),
            rules=self.rules,
            approver=approver(self.approvals),
            shelf=self.shelf,
            documents=self.documents,
            telling=self.telling,
            now=lambda: self.now,
        )
        self.answers = GapAnswers(
            gaps=self.gaps,
            documents=self.documents,
            writing=writing,
            refusals=refusals,
            reader_of=reader_of,
            now=lambda: self.now,
            new_id=lambda: next(ids),
        )
        english = "what is the tax rate of an invoice"
        asked = (("wang", "发票税率是多少", "zh"), ("li", english, "en"), ("gone", "税率", "zh"))
        for n, (who, question, language) in enumerate(asked):
            self.observe(f"o{n}", who, question, language, minutes=n)

    def observe(self, id: str, person: str, question: str, language: str = "zh", *, minutes: int = 0) -> None:
        observation = Observation(
            id=id,
            kind=ObservationKind.ABSTAINED,
            answer_id=id,
            question=question,
            language=language,
            person=person,
            at=START - timedelta(hours=1) + timedelta(minutes=minutes),
        )
        self.gaps.add(object(), observation, GAP)

    def draft(self, answer: str = ANSWER, *, pin: bool = False, valid_until: date | None = None) -> Draft:
        said = KnowledgeAnswer(answer=answer, pin=pin, valid_until=valid_until)
        return self.answers.answer(GAP, said, self.people["expert"], Surface.HTTP).draft

    def approve(self, draft: Draft) -> Draft:
        latest = self.drafts.get(draft.id) or draft
        curator = self.people["curator"]
        key = f"{draft.id}:{latest.revision}"
        return self.approvals.decide(draft.id, latest.revision, Verdict.APPROVE, curator, Surface.HTTP, key=key).draft

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def told(self) -> list[str]:
        return sorted(one.person for one in self.database.notices.values())


@dataclass
class Channel:
    """A channel that says what it is told to, and fails as it is told to."""

    failures: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, NoticeText]] = field(default_factory=list)

    def reaches(self, person: Person) -> bool:
        return person.email is not None

    def tell(self, person: Person, notice: Notice, text: NoticeText) -> None:
        if self.failures:
            raise self.failures.pop()
        self.sent.append((person.id, text))
