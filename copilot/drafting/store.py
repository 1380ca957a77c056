"""Port: where drafts and their revisions are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from copilot.accounts.account import AccountId
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Revision
from copilot.transaction import Transaction


class DraftStore(Protocol):
    """Revisions are only ever added."""

    def add(self, transaction: Transaction, draft: Draft, revision: Revision) -> bool:
        """Keep a new draft with its first revision; False, and nothing is kept, when there is one with its id."""
        ...

    def lock(self, transaction: Transaction, id: DraftId) -> Draft | None:
        """Return a draft for changing: others who want to change it wait for the end of the transaction."""
        ...

    def append(self, transaction: Transaction, revision: Revision) -> None:
        """Keep a further revision; the draft is open again."""
        ...

    def set_language(self, transaction: Transaction, id: DraftId, language: Literal["zh", "en"]) -> None:
        """Keep that the draft is in another language from now on."""
        ...

    def set_status(self, transaction: Transaction, id: DraftId, status: DraftStatus, at: datetime) -> None:
        """Keep where the latest revision stands."""
        ...

    def get(self, id: DraftId) -> Draft | None:
        """Return a draft."""
        ...

    def revision(self, id: DraftId, number: int) -> Revision | None:
        """Return one revision."""
        ...

    def revisions(self, id: DraftId) -> Sequence[Revision]:
        """Return all revisions, oldest first."""
        ...

    def list(
        self,
        *,
        status: DraftStatus | None = None,
        kind: DraftKind | None = None,
        account: AccountId | None = None,
        created_by: str | None = None,
        limit: int,
        before: datetime | None = None,
    ) -> Sequence[Draft]:
        """Return drafts, the last changed first, changed before a time."""
        ...

    def authors(self, ids: Sequence[DraftId]) -> Mapping[DraftId, str]:
        """Return who wrote the latest revision of each draft."""
        ...
