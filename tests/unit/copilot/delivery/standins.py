"""A small world around deliveries: drafts that are approved or not, documents, a channel that records, a clock."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copilot.approval.approved import SEAL, ApprovedRevision
from copilot.audit.surface import Surface
from copilot.delivery.channel import Channel
from copilot.delivery.checks import DeliveryChecks
from copilot.delivery.delivery import ChannelName, Delivery
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.delivery.sending import Sending
from copilot.delivery.service import DeliveryService
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Revision, SourceQuote
from copilot.drafting.store import DraftStore
from copilot.errors import ApprovalRequired, InvalidDestination, StaleRevision
from copilot.people.person import Person, Role, owner
from copilot.transaction import Transaction
from knowledge.document import Audience, Document, DocumentId, Metadata, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.reader import Reader
from tests.doubles.approval import InMemoryDraftStore
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.outbox import InMemoryOutbox

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
MINE = DraftId("d1")
PRICES, PLAYBOOK = DocumentId("prices0000000000"), DocumentId("playbook00000000")
FRONTLINE = Person(id="lin", name="林", roles=frozenset({Role.FRONTLINE}))
OWNER_PERSON = owner()


class Clock:
    """Time as a test says it is."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def jump(self, **by: float) -> None:
        self.now += timedelta(**by)


class ApprovalsByStatus:
    """Implements `Approvals`: the latest revision of a draft whose status says so, until `expired`."""

    def __init__(self, drafts: DraftStore) -> None:
        self._drafts = drafts
        self.expired = False

    def approved(self, transaction: Transaction, draft_id: DraftId, revision: int) -> ApprovedRevision:
        draft = self._drafts.get(draft_id)
        text = self._drafts.revision(draft_id, revision)
        if draft is not None and revision != draft.revision:
            raise StaleRevision(f"Revision {revision} was replaced. Look at the latest.")
        if draft is None or text is None or self.expired or draft.status not in _APPROVED:
            raise ApprovalRequired("Nobody has approved it. Approve it first.")
        return ApprovedRevision(SEAL, draft, text, [])


_APPROVED = (DraftStatus.APPROVED, DraftStatus.DELIVERED)


class FewDocuments:
    """Implements `CurrentDocuments`; `metadata` is what the documents say of themselves now."""

    def __init__(self) -> None:
        self.metadata = {
            PRICES: Metadata(audience=Audience.CUSTOMER),
            PLAYBOOK: Metadata(audience=Audience.INTERNAL),
        }

    def find(self, source_or_id: str) -> StoredDocument:
        if source_or_id not in self.metadata:
            raise UnknownDocument(f"No document {source_or_id!r}. See `copilot documents list`.")
        name = DocumentId(source_or_id)
        document = Document(source=f"{name}.md", title=f"About {name}", text="…", metadata=self.metadata[name])
        return StoredDocument(id=name, origin="folder", version=1, document=document)


@dataclass(frozen=True)
class Sent:
    """What a receiver got."""

    key: str
    destination: str
    draft: str
    revision: int


class RecordingChannel:
    """Implements `Channel`; `result` is called with what was sent and may raise."""

    def __init__(self, name: ChannelName) -> None:
        self.name = name
        self.sent: list[Sent] = []
        self.checked: list[str] = []
        self.result: Callable[[Sent], str] = lambda sent: f"receipt {sent.key}"

    def check(self, destination: str) -> str:
        self.checked.append(destination)
        if not destination or ".." in destination:
            raise InvalidDestination(f"{destination!r} cannot be used. Give another.")
        return destination.strip()

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        sent = Sent(key, destination, approved.draft.id, approved.revision.number)
        receipt = self.result(sent)
        self.sent.append(sent)
        return receipt


def quote(number: int, document: DocumentId = PRICES, title: str = "价目表") -> SourceQuote:
    return SourceQuote(
        number=number,
        document_id=document,
        version=1,
        source=f"{document}.md",
        title=title,
        heading_path=("价格",),
        quote="按年付费九折。",
        start=0,
        end=7,
    )


