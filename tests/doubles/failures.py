"""Failed items in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from knowledge.document import DocumentId, document_id
from knowledge.failures import Failure, Stage


class InMemoryFailureStore:
    """Implements `FailureStore`."""

    def __init__(self) -> None:
        self._failures: dict[DocumentId, Failure] = {}

    def failures(self) -> Sequence[Failure]:
        """Return all of them, by origin and source."""
        return sorted(self._failures.values(), key=lambda failure: (failure.origin, failure.source))

    def record(self, *, origin: str, source: str, stage: Stage, code: str, reason: str, at: datetime) -> None:
        """Remember a failed attempt."""
        id = document_id(origin, source)
        known = self._failures.get(id)
        latest = Failure(
            id=id,
            origin=origin,
            source=source,
            stage=stage,
            code=code,
            reason=reason,
            attempts=1,
            first_at=at,
            last_at=at,
        )
        self._failures[id] = replace(latest, attempts=known.attempts + 1, first_at=known.first_at) if known else latest

    def forget(self, ids: Collection[DocumentId]) -> None:
        """Take away what succeeded or is gone."""
        for id in ids:
            self._failures.pop(id, None)
