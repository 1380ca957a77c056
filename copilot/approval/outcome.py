"""What became of a draft: accepted as composed, accepted after edits, or rejected; and the documents it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copilot.approval.decision import Decision
from copilot.drafting.draft import Draft, DraftStatus, Revision
from copilot.drafting.edit_share import edit_share
from copilot.drafting.store import DraftStore
from copilot.transaction import Transaction
from knowledge.document import DocumentId


class OutcomeVerdict(StrEnum):
    """How a revision ended; whether an approved one was edited before, `edit_share` tells."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class DraftOutcome:
    """Of one revision; `documents` are those it quotes or was composed from, each in the version quoted."""

    draft: Draft
    revision: int
    person: str  #: who decided last
    verdict: OutcomeVerdict
    edit_share: float | None  #: 0-1 of an approved revision against what was composed; None of a rejected one
    at: datetime
    documents: Mapping[DocumentId, int]


class DraftOutcomeStore(Protocol):
    """Port: where outcomes are kept."""

    def put(self, transaction: Transaction, outcome: DraftOutcome) -> None:
        """Keep the outcome of a revision, and the draft's documents as they were with it."""
        ...


class DecisionObserver(Protocol):
    """Port: told of every decision that ends a revision, in its transaction."""

    def decided(
        self, transaction: Transaction, draft: Draft, latest: Revision, decision: Decision, status: DraftStatus
    ) -> None:
        """Take note; `status` is what the draft is now: approved or rejected."""
        ...


class OutcomeRecorder:
    """Implements `DecisionObserver`."""

    def __init__(self, drafts: DraftStore, outcomes: DraftOutcomeStore) -> None:
        self._drafts = drafts
        self._outcomes = outcomes

    def decided(
        self, transaction: Transaction, draft: Draft, latest: Revision, decision: Decision, status: DraftStatus
    ) -> None:
        """Keep what became of the revision."""
        composed = self._composed(latest)
        approved = status is DraftStatus.APPROVED
        documents: dict[DocumentId, int] = {}
        for quote in (*latest.quotes, *composed.quotes):
            documents.setdefault(quote.document_id, quote.version)
        outcome = DraftOutcome(
            draft=draft,
            revision=latest.number,
            person=decision.person,
            verdict=OutcomeVerdict.APPROVED if approved else OutcomeVerdict.REJECTED,
            edit_share=edit_share(composed.content, latest.content) if approved else None,
            at=decision.at,
            documents=documents,
        )
        self._outcomes.put(transaction, outcome)

    def _composed(self, latest: Revision) -> Revision:
        """Return the last revision that the copilot composed, which all later ones were made of by people."""
        if latest.based_on is None:
            return latest
        kept = [one for one in self._drafts.revisions(latest.draft_id) if one.number <= latest.number]
        return next((one for one in reversed(kept) if one.based_on is None), latest)
