"""What the copilot replies: an answer with citations, or an abstention with its reason. Both are values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from copilot.answering.intent import Intent
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


#: What became of asking the chat model; only the first shows its words.
WordingOutcome = Literal["worded", "declined", "unsupported", "interrupted", "unavailable"]


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """One request to a chat model, kept with the answer so that a change of prompt can be told from one of model."""

    model: str
    prompt: str  #: id, language and version, for example "answer.zh@2"
    outcome: WordingOutcome
    kept: int  #: sentences that passed the checks
    dropped: int  #: and that did not
    milliseconds: int


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The worded answer: `text` is Markdown with [n] behind each claim, the answer first."""

    text: str
    explanation: str
    citations: Sequence[Citation]
    grounding: Sequence[GroundedSentence]
    composer: str  #: "extractive", "llm:<model>", "calculator" or "curated"
    conflicts: Sequence[Conflict] = ()
    call: ModelCall | None = None  #: None when no model was asked

    def with_call(self, call: ModelCall) -> Composition:
        """Return the same with what is known of the request behind it."""
        return replace(self, call=call)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something a person can pick instead of typing; `action` is a stable key, `payload` what it needs."""

    label: str
    action: str
    payload: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What every kind of reply has."""

    id: str
    conversation_id: str
    question: Question
    passages: Sequence[Passage]
    timings_ms: Mapping[str, int]
    standalone: str | None = None  #: the question in words that need no conversation; None where it needs none as asked
    intent: Intent = Intent.QUESTION
    choices: Sequence[Choice] = ()
    by_words: bool = False  #: searched by words alone, because embedder or vectors were down
    confidence: float = 0.0  #: probability (0-1) that the knowledge answers it; the best part's, when there are several

    @property
    def standalone_question(self) -> str:
        """The question as it would be asked in a new conversation."""
        return self.question.text if self.standalone is None else self.standalone


@dataclass(frozen=True, kw_only=True)
class Answer(Reply):
    """The question is answered from cited passages, in all its parts or in some."""

    composition: Composition
    uncovered: Sequence[str] = ()  #: the parts that nothing answers, as they were asked
    missing: Sequence[str] = ()  #: those of them that the knowledge lacks: search worked, and nothing was withheld


@dataclass(frozen=True, kw_only=True)
class Abstention(Reply):
    """The question is not answered; `explanation` says why and what to do next, in the language asked."""

    reason: AbstentionReason
    explanation: str


@dataclass(frozen=True, kw_only=True)
class Clarification(Reply):
    """No part can be answered before the person picks one of `choices`; `explanation` asks for it."""

    explanation: str


#: Every way a question can end; failures aside.
Outcome = Answer | Abstention | Clarification
