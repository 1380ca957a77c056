"""What a digest is written from: whose it is, which days it covers, and what was found for them (J3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.accounts.account import Account
from copilot.accounts.health import Health
from copilot.insight.digest_sources import FailedDelivery, Observed, WaitingDraft
from copilot.insight.portfolio import Kept
from copilot.insight.report import Report
from copilot.insight.week import Covered
from copilot.people.person import Person
from copilot.suggesting.advice import Action

#: Whose digest: a CSM's about their own accounts, or a manager's about a team.
DigestScope = Literal["person", "team"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """An account that needs somebody, and the best thing to do for it."""

    kept: Kept
    health: Health
    action: Action | None  #: None where there is no document that an action could rest on


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Where an account stood before the time and where after it; `after` may be how its contract ended."""

    account: Account
    before: str
    after: str
    reasons: Sequence[str]  #: what the score says of its weakest side, a sentence each
    fee: float


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of a team, and how their accounts stand."""

    person: Person
    accounts: int
    at_risk: int
    needing: int
    renewing: int


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything that was found; lists are in the order in which they are told."""

    person: Person
    scope: DigestScope
    covered: Covered
    report: Report
    kept: Sequence[Kept]
    steps: Sequence[Step]
    moves: Sequence[Moved]
    observed: Sequence[tuple[Account, Observed]]
    waiting: Sequence[WaitingDraft]
    answered: Sequence[tuple[str, str]] = ()  #: what they asked, and the title of what answers it
    # Of a team alone:
    members: Sequence[Member] = ()
    without_owner: Sequence[Account] = ()
    of_those_who_left: Sequence[tuple[Person, Sequence[Account]]] = ()
    failed: Sequence[FailedDelivery] = ()
    names: Mapping[str, str]  #: of people, by what records and figures may call them in lower case
    accounts: Mapping[str, str]  #: names of accounts by id
