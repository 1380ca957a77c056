"""The small stores in memory: originals, answers, outcomes, feedback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from copilot.answering.answer import Answer, Outcome
from copilot.answering.question import Turn
from copilot.chat_model import Usage
from copilot.curating.opinion import Opinion
from copilot.curating.store import CitedPlace, GivenAnswer, Order, Proposal, ProposalStatus
from knowledge.chunk import ChunkId
from knowledge.document import content_hash


class InMemoryOriginals:
    """Implements `Originals`."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, data: bytes) -> str:
        """Store bytes under their hash."""
        name = content_hash(data)
        self.kept[name] = bytes(data)
        return name

    def read(self, content_hash: str) -> bytes:
        """Return the bytes with this hash."""
        return self.kept[content_hash]


class InMemoryAnswerStore:
    """Implements `AnswerStore`; `replies` holds what was saved, in order."""

    def __init__(self) -> None:
        self.replies: list[tuple[Outcome, datetime]] = []
        self._holders: dict[str, str] = {}

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        return self._holders.get(conversation_id) == person

    def save(self, reply: Outcome, at: datetime) -> None:
        """Keep a reply."""
        if any(kept.id == reply.id for kept, _ in self.replies):
            raise ValueError(f"reply {reply.id!r} exists already")
        self._holders.setdefault(reply.conversation_id, reply.question.person)
        self.replies.append((reply, at))

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        """Return the last messages of this person's conversation, oldest first."""
        turns: list[Turn] = []
        for reply, _ in sorted(self.replies, key=lambda kept: kept[1]):
            if reply.conversation_id == conversation_id and self.has_conversation(conversation_id, person):
                said = reply.composition.text if isinstance(reply, Answer) else reply.explanation
                turns += [Turn(role="user", content=reply.question.text), Turn(role="assistant", content=said)]
        return turns[-limit:] if limit else []


class InMemoryOutcomeStore:
    """Implements `OutcomeStore`."""

    def __init__(self) -> None:
        self.kept: dict[Order, tuple[Sequence[str], Usage | None]] = {}
        self._checked: dict[Order, ChunkId] = {}

    def checked(self, model: str, version: str) -> Mapping[str, ChunkId | None]:
        """Return by passage key everything paid for."""
        return {
            order.passage: self._checked.get(order)
            for order in self.kept
            if (order.model, order.version) == (model, version)
        }

    def candidates(self, order: Order) -> Sequence[str] | None:
        """Return what was written."""
        return list(self.kept[order][0]) if order in self.kept else None

    def keep(self, order: Order, candidates: Sequence[str], usage: Usage | None, at: datetime) -> None:
        """Remember what was written."""
        self.kept.setdefault(order, (list(candidates), usage))

    def mark_checked(self, order: Order, chunk: ChunkId) -> None:
        """Remember that everything written was checked."""
        if order in self.kept:
            self._checked[order] = chunk

    def reopen(self, passages: Sequence[str]) -> None:
        """Forget that these were checked."""
        self._checked = {order: chunk for order, chunk in self._checked.items() if order.passage not in passages}


class InMemoryFeedbackStore:
    """Implements `FeedbackStore` over what an answer store keeps."""

    def __init__(self, answers: InMemoryAnswerStore) -> None:
        self._answers = answers
        self._proposals: dict[str, Proposal] = {}
        self.opinions: dict[tuple[str, str], Opinion] = {}

    def answer(self, answer_id: str, person: str) -> GivenAnswer | None:
        """Return an answer that was given to this person."""
        for reply, _ in self._answers.replies:
            if reply.id == answer_id and self._answers.has_conversation(reply.conversation_id, person):
                citations = reply.composition.citations if isinstance(reply, Answer) else []
                return GivenAnswer(
                    question=reply.question.text,
                    citations=[
                        CitedPlace(
                            document_id=one.passage.chunk.document_id,
                            version=one.passage.chunk.version,
                            start=one.start,
                            quote=one.quote,
                        )
                        for one in citations
                    ],
                )
        return None

    def record(self, answer_id: str, person: str, opinion: Opinion, *, at: datetime) -> Opinion:
        """Keep what a person says of an answer."""
        stands = opinion.after(self.opinions.get((answer_id, person), Opinion()))
        self.opinions[answer_id, person] = stands
        return stands

    def propose(self, proposal: Proposal) -> Proposal:
        """Keep a proposal unless there is one."""
        return self._proposals.setdefault(proposal.id, proposal)

    def withdraw(self, answer_id: str, person: str) -> None:
        """Forget what this person's answer proposed and nobody has decided on."""
        meant = (answer_id, person, ProposalStatus.PROPOSED)
        self._proposals = {
            name: one for name, one in self._proposals.items() if (one.answer_id, one.person, one.status) != meant
        }

    def proposals(self, status: ProposalStatus | None) -> Sequence[Proposal]:
        """Return proposals, oldest first."""
        chosen = [one for one in self._proposals.values() if status in (None, one.status)]
        return sorted(chosen, key=lambda one: (one.proposed_at, one.id))

    def proposal(self, id: str) -> Proposal | None:
        """Return one proposal."""
        return self._proposals.get(id)

    def decide(self, id: str, status: ProposalStatus, person: str, at: datetime) -> None:
        """Keep a decision."""
        if id in self._proposals:
            self._proposals[id] = replace(self._proposals[id], status=status, decided_by=person, decided_at=at)
