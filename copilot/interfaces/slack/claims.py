"""Ports: what we have taken on and what became of it, and what the buttons of our messages are about.

A claim is written before Slack is told that we have its event. So a retry finds it, and a process that starts after
another was killed finds what that one has not finished.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

#: Longer than the slowest answer takes with every retry; after that another may take the work over.
LEASE = timedelta(minutes=4)
#: A thread is ours to follow for this long after the last question.
ENGAGED_FOR = timedelta(days=7)
#: How long the buttons of a message work.
KEPT_FOR = timedelta(days=180)
#: Ends the id of an answer that was shown to one person first and is public now.
SHARED = ":shared"


class ClaimStatus(StrEnum):
    """Where a claim stands."""

    CLAIMED = "claimed"  #: taken on, not finished
    ANSWERED = "answered"
    REFUSED = "refused"  #: a reason was told, or could not be told any more
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something asked of us. `key` is the same for every event about it."""

    key: str
    event_id: str | None
    kind: str  #: a `Via`, or `command`
    channel: str
    thread: str  #: where the answer stands: the `ts` of the root of the thread; empty where there is none
    ts: str
    person: str  #: a user of Slack
    work: Mapping[str, Any] = field(default_factory=dict)  #: what else is needed to do it, as JSON
    status: ClaimStatus = ClaimStatus.CLAIMED
    reason: str | None = None
    answer_ts: str | None = None  #: the message that answers it, also while that is still being written
    attempts: int = 0
    at: datetime
    lease: datetime


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a message of ours is about: its buttons carry only the id of `subject`."""

    id: str
    kind: str  #: answer, draft, advice, gap, knowledge
    subject: str  #: the answer, the draft, the suggestion… that it is about
    channel: str
    thread: str
    ts: str  #: empty where only the asker sees it: nothing can be changed there by its id
    person: str  #: the user of Slack who asked
    body: Mapping[str, Any]
    at: datetime


class ClaimStore(Protocol):
    """Every call is a transaction of its own."""

    def claim(self, claim: Claim) -> bool:
        """Take something on; False when its key or its event was taken before."""
        ...

    def claimed(self, key: str) -> Claim | None:
        """Return a claim."""
        ...

    def take_over(self, now: datetime, until: datetime, limit: int) -> Sequence[Claim]:
        """Lease what is not finished and nobody works on any more, oldest first; that counts as an attempt."""
        ...

    def renew(self, claim: Claim, until: datetime) -> Claim | None:
        """Go on with a claim; None when somebody else has taken it over or finished it."""
        ...

    def writing(self, claim: Claim, answer_ts: str | None) -> None:
        """Remember which message the answer is being written into; None: into none after all."""
        ...

    def settle(self, key: str, status: ClaimStatus, reason: str | None = None, answer_ts: str | None = None) -> bool:
        """Finish a claim; False when it was finished before."""
        ...

    def put_off(self, claim: Claim, until: datetime, reason: str) -> None:
        """Let go of a claim until later."""
        ...

    def engaged(self, channel: str, thread: str, since: datetime) -> bool:
        """Tell whether something was asked of us, or shared, where everybody in a thread saw it since then."""
        ...

    def answers(self, channel: str, thread: str) -> set[str]:
        """Return the messages of a thread that answer something, or are being written."""
        ...

    def waiting(self) -> int:
        """Count what is not finished."""
        ...


class KeptStore(Protocol):
    """Every call is a transaction of its own."""

    def keep(self, kept: Kept) -> None:
        """Keep what a message is about; the same id again replaces it."""
        ...

    def about(self, kind: str, subject: str) -> Sequence[Kept]:
        """Return the messages about something, oldest first."""
        ...

    def conversation(self, channel: str, thread: str | None, since: datetime, limit: int) -> Sequence[Kept]:
        """Return the last answers of a thread or, with None, of a whole channel, oldest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Forget what is older, and finished claims too; returns how many messages."""
        ...
