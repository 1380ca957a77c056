"""Questions that people asked and that are answered now: asked again whenever the product is evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class EvaluationQuestion:
    """A question with what is known of its right answer."""

    id: str
    text: str
    document_ids: tuple[str, ...]  #: each holds the answer
    quotes: tuple[str, ...]  #: each is a needed piece of evidence, verbatim
    added_at: datetime


class EvaluationQuestionStore(Protocol):
    """Questions are only ever added."""

    def add(self, transaction: Transaction, question: EvaluationQuestion) -> bool:
        """Keep a question; False, changing nothing, when its id is there."""
        ...

    def list(self) -> Sequence[EvaluationQuestion]:
        """Return all questions, the oldest first."""
        ...
