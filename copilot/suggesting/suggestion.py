"""A suggestion as it was shown, and what people said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType, Protocol
from uuid import NAMESPACE_URL, uuid5

from copilot.accounts.account import AccountId
from copilot.transaction import Transaction

SuggestionId = NewType("SuggestionId", str)
_SUGGESTIONS = uuid5(NAMESPACE_URL, "frontline-copilot/suggestion")


class Verdict(StrEnum):
    """What a person says of a suggestion."""

    ACCEPTED = "accepted"
    LATER = "later"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An action that was suggested for an account."""

    id: SuggestionId
    account_id: str
    action: str  #: key of the action
    playbook: str  #: id of the document it rests on
    shown_at: datetime  #: for the first time


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What a person said; the last word of each counts, all are kept."""

    suggestion_id: SuggestionId
    person: str
    verdict: Verdict
    reason: str | None
    at: datetime


class Counts(NamedTuple):
    """How people took the suggestions of a playbook: one count per person and suggestion."""

    accepted: int = 0
    later: int = 0
    rejected: int = 0


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A suggestion whose rejection stands."""

    suggestion: Suggestion
    reaction: Reaction


class SuggestionStore(Protocol):
    """Keeps what was shown and what was said."""

    def show(self, transaction: Transaction, suggestions: Sequence[Suggestion]) -> None:
        """Keep suggestions; those that were shown before stay as they are."""
        ...

    def get(self, id: SuggestionId) -> Suggestion | None:
        """Return a suggestion."""
        ...

    def react(self, transaction: Transaction, reaction: Reaction) -> bool:
        """Keep a reaction; False, changing nothing, when it is this person's last word already."""
        ...

    def reactions(self, id: SuggestionId) -> Sequence[Reaction]:
        """Return all that was said of a suggestion, oldest first."""
        ...

    def counts(self) -> dict[str, Counts]:
        """Return how the suggestions of each playbook were taken."""
        ...

    def accepted(self, account: AccountId, since: datetime) -> str | None:
        """Return the playbook of what was last accepted for an account since then, and still stands."""
        ...

    def last_accepted(self, since: datetime) -> Mapping[AccountId, datetime]:
        """Return when something was last accepted for each account since then, and still stands."""
        ...

    def of_account(self, account: AccountId) -> Mapping[SuggestionId, Sequence[Reaction]]:
        """Return what people last said of the suggestions to an account, each person once, the newest first."""
        ...

    def rejections(self, limit: int) -> Sequence[Rejection]:
        """Return the rejections that stand, newest first."""
        ...


def suggestion_id(account_id: str, action: str, playbook: str) -> SuggestionId:
    """Name a suggestion: the same account, action and playbook give the same id, on every machine and day."""
    return SuggestionId(str(uuid5(_SUGGESTIONS, "\n".join((account_id, action, playbook)))))
