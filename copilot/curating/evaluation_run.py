"""What an evaluation found, as far as it is kept: figures to compare over time, and where it went worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class EvaluationRun:
    """One run. `summary` is small and shown in lists; `detail` is JSON text as it was written."""

    id: str
    at: datetime
    person: str
    summary: Mapping[str, object]
    detail: str


class EvaluationRunStore(Protocol):
    """Every method is one transaction."""

    def add(self, run: EvaluationRun) -> None:
        """Keep a run; one with the same id is kept already and stays as it is."""
        ...

    def list(self, limit: int) -> Sequence[EvaluationRun]:
        """Return runs, the newest first, without their details."""
        ...

    def get(self, id: str) -> EvaluationRun | None:
        """Return one run with its detail."""
        ...
