"""Port: items that could not be ingested, until they can or are gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from knowledge.document import DocumentId

#: Where an item got stuck: its bytes could not be had, not be read, not be embedded, or not be stored.
Stage = Literal["fetch", "parse", "embed", "index"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An item whose last attempt failed; its document, if it has one, is of an earlier state."""

    id: DocumentId  #: that its document has, or would have
    origin: str
    source: str
    stage: Stage
    code: str  #: stable reason
    reason: str  #: the same for people, with the next step
    attempts: int  #: since it last succeeded
    first_at: datetime
    last_at: datetime


class FailureStore(Protocol):
    """Every method is one transaction."""

    def failures(self) -> Sequence[Failure]:
        """Return all of them, by origin and source."""
        ...

    def record(self, *, origin: str, source: str, stage: Stage, code: str, reason: str, at: datetime) -> None:
        """Remember a failed attempt: a new failure, or one more attempt of a known one."""
        ...

    def forget(self, ids: Collection[DocumentId]) -> None:
        """Take away what succeeded or is gone; unknown ids change nothing."""
        ...
