"""Ports: what is counted. Each answers from sums, whatever the number of answers and drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from copilot.accounts.account import Account, AccountId
from knowledge.document import DocumentId


@dataclass(frozen=True, kw_only=True)
class Window:
    """A time, and whose doings are counted in it."""

    since: datetime
    until: datetime  #: no longer belongs to it
    persons: frozenset[str] | None = None  #: None: everybody's


@dataclass(frozen=True, kw_only=True)
class AnswerCount:
    """Answers of one day that are alike in all of this."""

    day: date  #: of UTC
    status: str
    reason: str | None
    surface: str | None  #: None: kept before surfaces were
    times: int


@dataclass(frozen=True, kw_only=True)
class Votes:
    """What people said of answers."""

    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True, kw_only=True)
class DocumentUse:
    """How a document did in answers."""

    cited: int  #: answers that cite it
    votes: Votes = Votes()  #: on these answers


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of drafts of one kind, or that quote one document; each draft counts once."""

    decided: int
    accepted: int  #: edited or not
    accepted_after_edit: int
    rejected: int
    mean_edit_share: float | None = None  #: of those accepted after an edit: 0-1 of the text; None: not known
    reasons: Sequence[tuple[str, int]] = ()  #: why drafts were rejected, the most frequent first


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How the suggestions of a playbook were taken: the last word of each person on each."""

    accepted: int = 0
    later: int = 0
    rejected: int = 0


@dataclass(frozen=True, kw_only=True)
class DeliveryCount:
    """Deliveries asked for in the time that stand alike now."""

    channel: str
    status: str
    times: int


@dataclass(frozen=True, kw_only=True)
class BandMove:
    """A move of one account to another band of health, or to the end of its contract."""

    account_id: AccountId
    before: str
    after: str | None  #: band
    ended: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenGap:
    """What people asked and nothing answers yet."""

    id: str
    question: str
    askers: int
    observations: int
    owner: str | None


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Gaps that stand open now, and what happened to gaps in the time."""

    open: int
    without_owner: int
    opened: int
    answered: int
    first: Sequence[OpenGap]  #: of the open ones, those that most people asked first


class InsightCounts(Protocol):
    """What the copilot's own tables tell."""

    def answers(self, window: Window) -> Sequence[AnswerCount]:
        """Return all answers, summed by what they are alike in."""
        ...

    def askers(self, window: Window) -> int:
        """Return how many different people asked."""
        ...

    def votes(self, window: Window) -> Votes:
        """Return what was said of answers in the time, whenever these were given."""
        ...

    def documents(self, window: Window) -> Mapping[DocumentId, DocumentUse]:
        """Return how documents did in the answers of the time; those never cited are left out."""
        ...

    def reactions(self, window: Window) -> Mapping[str, Taken]:
        """Return by id of the playbook how its suggestions were taken."""
        ...

    def deliveries(self, window: Window) -> Sequence[DeliveryCount]:
        """Return deliveries, summed by what they are alike in."""
        ...

    def moves(self, window: Window) -> Sequence[BandMove]:
        """Return moves between bands and to the end of contracts; of all accounts, whoever is asked about."""
        ...


class DraftOutcomes(Protocol):
    """What became of drafts that were decided in the time."""

    def by_kind(self, window: Window) -> Mapping[str, Outcome]:
        """Return by kind of draft."""
        ...

    def by_document(self, window: Window) -> Mapping[DocumentId, Outcome]:
        """Return by document that the decided revision quotes."""
        ...


class GapCounts(Protocol):
    """Gaps in the knowledge."""

    def gaps(self, window: Window) -> Gaps | None:
        """Return what is known of gaps; None where they are not collected."""
        ...


class NoGaps:
    """Implements `GapCounts` where gaps are not collected."""

    def gaps(self, window: Window) -> Gaps | None:
        """Return that nothing is known."""
        del window
        return None


class Portfolio(Protocol):
    """The records of accounts, as of today."""

    def accounts(self, owners: frozenset[str] | None) -> Sequence[Account]:
        """Return accounts whose `owner` is one of these names, compared without case; None: all. No leads."""
        ...
