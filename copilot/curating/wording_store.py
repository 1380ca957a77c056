"""Port: the wordings of the gaps, each with its meaning as a vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from copilot.curating.gap import GapId
from copilot.transaction import Transaction
from knowledge.embedder import Vectors


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A question as it was put, under the key of its normal form; a key belongs to one gap."""

    number: int  #: grows with every wording that is kept; 0 before it is kept
    key: str
    gap: GapId
    text: str
    model: str  #: what embedded it
    vector: Vectors  #: (dimension,) float32, L2-normalised


class WordingStore(Protocol):
    """Wordings are only ever added, and renewed when the embedding model changes."""

    def gap(self, transaction: Transaction, key: str) -> GapId | None:
        """Return the gap that a wording belongs to."""
        ...

    def keep(self, transaction: Transaction, wording: Wording) -> None:
        """Keep a new wording; its number is given here."""
        ...

    def after(self, transaction: Transaction, number: int, model: str) -> Sequence[Wording]:
        """Return the wordings with a higher number whose vectors are of this model, by number."""
        ...

    def of_other_models(self, model: str, limit: int) -> Sequence[Wording]:
        """Return wordings whose vectors are of another model."""
        ...

    def renew(self, transaction: Transaction, wordings: Sequence[Wording]) -> None:
        """Put new vectors in place of those of another model; each wording gets a new number."""
        ...
