"""What became of an approved revision on its way into the knowledge, and the port it is kept behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copilot.transaction import Transaction


class PublicationStatus(StrEnum):
    """Where a revision is."""

    QUEUED = "queued"  #: it is tried until it stands in the index
    PUBLISHED = "published"
    BLOCKED = "blocked"  #: the text may not be published; only a new revision can be
    DROPPED = "dropped"  #: a newer draft answers the gap, or the gap needs no answer any more
    WITHDRAWN = "withdrawn"  #: it was published and has been taken back


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One revision of a draft. `section` is the slug under which its answer stands in the document."""

    draft_id: str
    revision: int
    gap_id: str
    status: PublicationStatus = PublicationStatus.QUEUED
    source: str | None = None
    document_id: str | None = None
    version: int | None = None
    section: str | None = None
    attempts: int = 0
    code: str | None = None  #: why the last attempt failed
    due_at: datetime
    created_at: datetime
    published_at: datetime | None = None


class PublicationStore(Protocol):
    """Changes belong to a transaction of the caller's; reading sees what was committed."""

    def claim(self, transaction: Transaction, publication: Publication, now: datetime, until: datetime) -> bool:
        """Take a revision in hand until a time; a first claim keeps it.

        False: it is not queued any more, not due yet, or somebody else has it in hand.
        """
        ...

    def put(self, transaction: Transaction, publication: Publication) -> None:
        """Change a revision that was claimed, and let go of it."""
        ...

    def get(self, draft_id: str, revision: int) -> Publication | None:
        """Return one."""
        ...

    def list(self, status: PublicationStatus | None, limit: int) -> Sequence[Publication]:
        """Return the newest first; None: in any state."""
        ...

    def of_document(self, document_id: str) -> Sequence[Publication]:
        """Return what stands in a document now, the oldest first."""
        ...
