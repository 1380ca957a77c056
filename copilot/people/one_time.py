"""Codes that are good for one use: sign-in links and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from copilot.transaction import Transaction


class CodeKind(StrEnum):
    """What a code is for."""

    LINK = "link"  #: signs in
    INVITATION = "invitation"  #: lets its reader choose a password, and signs in


#: What nobody used in this time is dead.
LIFE = {CodeKind.LINK: timedelta(hours=1), CodeKind.INVITATION: timedelta(days=7)}


@dataclass(frozen=True, kw_only=True)
class OneTimeCode:
    """What is known of a code; the code itself is known to its reader alone."""

    kind: CodeKind
    person: str
    made_by: str
    made_at: datetime
    expires_at: datetime


class CodeStore(Protocol):
    """Port: codes that are open. Only hashes go in; what was used or ended is not there any more."""

    def add(self, transaction: Transaction, code_hash: str, code: OneTimeCode) -> None:
        """Keep a code, and forget those that expired before it was made."""
        ...

    def find(self, code_hash: str) -> OneTimeCode | None:
        """Return an open code, whether it has expired or not."""
        ...

    def use(self, transaction: Transaction, code_hash: str) -> OneTimeCode | None:
        """Take a code away and return it; of several who try at once, one gets it."""
        ...

    def of_kind(self, kind: CodeKind, now: datetime) -> Sequence[OneTimeCode]:
        """Return the codes of a kind that have not expired."""
        ...

    def end_all(self, transaction: Transaction, person: str, kind: CodeKind | None = None) -> int:
        """Take all codes of a person, or those of a kind, away; returns how many."""
        ...
