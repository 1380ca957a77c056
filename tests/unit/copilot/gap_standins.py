"""Everything around gaps, on doubles: meanings are what a test says they are, the clock stands still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from copilot.accounts.account import Account, AccountId
from copilot.audit.surface import Surface
from copilot.curating.collecting import GapCollector
from copilot.curating.gap import Gap
from copilot.curating.gaps import GapService
from copilot.curating.known_wordings import KnownWordings
from copilot.curating.miss import GivenReply
from copilot.curating.opinion import Opinion
from copilot.curating.ownership import Ownership
from copilot.people.caller import Caller, the_owner
from copilot.people.person import OWNER, Person, Role, owner
from copilot.people.scope import scopes_of
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import DocumentId, Metadata
from knowledge.embedder import Vectors
from tests.contract.material import identity, indexed
from tests.doubles.audit import InMemoryAuditLog
from tests.doubles.database import InMemoryDatabase, InMemoryTransactions
from tests.doubles.gaps import InMemoryGapStore, InMemoryReplyQueue, InMemoryWordingStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OWNER_CALLS = the_owner(Surface.CLI)


class ScriptedMeanings(HashingEmbedder):
    """Implements `Embedder`: `mean` gives several texts one meaning; `asked` holds what was embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._meanings: dict[str, str] = {}

    def mean(self, *texts: str) -> None:
        self._meanings |= dict.fromkeys(texts, texts[0])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        vectors = self.embed_passages([self._meanings.get(text, text) for text in texts])
        for row, text in enumerate(texts):  # near, and not the same
            vectors[row, len(text) % 7] += 0.05
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised


class GapBench:
    """A collector and a service over stores in memory."""

    def __init__(self) -> None:
        self.time = NOON
        self.database = InMemoryDatabase()
        self.transactions = InMemoryTransactions(self.database)
        self.audit = InMemoryAuditLog(self.database)
        self.store = InMemoryGapStore(self.database, now=lambda: self.time)
        self.queue = InMemoryReplyQueue(self.database)
        self.meanings = ScriptedMeanings()
        self.documents = InMemoryKnowledgeStore()
        self.people: dict[str, Person] = {}
        self.accounts: dict[AccountId, Account] = {}
        self._answers = 0
        self.ownership = Ownership(
            documents=self.documents, person_of=self._person, everybody=lambda: list(self.people.values())
        )
        self.collector = self.another_collector()
        self.service = GapService(
            store=self.store,
            queue=self.queue,
            collector=self.collector,
            ownership=self.ownership,
            transactions=self.transactions,
            audit=self.audit,
            now=lambda: self.time,
        )

    def another_collector(self) -> GapCollector:
        """One of another process, on the same database."""
        wordings = KnownWordings(
            store=InMemoryWordingStore(self.database), embedder=self.meanings, transactions=self.transactions
        )
        return GapCollector(
            queue=self.queue,
            gaps=self.store,
            wordings=wordings,
            ownership=self.ownership,
            accounts=self.accounts.get,
            transactions=self.transactions,
            audit=self.audit,
            now=lambda: self.time,
        )

    def _person(self, id: str) -> Person:
        if id == OWNER:
            return owner()
        return self.people.get(id) or Person(id=id, name=id, roles=frozenset(), active=False)

    def person(self, id: str, *roles: Role, active: bool = True) -> Caller:
        person = Person(id=id, name=id, roles=frozenset(roles or (Role.READER,)), active=active)
        self.people[id] = person
        return Caller(person=person, scopes=scopes_of(person), surface=Surface.HTTP)

    def leave(self, id: str) -> None:
        self.people[id] = replace(self.people[id], active=False)

    def document(self, source: str = "price.md", **metadata: object) -> DocumentId:
        self.documents.save(indexed(source, "价格在报价单里。", metadata=replace(Metadata(), **metadata)))  # type: ignore[arg-type]  # a test's shorthand
        return identity(source)

    def ask(self, question: str, person: str = "mei", **known: object) -> GivenReply:
        """Somebody asks and the knowledge has no answer; in a conversation of its own, unless said otherwise."""
        self._answers += 1
        self.time += timedelta(minutes=1)
        reply = GivenReply(
            answer_id=f"a{self._answers:04}",
            conversation_id=f"c{self._answers}",
            person=person,
            question=question,
            language="zh",
            status="abstained",
            reason="not_in_knowledge",
            intent="question",
            surface="http",
            at=self.time,
        )
        reply = replace(reply, **known)  # type: ignore[arg-type]  # a test's shorthand
        self.queue.put(reply)
        return reply

    def answered(self, question: str, person: str = "mei", **said: object) -> GivenReply:
        """Somebody gets an answer and says something of it."""
        opinion = Opinion(**said)  # type: ignore[arg-type]  # a test's shorthand
        return self.ask(question, person, status="answered", reason=None, opinion=opinion)

    def gaps(self) -> Sequence[Gap]:
        return self.service.list(OWNER_CALLS).gaps

    def gap(self) -> Gap:
        (one,) = self.gaps()
        return one
