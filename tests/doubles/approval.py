"""Accounts, drafts and decisions in memory."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from copilot.accounts.account import Account, AccountId
from copilot.approval.decision import Decision, Delegation
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Revision
from copilot.errors import IdempotencyKeyReused
from copilot.transaction import Transaction
from tests.doubles.database import InMemoryDatabase


class InMemoryAccountStore:
    """Implements `AccountStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def put(self, transaction: Transaction, account: Account) -> None:
        """Keep a record."""
        self._database.accounts[account.id] = account

    def lock(self, transaction: Transaction, id: AccountId) -> Account | None:
        """Return a record; only one transaction runs at a time."""
        return self._database.accounts.get(id)

    def get(self, id: AccountId) -> Account | None:
        """Return a record."""
        return self._database.accounts.get(id)

    def list(self, limit: int, after: AccountId | None = None) -> Sequence[Account]:
        """Return records in the order of their ids."""
        found = [one for name, one in sorted(self._database.accounts.items()) if after is None or name > after]
        return found[:limit]


class InMemoryDraftStore:
    """Implements `DraftStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def add(self, transaction: Transaction, draft: Draft, revision: Revision) -> bool:
        """Keep a new draft with its first revision."""
        if draft.id in self._database.drafts:
            return False
        self._database.drafts[draft.id] = draft
        self._database.revisions[draft.id, revision.number] = revision
        return True

    def lock(self, transaction: Transaction, id: DraftId) -> Draft | None:
        """Return a draft; only one transaction runs at a time."""
        return self._database.drafts.get(id)

    def append(self, transaction: Transaction, revision: Revision) -> None:
        """Keep a further revision; the draft is open again."""
        self._database.revisions[revision.draft_id, revision.number] = revision
        self._database.drafts[revision.draft_id] = replace(
            self._database.drafts[revision.draft_id],
            revision=revision.number,
            status=DraftStatus.OPEN,
            updated_at=revision.at,
        )

    def set_language(self, transaction: Transaction, id: DraftId, language: Literal["zh", "en"]) -> None:
        """Keep that the draft is in another language from now on."""
        self._database.drafts[id] = replace(self._database.drafts[id], language=language)

    def set_status(self, transaction: Transaction, id: DraftId, status: DraftStatus, at: datetime) -> None:
        """Keep where the latest revision stands."""
        self._database.drafts[id] = replace(self._database.drafts[id], status=status, updated_at=at)

    def get(self, id: DraftId) -> Draft | None:
        """Return a draft."""
        return self._database.drafts.get(id)

    def revision(self, id: DraftId, number: int) -> Revision | None:
        """Return one revision."""
        return self._database.revisions.get((id, number))

    def revisions(self, id: DraftId) -> Sequence[Revision]:
        """Return all revisions, oldest first."""
        return [one for (draft, _), one in sorted(self._database.revisions.items()) if draft == id]

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: AccountId | None = None,
        created_by: str | None = None,
        limit: int,
        before: datetime | None = None,
    ) -> builtins.list[Draft]:
        """Return drafts, the last changed first."""
        found = [
            one
            for one in self._database.drafts.values()
            if status in (None, one.status)
            and kind in (None, one.kind)
            and account in (None, one.account_id)
            and created_by in (None, one.created_by)
            and (before is None or one.updated_at < before)
        ]
        by_id = sorted(found, key=lambda one: one.id)
        return sorted(by_id, key=lambda one: one.updated_at, reverse=True)[:limit]

    def authors(self, ids: Sequence[DraftId]) -> dict[DraftId, str]:
        """Return who wrote the latest revision of each draft."""
        return {id: self._database.revisions[id, self._database.drafts[id].revision].author for id in ids}


class InMemoryDecisionStore:
    """Implements `DecisionStore`."""

    def __init__(self, database: InMemoryDatabase) -> None:
        self._database = database

    def add(self, transaction: Transaction, decision: Decision) -> None:
        """Keep a decision."""
        if self.by_key(transaction, decision.person, decision.key) is not None:
            raise IdempotencyKeyReused(f"The key {decision.key!r} was used. Send a new one.")
        self._database.decisions[decision.id] = decision

    def by_key(self, transaction: Transaction, person: str, key: str) -> Decision | None:
        """Return what this person decided under this key."""
        kept = self._database.decisions.values()
        return next((one for one in kept if (one.person, one.key) == (person, key)), None)

    def of(self, draft: DraftId, transaction: Transaction | None = None) -> Sequence[Decision]:
        """Return the decisions on a draft, oldest first."""
        kept = [one for one in self._database.decisions.values() if one.draft_id == draft]
        return sorted(kept, key=lambda one: (one.at, one.id))

    def delegate(self, transaction: Transaction, delegation: Delegation) -> None:
        """Keep a delegation."""
        self._database.delegations[delegation.giver, delegation.taker] = delegation

    def delegations(self, taker: str, now: datetime) -> Sequence[Delegation]:
        """Return what others let this person decide now."""
        kept = [one for one in self._database.delegations.values() if one.taker == taker and one.until > now]
        return sorted(kept, key=lambda one: one.giver)
