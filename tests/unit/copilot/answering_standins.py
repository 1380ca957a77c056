"""What stands around the answering service in its unit tests: each says what it is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from copilot.answering.answer import Answer, Outcome
from copilot.answering.answerability import Answerability
from copilot.answering.calibration import Calibration, Coefficients
from copilot.answering.conflicts import ConflictFinder
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.grounding import GroundingCheck
from copilot.answering.permission import Labels, Permission
from copilot.answering.question import Question, Turn
from copilot.answering.relevance import Relevance
from copilot.answering.service import AnsweringService
from copilot.chat_model import ChatModel, Prompt, never
from copilot.errors import ChatModelUnavailable
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience, DocumentId
from knowledge.errors import ReportableError
from knowledge.passage import Passage
from knowledge.query import Query
from knowledge.reader import AccessLabel, Reader, access_label
from knowledge.retriever import Nearness, Retriever
from tests.doubles.knowledge_store import InMemoryKnowledgeStore
from tests.unit.samples import passage

_BY_NEARNESS = Coefficients(intercept=-2.0, weights={"near": 1.0})
#: Answers from two spreads above the background; below one it is another subject.
CALIBRATION = Calibration(with_questions=_BY_NEARNESS, without_questions=_BY_NEARNESS, threshold=0.5, other_subject=1.0)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
RENEWAL = passage("合同到期之前 90 天开始准备续约。", similarity=0.9)
ASKED = Question(text="续约提前多久开始准备", person="owner")


@dataclass
class FoundPassages:
    """A retriever that always finds the same; the background comes 0.5 near."""

    passages: list[Passage]
    failure: ReportableError | None = None
    queries: list[Query] = field(default_factory=list)

    def meant(self, text: str, reader: Reader) -> str:
        """Every question makes sense."""
        return text

    def retrieve(self, query: Query) -> list[Passage]:
        self.queries.append(query)
        if self.failure:
            raise self.failure
        return self.passages

    def nearness(self, texts: Sequence[str], reader: Reader) -> list[Nearness]:
        """A background of mean 0.5 and spread 0.1."""
        return [Nearness(chunk=0.4 + 0.2 * (n % 2), question=None) for n in range(len(texts))]

    def revision(self) -> str:
        return "1"

    def labels(self) -> Collection[AccessLabel]:
        return {access_label(one.metadata.audience, one.metadata.groups) for one in self.passages}


@dataclass
class LabelsNow:
    """Documents are for whom they were found, until `narrowed` names one."""

    label: AccessLabel = field(default_factory=lambda: access_label(Audience.CUSTOMER))
    narrowed: dict[DocumentId, AccessLabel] = field(default_factory=dict)

    def labels_of(self, ids: Collection[DocumentId]) -> dict[DocumentId, AccessLabel]:
        return {name: self.narrowed.get(name, self.label) for name in ids}


@dataclass
class KeptReplies:
    """An answer store in memory."""

    holders: dict[str, str] = field(default_factory=dict)
    replies: list[tuple[Outcome, datetime]] = field(default_factory=list)

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        return self.holders.get(conversation_id) == person

    def save(self, reply: Outcome, at: datetime) -> None:
        self.holders.setdefault(reply.conversation_id, reply.question.person)
        self.replies.append((reply, at))

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        kept = [reply for reply, _ in self.replies if reply.conversation_id == conversation_id]
        turns = [turn for reply in kept if self.has_conversation(conversation_id, person) for turn in _told(reply)]
        return turns[-limit:]


def _told(reply: Outcome) -> list[Turn]:
    said = reply.composition.text if isinstance(reply, Answer) else reply.explanation
    return [Turn(role="user", content=reply.question.text), Turn(role="assistant", content=said)]


@dataclass
class Says:
    """A chat model that says one thing, or fails when it has nothing to say."""

    text: str | None
    name: str = "tiny"
    prompts: list[Prompt] = field(default_factory=list)

    def complete(self, prompt: Prompt) -> str:
        self.prompts.append(prompt)
        if self.text is None:
            raise ChatModelUnavailable("The chat model is down.")
        return self.text

    def stream(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Iterator[str]:
        for character in self.complete(prompt):
            if cancelled():
                return
            yield character


def service(
    found: FoundPassages,
    store: KeptReplies | None = None,
    model: ChatModel | None = None,
    labels: Labels | None = None,
) -> AnsweringService:
    retriever = cast(Retriever, found)
    ids = iter(f"id-{n}" for n in range(100))
    evidence = EvidenceFinder()
    answerability = Answerability(relevance=Relevance(retriever), evidence=evidence, calibration=CALIBRATION)
    return AnsweringService(
        retriever=retriever,
        answerability=answerability,
        evidence=evidence,
        permission=Permission(
            retriever=retriever, labels=labels or LabelsNow(), answerability=answerability, evidence=evidence
        ),
        check=GroundingCheck(HashingEmbedder()).supported,
        conflicts=ConflictFinder(InMemoryKnowledgeStore()),
        store=store or KeptReplies(),
        chat_model=model,
        now=lambda: NOW,
        new_id=lambda: next(ids),
    )
