"""What became of a question, on one side of a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.answering.answer import Abstention, Answer, Clarification, Outcome
from copilot.curating.changes.asked import Asked, Holds
from knowledge.passage import Citation, Passage

Status = Literal["answered", "partial", "abstained", "clarify"]


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A citation. `evidence`: what the question's answer has to rest on, or nothing is known of that."""

    document_id: str
    source: str
    quote: str
    evidence: bool


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A reply as far as it is compared; `rank` (from 1) is that of the first passage with the expected evidence."""

    status: Status
    answer: str  #: Markdown; of an abstention, why there is none
    quotes: tuple[Quoted, ...]
    rank: int | None
    passages: tuple[Passage, ...]  #: best first

    @property
    def answered(self) -> bool:
        """Whether there is an answer, to all of the question or to a part."""
        return self.status in ("answered", "partial")


def seen_of(asked: Asked, outcome: Outcome, holds: Holds) -> Seen:
    """Reduce a reply to what is compared."""
    citations: Sequence[Citation] = outcome.composition.citations if isinstance(outcome, Answer) else ()
    return Seen(
        status=_status(outcome),
        answer=outcome.composition.text if isinstance(outcome, Answer) else _explanation(outcome),
        quotes=tuple(
            Quoted(
                document_id=one.passage.chunk.document_id,
                source=one.passage.source,
                quote=one.quote,
                evidence=not asked.expected or any(wanted.is_in(one.passage, holds) for wanted in asked.expected),
            )
            for one in citations
        ),
        rank=asked.rank(outcome.passages, holds),
        passages=tuple(outcome.passages),
    )


def _status(outcome: Outcome) -> Status:
    match outcome:
        case Answer(uncovered=uncovered):
            return "partial" if uncovered else "answered"
        case Clarification():
            return "clarify"
        case _:
            return "abstained"


def _explanation(outcome: Outcome) -> str:
    return outcome.explanation if isinstance(outcome, Abstention | Clarification) else ""
