"""What is advised about one account. Values only; the contract of their JSON is DESIGN §4, Advice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol

from copilot.accounts.account import Account
from copilot.accounts.health import Health
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Segment
from knowledge.passage import Citation
from knowledge.reader import Reader

Language = Literal["zh", "en"]


class Urgency(StrEnum):
    """How soon; most urgent first."""

    NOW = "now"  #: today
    WEEK = "week"
    MONTH = "month"
    ROUTINE = "routine"


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Chances of how the contract ends, each 0 to 1; None below a stated number of transitions (K3)."""

    renewed: float | None = None
    expanded: float | None = None
    churned: float | None = None
    interval: tuple[float, float] | None = None  #: 90 % of the chance that it does not churn
    transitions_used: int = 0
    prior_weight: float = 1.0  #: share of the prior in what is told, 0 to 1


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do, with the facts and the quotes it rests on; best first in an advice."""

    id: str  #: of this suggestion to this account; reactions name it
    key: str  #: stable name of the action, the same for every account
    title: str
    why: str
    signals: tuple[str, ...]  #: sentences: what was seen
    citations: tuple[Citation, ...]  #: one or more
    playbook: str  #: document id
    uplift: float | None  #: change of the chance of not churning; None where data is thin
    urgency: Urgency
    due: date | None
    draft_kind: str | None  #: what can be drafted for it
    owner: str  #: whose step it is: a person of the record, or a role (J2)


@dataclass(frozen=True, kw_only=True)
class Avoid:
    """One thing to leave alone, with the quotes it rests on."""

    key: str
    title: str
    why: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Two actions or more, one avoid or more, and what could not be judged, a sentence each."""

    account: Account
    language: Language
    segment: Segment
    stage: Stage | None
    health: Health
    outlook: Outlook
    actions: tuple[Action, ...]
    avoid: tuple[Avoid, ...]
    not_judged: tuple[str, ...]


class Advising(Protocol):
    """Port: what other stages ask for advice."""

    def advise(self, account: Account, reader: Reader, language: Language) -> Advice:
        """Advise on a record, with citations that the reader may see."""
        ...
