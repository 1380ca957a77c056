"""The error book (错题集, F11): what went wrong with suggestions and answers, and the playbook that says it right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from copilot.suggesting.reactions import OwnedRejection
from knowledge.passage import Passage
from knowledge.reader import Reader


@dataclass(frozen=True, kw_only=True)
class UnhelpfulAnswer:
    """An answer that somebody found unhelpful."""

    id: str
    question: str
    at: datetime


class UnhelpfulAnswers(Protocol):
    """Port: answers that were voted down."""

    def unhelpful(self, limit: int) -> Sequence[UnhelpfulAnswer]:
        """Return them, newest first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One page of the error book."""

    kind: Literal["suggestion", "answer"]
    what: str  #: key of the action, or the question
    reason: str | None
    playbook: str | None  #: source or id of what to read; None where nothing is known about it
    title: str | None
    at: datetime


def error_book(
    rejections: Sequence[OwnedRejection],
    answers: Sequence[UnhelpfulAnswer],
    find: Callable[[str, Reader], Passage | None],
    reader: Reader,
    limit: int,
) -> list[Mistake]:
    """Return what went wrong, newest first; `find` gives the best passage on a question that the reader may see."""
    pages = [
        Mistake(
            kind="suggestion",
            what=one.rejection.suggestion.action,
            reason=one.rejection.reaction.reason,
            playbook=one.rejection.suggestion.playbook,
            title=one.title,
            at=one.rejection.reaction.at,
        )
        for one in rejections
    ]
    for answer in answers[:limit]:
        passage = find(answer.question, reader)
        pages.append(
            Mistake(
                kind="answer",
                what=answer.question,
                reason=None,
                playbook=passage.source if passage else None,
                title=passage.title if passage else None,
                at=answer.at,
            )
        )
    return sorted(pages, key=lambda one: one.at, reverse=True)[:limit]
