"""Somebody who asked for a person, and what they left behind for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from copilot.transaction import Transaction


class HandoverStatus(StrEnum):
    """Where it stands."""

    OPEN = "open"  #: a person is to take it
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Handover:
    """There is at most one open one per conversation."""

    id: str
    conversation_id: str
    person: str
    question: str  #: the last one of the conversation
    contact: str  #: how to reach who asked, in their words; may be empty
    message: str  #: what they want to say; may be empty
    language: Literal["zh", "en"]
    created_at: datetime
    status: HandoverStatus = HandoverStatus.OPEN
    locked: bool = True  #: the copilot is silent until it is asked to go on
    done_at: datetime | None = None
    done_by: str | None = None
    told_at: datetime | None = None  #: when a place outside took the news, the first time
    telling: tuple[str, ...] = ()  #: places that are still to be told, as the settings name them
    attempts: int = 0


class HandoverStore(Protocol):
    """Port. Changes belong to a transaction of the caller's; reading sees what was committed."""

    def add(self, transaction: Transaction, handover: Handover, due_at: datetime | None) -> None:
        """Keep a new one, starting its conversation if there is none; `due_at` is when its places are to be told."""
        ...

    def change(self, transaction: Transaction, handover: Handover, due_at: datetime | None) -> None:
        """Keep its new state."""
        ...

    def get(self, id: str) -> Handover | None:
        """Return one."""
        ...

    def open_of(self, conversation_id: str) -> Handover | None:
        """Return the open one of a conversation."""
        ...

    def last_of(self, conversation_id: str) -> Handover | None:
        """Return the newest one of a conversation, open or done."""
        ...

    def list(self, status: HandoverStatus, limit: int, offset: int) -> Sequence[Handover]:
        """Return those that stand so: open ones oldest first, done ones newest first."""
        ...

    def count_open(self, person: str) -> int:
        """Return how many open ones a person has."""
        ...

    def count(self, status: HandoverStatus) -> int:
        """Return how many stand so."""
        ...

    def take(self, now: datetime, leased_until: datetime) -> Handover | None:
        """Take the one whose places have waited longest; nobody else gets it before the lease ends."""
        ...


class HandoverPlace(Protocol):
    """Port: somewhere outside that is told that a person is wanted."""

    def tell(self, handover: Handover, title: str, text: str) -> None:
        """Tell it. Telling it twice about the same looks like once where the place can tell.

        Raises:
            ChannelUnavailable: not now.
            CopilotError: never.
        """
        ...
