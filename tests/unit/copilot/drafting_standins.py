"""Drafts and decisions on the doubles, with a clock that tests turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from copilot.accounts.account import Account, AccountId
from copilot.approval.decision import Verdict
from copilot.approval.policy import Policy
from copilot.approval.service import ApprovalService, Decided
from copilot.audit.surface import Surface
from copilot.drafting.access import SourceAccess
from copilot.drafting.composer import Composed, Order
from copilot.drafting.draft import DraftKind, SourceQuote
from copilot.drafting.service import DraftService, Written
from copilot.people.person import Person, Role
from knowledge.document import Audience, DocumentId, Metadata
from knowledge.reader import Reader
from tests.contract.material import identity, indexed
from tests.doubles.approval import InMemoryAccountStore, InMemoryDecisionStore, InMemoryDraftStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.knowledge_store import InMemoryKnowledgeStore

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
SOURCE = "续约前 90 天开始准备,由客户成功经理负责。"
PEOPLE = {
    one.id: one
    for one in (
        Person(id="wang", name="王敏", roles=frozenset({Role.FRONTLINE})),
        Person(id="li", name="李强", roles=frozenset({Role.FRONTLINE})),
        Person(id="chen", name="陈总", roles=frozenset({Role.MANAGER})),
        Person(id="zhao", name="赵总", roles=frozenset({Role.MANAGER})),
        Person(id="guest", name="访客", roles=frozenset({Role.READER})),
        Person(id="gone", name="离职", roles=frozenset(Role), active=False),
    )
}
WANG, LI, CHEN, ZHAO, GUEST = (PEOPLE[name] for name in ("wang", "li", "chen", "zhao", "guest"))


def source_quote(source: str = "renewal.md") -> SourceQuote:
    return SourceQuote(
        number=1,
        document_id=DocumentId(identity(source)),
        version=1,
        source=source,
        title="续约",
        heading_path=(),
        quote=SOURCE,
        start=0,
        end=len(SOURCE),
    )


@dataclass
class SaysOneThing:
    """A composer that quotes one document."""

    kind: DraftKind = DraftKind.CUSTOMER_MESSAGE
    source: str = "renewal.md"
    orders: list[Order] = field(default_factory=list)

    def compose(self, order: Order) -> Composed:
        self.orders.append(order)
        content = f"{order.account.name},您好!\n{SOURCE} [1]\n您哪天方便?"
        return Composed(content=content, quotes=(source_quote(self.source),))


@dataclass
class Desk:
    """Everything around drafts; `now` is the clock."""

    policy: Policy = field(default_factory=Policy)
    now: datetime = START
    database: InMemoryDatabase = field(default_factory=InMemoryDatabase)
    knowledge: InMemoryKnowledgeStore = field(default_factory=InMemoryKnowledgeStore)
    composer: SaysOneThing = field(default_factory=SaysOneThing)

    def __post_init__(self) -> None:
        self.ids = iter(f"id-{n:04}" for n in range(100_000))
        self.transactions = InMemoryTransactions(self.database)
        self.audit = InMemoryAuditLog(self.database)
        drafts = InMemoryDraftStore(self.database)
        self.drafts = drafts
        accounts = InMemoryAccountStore(self.database)
        self.publish(Audience.CUSTOMER)
        with self.transactions.begin() as transaction:
            for name, title in (("a1", "柚子家居"), ("a2", "晴川文具(虚构)")):
                account = Account(id=AccountId(name), facts={"name": title}, updated_at=START)
                accounts.put(transaction, account)
        self.writing = DraftService(
            composers=[self.composer, SaysOneThing(kind=DraftKind.SUCCESS_PLAN)],
            accounts=accounts,
            drafts=drafts,
            access=SourceAccess(self.knowledge),
            transactions=self.transactions,
            audit=self.audit,
            reader_of=lambda person: Reader(groups=person.groups),
            now=lambda: self.now,
            new_id=lambda: next(self.ids),
        )
        self.approvals = ApprovalService(
            drafts=drafts,
            decisions=InMemoryDecisionStore(self.database),
            transactions=self.transactions,
            audit=self.audit,
            people=PEOPLE.get,
            stale=self.writing.stale,
            policy=self.policy,
            now=lambda: self.now,
            new_id=lambda: next(self.ids),
        )

    def publish(self, audience: Audience, *groups: str, version: int | None = None) -> None:
        """Make a version of the quoted document current."""
        next_version = version or self.knowledge.next_version(identity("renewal.md"))
        metadata = Metadata(audience=audience, groups=groups)
        self.knowledge.save(indexed("renewal.md", SOURCE, version=next_version, metadata=metadata))

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def create(self, person: Person = WANG, kind: DraftKind = DraftKind.CUSTOMER_MESSAGE) -> Written:
        return self.writing.create(kind, "a1", person, Surface.CLI)

    def create_with(self, key: str, person: Person = WANG, kind: DraftKind = DraftKind.CUSTOMER_MESSAGE) -> Written:
        return self.writing.create(kind, "a1", person, Surface.HTTP, key=key)

    def revise(self, id: str, content: str, based_on: int = 1, person: Person = WANG) -> Written:
        return self.writing.revise(id, content, based_on, person, Surface.SLACK)

    def decide(
        self,
        id: str,
        verdict: Verdict = Verdict.APPROVE,
        person: Person = CHEN,
        *,
        revision: int = 1,
        key: str | None = None,
        reason: str | None = None,
        on_behalf_of: str | None = None,
    ) -> Decided:
        if verdict is Verdict.REJECT and reason is None:
            reason = "语气太硬"
        return self.approvals.decide(
            id,
            revision,
            verdict,
            person,
            Surface.HTTP,
            key=key or next(self.ids),
            reason=reason,
            on_behalf_of=on_behalf_of,
        )

    def actions(self) -> list[str]:
        return [entry.event.action for entry in self.audit.entries()]
