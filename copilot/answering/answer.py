"""What the copilot replies: an answer with citations, or an abstention with its reason. Both are values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from copilot.answering.question import Question
from knowledge.passage import Citation, Passage


class AbstentionReason(StrEnum):
    """Why there is no answer; only the first is a gap in the knowledge."""

    NOT_IN_KNOWLEDGE = "not_in_knowledge"
    NO_PERMISSION = "no_permission"
    RETRIEVAL_FAILED = "retrieval_failed"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, kw_only=True)
class GroundedSentence:
    """A sentence of the answer and the numbers of the citations it rests on."""

    text: str
    status: Literal["grounded", "partly", "ungrounded"]
    citations: tuple[int, ...]
    spans: tuple[tuple[int, int], ...] = ()  #: where each citation bears it out, in its passage; empty: not looked for


@dataclass(frozen=True, kw_only=True)
class ConflictSide:
    """What one source says, in its own words, and the number of its citation."""

    claim: str
    citation: int


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Sources that disagree about `topic`: two sides or more, newest and most specific first."""

    topic: str
    sides: tuple[ConflictSide, ...]


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The worded answer: `text` is Markdown with [n] behind each claim, the answer first."""

    text: str
    explanation: str
    citations: Sequence[Citation]
    grounding: Sequence[GroundedSentence]
    composer: str  #: "extractive" or "llm:<model>"
    conflicts: Sequence[Conflict] = ()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What an answer and an abstention share."""

    id: str
    conversation_id: str
    question: Question
    passages: Sequence[Passage]
    timings_ms: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Answer(Reply):
    """The question is answered from cited passages."""

    composition: Composition


@dataclass(frozen=True, kw_only=True)
class Abstention(Reply):
    """The question is not answered; `explanation` says why and what to do next, in the language asked."""

    reason: AbstentionReason
    explanation: str
