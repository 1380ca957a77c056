"""Answers that a person has pinned to questions, and the port they are kept behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from copilot.transaction import Transaction
from knowledge.document import DocumentId


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A section of a document is the answer to a question, as it stands.

    It holds for the version that was looked at: a newer one answers like any other until a person pins it anew.
    """

    words: str  #: the question as questions are compared (`same_words`)
    question: str
    document_id: DocumentId
    section: str  #: slug of its heading
    version: int
    valid_until: date | None = None  #: the last day on which it is returned
    pinned_by: str
    pinned_at: datetime


class PinStore(Protocol):
    """Changes belong to a transaction of the caller's; reading sees what was committed."""

    def put(self, transaction: Transaction, pinned: Sequence[Pin]) -> None:
        """Keep pins in place of those of the same words."""
        ...

    def remove(self, transaction: Transaction, document: DocumentId) -> int:
        """Take away all pins of a document; returns how many there were."""
        ...

    def of_words(self, words: str) -> Pin | None:
        """Return the pin of a question."""
        ...

    def of_document(self, document: DocumentId) -> Sequence[Pin]:
        """Return the pins of a document, by their words."""
        ...

    def list(self) -> Sequence[Pin]:
        """Return all pins, by document and words."""
        ...
