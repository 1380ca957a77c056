"""What has happened around one account, whoever did it and wherever: one line each, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from copilot.accounts.account import AccountId
from copilot.drafting.rights import WRITERS
from copilot.people.caller import Caller
from copilot.people.scope import Scope


class Kind(StrEnum):
    """What happened."""

    SIGNAL = "signal"  #: something was observed
    REVISION = "revision"  #: a draft was begun, or written anew
    DECISION = "decision"  #: a draft was approved or rejected
    DELIVERY = "delivery"  #: a draft was to leave
    REACTION = "reaction"  #: somebody took on, put off or rejected a suggestion
    QUESTION = "question"  #: somebody asked beside the account


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One line."""

    kind: Kind
    at: datetime
    person: str  #: who did it: an id, or the name of a system
    what: str  #: name of the signal, kind of draft, channel, key of the action, status of the answer
    state: str = ""  #: verdict, status of the delivery, number of the revision
    text: str = ""  #: value of the signal, destination, reason, question
    subject: str = ""  #: id of the draft, of the suggestion or of the conversation


class TimelineStore(Protocol):
    """Port: reads what happened from where it is kept."""

    def happened(
        self, account: AccountId, *, before: datetime | None, limit: int, drafts: bool, asker: str | None
    ) -> Sequence[Happened]:
        """Return what happened around an account, newest first.

        Args:
            account: whose.
            before: what is earlier than this alone; None: up to now.
            limit: so much at most.
            drafts: whether drafts, decisions and deliveries are told.
            asker: whose questions; None: everybody's.
        """
        ...


class Timeline:
    """Reads for a caller, within their rights."""

    def __init__(self, store: TimelineStore) -> None:
        self._store = store

    def of(
        self, account: str, caller: Caller, *, before: datetime | None = None, limit: int = 30
    ) -> Sequence[Happened]:
        """Return what happened, newest first; questions of others are for those who see everybody's figures.

        Raises:
            NotPermitted: the caller may not read accounts.
        """
        caller.need(Scope.ACCOUNTS_READ)
        return self._store.happened(
            AccountId(account),
            before=before,
            limit=limit,
            drafts=Scope.DRAFTS_READ in caller.scopes and caller.person.has(*WRITERS),
            asker=None if Scope.INSIGHT_READ in caller.scopes else caller.person.id,
        )
