"""A question kept to judge changes of the knowledge by, and where such questions are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class EvaluationQuestion:
    """A question with what is known of its answer: documents that hold it, quotes that say it, or neither."""

    id: str
    text: str
    document_ids: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    added_at: datetime


class EvaluationQuestionStore(Protocol):
    """Questions are added one by one and read all together."""

    def add(self, transaction: Transaction, question: EvaluationQuestion) -> bool:
        """Keep a question in the caller's transaction; False, changing nothing, when its id is kept already."""
        ...

    def list(self) -> Sequence[EvaluationQuestion]:
        """Return all of them, the oldest first."""
        ...
