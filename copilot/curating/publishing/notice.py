"""What tells a person that their question has an answer now, and the ports it is kept and sent by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.people.person import Person
from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One person, one answer: `publication` names the draft whose answer it is, whatever revision of it.

    The text is not kept: whether the person may read the answer, and what it says, is looked up when it is shown.
    """

    id: str
    person: str
    gap_id: str
    publication: str
    document_id: str
    section: str  #: slug of the heading under which the answer stands
    question: str  #: as this person asked it
    language: str  #: "zh" or "en"
    created_at: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """A notice in the words of its person's language."""

    title: str
    text: str  #: the question, the first lines of the answer, and where it stands


class NoticeStore(Protocol):
    """Changes belong to a transaction of the caller's; reading sees what was committed."""

    def add(self, transaction: Transaction, notice: Notice, *, send: bool) -> bool:
        """Keep a notice, to be sent by a channel too or not.

        False, changing nothing: this person was told of this answer.
        """
        ...

    def of(self, person: str, *, unseen: bool, limit: int) -> Sequence[Notice]:
        """Return a person's notices, the newest first."""
        ...

    def see(self, id: str, person: str, at: datetime) -> Notice | None:
        """Remember when a person saw it, the first time; None: there is none such of theirs."""
        ...

    def take(self, now: datetime) -> Notice | None:
        """Take the oldest notice that waits to be sent; nobody else gets it afterwards."""
        ...

    def give_back(self, id: str, until: datetime, at_most: int) -> bool:
        """Let a notice that could not be sent wait until a time; False when it was tried so often already."""
        ...


class NoticeChannel(Protocol):
    """A further way to tell somebody; a notice is kept whether or not it is sent."""

    def reaches(self, person: Person) -> bool:
        """Tell whether this person can be told this way."""
        ...

    def tell(self, person: Person, notice: Notice, text: NoticeText) -> None:
        """Tell a person.

        Raises:
            ChannelUnavailable: not now.
            DeliveryRefused: never, to this person.
        """
        ...
