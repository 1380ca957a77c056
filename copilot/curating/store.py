"""Ports: what was written and paid for, what was proposed, what people said of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copilot.chat_model import Usage
from copilot.curating.opinion import Opinion
from knowledge.chunk import ChunkId, ChunkQuestion
from knowledge.document import Audience, DocumentId
from knowledge.reader import AccessLabel, access_label


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is paid for once: a passage, by its key, written for by a model in answer to a version of the prompt."""

    passage: str
    model: str
    version: str


class OutcomeStore(Protocol):
    """Every method is one transaction."""

    def checked(self, model: str, version: str) -> Mapping[str, ChunkId | None]:
        """Return by passage key everything paid for, with the chunk it was last checked for."""
        ...

    def candidates(self, order: Order) -> Sequence[str] | None:
        """Return what was written, unchecked; None when it was never paid for."""
        ...

    def keep(self, order: Order, candidates: Sequence[str], usage: Usage | None, at: datetime) -> None:
        """Remember what was written; what is remembered already stays."""
        ...

    def mark_checked(self, order: Order, chunk: ChunkId) -> None:
        """Remember that everything written was checked and indexed for this chunk."""
        ...

    def reopen(self, passages: Sequence[str]) -> None:
        """Forget that these were checked, whoever wrote them, so that a next run indexes them again."""
        ...


class ProposalStatus(StrEnum):
    """What became of a proposed question."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A question that helped somebody, for the passage that answered it."""

    id: str
    text: str
    document_id: DocumentId
    passage: str  #: key of the chunk that was cited
    audience: Audience  #: of the cited document then, as are the groups: who may meet this wording at most
    answer_id: str
    person: str
    proposed_at: datetime
    groups: tuple[str, ...] = ()
    status: ProposalStatus = ProposalStatus.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def label(self) -> AccessLabel:
        """Those who may meet this wording at most."""
        return access_label(self.audience, self.groups)


@dataclass(frozen=True, kw_only=True)
class CitedPlace:
    """Where an answer quoted from."""

    document_id: DocumentId
    version: int
    start: int
    quote: str


@dataclass(frozen=True, kw_only=True)
class GivenAnswer:
    """What feedback is about; without citations when nothing was answered."""

    question: str
    citations: Sequence[CitedPlace]


class FeedbackStore(Protocol):
    """Every method is one transaction."""

    def answer(self, answer_id: str, person: str) -> GivenAnswer | None:
        """Return an answer that was given to this person."""
        ...

    def record(self, answer_id: str, person: str, opinion: Opinion, *, at: datetime) -> Opinion:
        """Keep what a person says of an answer; returns what stands now (`Opinion.after`)."""
        ...

    def propose(self, proposal: Proposal) -> Proposal:
        """Keep a proposal; one with this id that exists already stays as it is. Returns what is kept."""
        ...

    def withdraw(self, answer_id: str, person: str) -> None:
        """Forget what this person's answer proposed and nobody has decided on."""
        ...

    def proposals(self, status: ProposalStatus | None) -> Sequence[Proposal]:
        """Return proposals, oldest first; None: all."""
        ...

    def proposal(self, id: str) -> Proposal | None:
        """Return one proposal."""
        ...

    def decide(self, id: str, status: ProposalStatus, person: str, at: datetime) -> None:
        """Keep a decision."""
        ...


class QuestionIndex(Protocol):
    """Port to the write path, which only the composition root may touch."""

    def add_questions(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions of the current version searchable; False when another version has become current."""
        ...

    def remove_questions(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions out of the index; returns how many there were."""
        ...
