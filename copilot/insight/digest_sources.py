"""Ports: what a digest tells beside the figures of a report, one by one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.accounts.account import AccountId
from copilot.drafting.draft import DraftId
from copilot.insight.counts import Window
from knowledge.document import DocumentId


@dataclass(frozen=True, kw_only=True)
class WaitingDraft:
    """A draft that waits for a decision."""

    id: DraftId
    kind: str
    account_id: AccountId | None
    created_by: str
    since: datetime  #: of its latest revision


@dataclass(frozen=True, kw_only=True)
class Observed:
    """An event that was told of an account in the time."""

    account_id: AccountId
    name: str  #: of `AccountEvent`
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FailedDelivery:
    """A delivery that was given up or stopped by a check, and has not left since."""

    id: str
    channel: str
    status: str
    code: str | None
    requested_by: str


@dataclass(frozen=True, kw_only=True)
class AnsweredQuestion:
    """What a person asked, and the document that answers it now."""

    question: str
    document_id: DocumentId


class DigestReading(Protocol):
    """What happened, item by item."""

    def waiting(self, persons: frozenset[str] | None, accounts: Collection[AccountId]) -> Sequence[WaitingDraft]:
        """Return drafts that wait, begun by these people (None: by anybody) or about these accounts, oldest first."""
        ...

    def observed(self, window: Window, accounts: Collection[AccountId]) -> Sequence[Observed]:
        """Return events of these accounts that were told in the time, the newest first; whoever told them."""
        ...

    def failed(self, window: Window) -> Sequence[FailedDelivery]:
        """Return deliveries asked for in the time that have not left and will not, the newest first."""
        ...

    def answered(self, window: Window) -> Sequence[AnsweredQuestion]:
        """Return what people asked and the knowledge could not answer, until an answer was published in the time."""
        ...