def revision(number: int, *, draft: DraftId = MINE, quotes: Sequence[SourceQuote] = ()) -> Revision:
    return Revision(
        draft_id=draft,
        number=number,
        content=f"# 续约方案\n\n王总您好,按年付费九折 [1]。第 {number} 版。\n",
        quotes=quotes,
        author="lin",
        surface=Surface.CLI,
        at=START,
        based_on=number - 1 or None,
    )


class World:
    """Everything together; one draft `d1`, approved, that cites a document for customers."""

    def __init__(
        self,
        *,
        internal: Sequence[str] = ("ours.example",),
        allowed: Sequence[str] = ("client.example",),
        channels: Sequence[Channel] | None = None,
    ) -> None:
        self.clock = Clock()
        database = InMemoryDatabase()
        self.drafts = InMemoryDraftStore(database)
        self.approvals = ApprovalsByStatus(self.drafts)
        self.documents = FewDocuments()
        self.audit = InMemoryAuditLog(database)
        self.outbox = InMemoryOutbox(database)
        self.file = RecordingChannel(ChannelName.FILE)
        self.email = RecordingChannel(ChannelName.EMAIL)
        self.transactions = InMemoryTransactions(database)
        self.woken = 0
        self.checks = DeliveryChecks(
            approvals=self.approvals,
            channels={one.name: one for one in (channels or (self.file, self.email))},
            rules=DestinationRules(internal=DestinationList.of(internal), allowed=DestinationList.of(allowed)),
            documents=self.documents,
        )
        names = (f"key-{number}" for number in itertools.count(1))
        self.service = DeliveryService(
            transactions=self.transactions,
            drafts=self.drafts,
            checks=self.checks,
            outbox=self.outbox,
            audit=self.audit,
            reader_of=lambda person: Reader(groups=person.groups, everything=person.has(Role.ADMIN)),
            wake=self._wake,
            now=self.clock,
            new_id=lambda: next(names),
        )
        self.sending = self.another_worker()
        self.write(MINE, quotes=[quote(1)])
        self.approve(MINE)

    def another_worker(self) -> Sending:
        return Sending(
            transactions=self.transactions,
            drafts=self.drafts,
            checks=self.checks,
            outbox=self.outbox,
            audit=self.audit,
            now=self.clock,
            chance=lambda: 0.5,
        )

    def _wake(self) -> None:
        self.woken += 1

    def write(self, id: DraftId, *, quotes: Sequence[SourceQuote] = ()) -> None:
        """Make a draft, or give it a further revision."""
        with self.transactions.begin() as transaction:
            before = self.drafts.get(id)
            if before is not None:
                self.drafts.append(transaction, revision(before.revision + 1, draft=id, quotes=quotes))
                return
            draft = Draft(
                id=id,
                kind=DraftKind.CUSTOMER_MESSAGE,
                account_id=None,
                language="zh",
                created_by="lin",
                created_at=START,
                revision=1,
                status=DraftStatus.OPEN,
                updated_at=START,
            )
            self.drafts.add(transaction, draft, revision(1, draft=id, quotes=quotes))

    def approve(self, id: DraftId = MINE) -> None:
        self.drafts.set_status(object(), id, DraftStatus.APPROVED, self.clock())

    def request(
        self,
        destination: str = "wang@client.example",
        *,
        channel: ChannelName = ChannelName.EMAIL,
        draft: DraftId = MINE,
        person: Person = OWNER_PERSON,
        revision: int | None = None,
    ) -> Delivery:
        return self.service.request(draft, channel, destination, person, Surface.CLI, revision=revision)

    def status(self, id: DraftId = MINE) -> DraftStatus:
        draft = self.drafts.get(id)
        assert draft is not None
        return draft.status
