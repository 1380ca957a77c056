"""The accounts that need attention, as people look for them: by owner, stage, size, health and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from copilot.accounts.account import Account, AccountId
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Size
from copilot.suggesting.attention import Attention, attention_of, in_order
from copilot.suggesting.standing import Judge
from knowledge.text import fold

#: An accepted action is asked after for so long.
_ASKED_AFTER = timedelta(days=60)
_SEARCHED = ("name", "industry", "city", "region", "owner", "product_line")


class Records(Protocol):
    """Port: records of every type as of today, read in portions."""

    def records(self, owners: frozenset[str] | None) -> Sequence[Account]:
        """Return accounts, opportunities and leads whose owner is one of these names; None: all."""
        ...


class AcceptedActions(Protocol):
    """Port: what people have taken on (`suggestion.py`)."""

    def last_accepted(self, since: datetime) -> Mapping[AccountId, datetime]:
        """Return when something was last accepted for each account since then, and still stands."""
        ...


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which accounts somebody looks for; None: whatever it is."""

    owners: frozenset[str] | None = None  #: names under which a record may know its owner
    text: str = ""  #: words that its id, name, industry, city, owner or product hold, all of them
    stage: Stage | None = None
    size: Size | None = None
    band: Band | None = None


class AttentionService:
    """One order of accounts for every surface."""

    def __init__(
        self,
        *,
        records: Records,
        judge: Judge,
        accepted: AcceptedActions,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._records = records
        self._judge = judge
        self._accepted = accepted
        self._now = now

    def list(self, wanted: Wanted) -> Sequence[Attention]:
        """Return the accounts that are wanted, who needs somebody most first."""
        now = self._now()
        accepted = self._accepted.last_accepted(now - _ASKED_AFTER)
        words = fold(wanted.text).split()
        found = (
            self._judged(account, accepted.get(account.id), now)
            for account in self._records.records(wanted.owners)
            if _holds(account, words)
        )
        return in_order(one for one in found if _fits(one, wanted))

    def of(self, account: Account) -> Attention:
        """Return what one account needs; its facts are as of today."""
        now = self._now()
        return self._judged(account, self._accepted.last_accepted(now - _ASKED_AFTER).get(account.id), now)

    def _judged(self, account: Account, accepted: datetime | None, now: datetime) -> Attention:
        days = None if accepted is None else (now - accepted).days
        return attention_of(account, self._judge, accepted_days=days)


def _holds(account: Account, words: Sequence[str]) -> bool:
    if not words:
        return True
    said = fold(" ".join([account.id, *(account.text(name) or "" for name in _SEARCHED)]))
    return all(word in said for word in words)


def _fits(one: Attention, wanted: Wanted) -> bool:
    return (
        wanted.stage in (None, one.stage)
        and wanted.size in (None, one.segment.value)
        and wanted.band in (None, one.health.band)
    )
