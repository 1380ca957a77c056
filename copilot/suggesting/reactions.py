"""What people say of suggestions: kept, counted, and brought to those who answer for the playbook (K8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copilot.accounts.account import AccountId
from copilot.audit.entry import Event
from copilot.audit.log import AuditLog
from copilot.audit.surface import Surface
from copilot.errors import InvalidRequest, ReasonRequired, UnknownSuggestion
from copilot.suggesting.advice import Advice
from copilot.suggesting.suggestion import (
    Counts,
    Reaction,
    Rejection,
    Suggestion,
    SuggestionId,
    SuggestionStore,
    Verdict,
)
from copilot.transaction import Transactions
from knowledge.document import Metadata
from knowledge.reader import Reader
from knowledge.store import DocumentSummary
from knowledge.text import is_storable

_LONGEST_REASON = 2_000


@dataclass(frozen=True, kw_only=True)
class OwnedRejection:
    """A rejection beside the playbook that it is about and who answers for that."""

    rejection: Rejection
    title: str
    keepers: tuple[str, ...]  #: owner, then deputy


class ReactionService:
    """One path for every surface."""

    def __init__(
        self,
        *,
        store: SuggestionStore,
        transactions: Transactions,
        audit: AuditLog,
        playbook: Callable[[str], DocumentSummary | None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`playbook` returns the current document of that name."""
        self._store = store
        self._transactions = transactions
        self._audit = audit
        self._playbook = playbook
        self._now = now

    def shown(self, advice: Advice) -> None:
        """Remember what was suggested, so that a reaction can name it; nothing is written that is known."""
        at = self._now()
        new = [
            Suggestion(
                id=SuggestionId(action.id),
                account_id=advice.account.id,
                action=action.key,
                playbook=action.playbook,
                shown_at=at,
            )
            for action in advice.actions
            if self._store.get(SuggestionId(action.id)) is None
        ]
        if new:
            with self._transactions.begin() as transaction:
                self._store.show(transaction, new)

    def react(self, id: str, verdict: Verdict, reason: str | None, *, person: str, surface: Surface) -> Reaction:
        """Keep what a person says; their last word counts, the earlier ones stay readable.

        Raises:
            UnknownSuggestion: none with this id was shown.
            ReasonRequired: a rejection without a reason.
            InvalidRequest: the reason is too long.
        """
        suggestion = self._store.get(SuggestionId(id))
        if suggestion is None:
            raise UnknownSuggestion(f"There is no suggestion {id!r}. Ask for the advice of a kept account first.")
        said = (reason or "").strip() or None
        if verdict is Verdict.REJECTED and said is None:
            raise ReasonRequired("Say why the suggestion is rejected; the owner of the playbook learns from it.")
        if said is not None and len(said) > _LONGEST_REASON:
            raise InvalidRequest(f"The reason has {len(said)} characters, more than {_LONGEST_REASON}. Shorten it.")
        if said is not None and not is_storable(said):
            raise InvalidRequest("The reason holds a NUL or half a character. Type it again.")
        reaction = Reaction(suggestion_id=suggestion.id, person=person, verdict=verdict, reason=said, at=self._now())
        with self._transactions.begin() as transaction:
            if self._store.react(transaction, reaction):
                document = self._playbook(suggestion.playbook)
                event = Event(
                    action=f"suggestion.{verdict.value}",
                    actor=person,
                    subject=suggestion.id,
                    surface=surface,
                    at=reaction.at,
                    details={
                        "action": suggestion.action,
                        "playbook": suggestion.playbook,
                        "owner": document.metadata.owner if document else None,
                    },
                )
                self._audit.append(transaction, event)
        return reaction

    def of_account(self, account: str) -> Mapping[SuggestionId, Sequence[Reaction]]:
        """Return what people last said of the suggestions to an account, each person once, the newest first."""
        return self._store.of_account(AccountId(account))

    def said(self, id: str, person: str) -> Reaction | None:
        """Return what a person said last of a suggestion."""
        mine = [one for one in self._store.reactions(SuggestionId(id)) if one.person == person]
        return mine[-1] if mine else None

    def counts(self) -> dict[str, Counts]:
        """Return how the suggestions of each playbook were taken."""
        return self._store.counts()

    def rejected(
        self, owner: str | None, playbook: str | None, limit: int, *, reader: Reader
    ) -> Sequence[OwnedRejection]:
        """Return rejections that stand, newest first: of the playbooks of an owner or deputy, of one playbook, or all.

        Those of playbooks that the reader may not see are left out. A rejection whose playbook is gone has no owner;
        it is told to those who ask for all.
        """
        found = []
        for rejection in self._store.rejections(1000):
            suggestion = rejection.suggestion
            if playbook is not None and suggestion.playbook != playbook:
                continue
            document = self._playbook(suggestion.playbook)
            if document is not None and not reader.may_read(document.metadata):
                continue
            metadata = document.metadata if document else Metadata()
            keepers = tuple(name for name in (metadata.owner, metadata.deputy) if name)
            if owner is not None and owner not in keepers:
                continue
            found.append(
                OwnedRejection(
                    rejection=rejection,
                    title=document.title if document else suggestion.playbook,
                    keepers=keepers,
                )
            )
        return found[:limit]
