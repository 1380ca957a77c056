"""Sessions: a browser in which somebody has signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from copilot.transaction import Transaction


class Way(StrEnum):
    """How somebody signed in."""

    LINK = "link"
    KEY = "key"
    PASSWORD = "password"  # noqa: S105  # the name of a way, no password
    INVITATION = "invitation"
    PROVIDER = "provider"  #: single sign-on


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """The browser that somebody signs in with."""

    address: str = ""  #: of the network; empty where it is not known
    browser: str = ""  #: as it calls itself
    session: str | None = None  #: what it came with; ended when another one begins


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """How long a session lasts; what is set holds for those that are open too.

    Three days without use span a weekend; NIST SP 800-63B-4 §2.1.3 asks for 30 days at most at the lowest level.
    """

    idle: timedelta = timedelta(days=3)
    longest: timedelta = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What is known of a session; the session itself is known to its browser alone."""

    id: str  #: 12 characters, to speak of it; opens nothing
    person: str
    way: Way
    browser: str
    opened_at: datetime
    seen_at: datetime  #: to the minute

    def open(self, now: datetime, limits: SessionLimits) -> bool:
        """Tell whether it has not run out."""
        return now < self.opened_at + limits.longest and now < self.seen_at + limits.idle


class SessionStore(Protocol):
    """Port: sessions. Only hashes go in; changes with a transaction are the caller's to commit."""

    def add(self, transaction: Transaction, session_hash: str, session: Session) -> None:
        """Keep a session."""
        ...

    def find(self, session_hash: str) -> Session | None:
        """Return the session with this hash, whether it has run out or not."""
        ...

    def of(self, person: str) -> Sequence[Session]:
        """Return the sessions of a person, the one that was used last first."""
        ...

    def seen(self, id: str, at: datetime) -> None:
        """Remember when a session was used."""
        ...

    def end(self, transaction: Transaction, id: str) -> bool:
        """End one; False when there is none with this id."""
        ...

    def end_all(self, transaction: Transaction, person: str, but: str | None = None) -> int:
        """End all sessions of a person but the one with this id; returns how many."""
        ...

    def sweep(self, transaction: Transaction, opened_before: datetime, seen_before: datetime) -> None:
        """Forget those that were opened, or used last, before these moments."""
        ...
