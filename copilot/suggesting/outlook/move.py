"""Where an account stands, and its moves from there: to another place in its life, or to the end of its contract."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from copilot.accounts.account import Account, AccountId
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage

BandOf = Callable[[Account], Band]

#: Stages with a contract that can end, in the order of a customer's life (B1); moves of others are kept, not counted.
CONTRACT_STAGES = (
    Stage.ONBOARDING,
    Stage.ADOPTION,
    Stage.GROWTH,
    Stage.EXPANSION,
    Stage.ADVOCACY,
    Stage.RENEWAL,
)
_RANK = {Band.RISK: 0, Band.UNKNOWN: 1, Band.WATCH: 1, Band.HEALTHY: 2}


@dataclass(frozen=True, kw_only=True)
class State:
    """A place in the life of an account, with the band of its health there."""

    stage: Stage
    band: Band


#: Where a move leads.
Place = State | ContractEnd


@dataclass(frozen=True, kw_only=True)
class Move:
    """One change of place, and the action that was taken before it, if any."""

    before: State
    action: str | None
    after: Place


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A move of one account at a time; only ever added. Two with everything equal are one."""

    account_id: AccountId
    move: Move
    at: datetime
    source: str  #: `record` when a record changed here, else what the imported file says

    @property
    def id(self) -> str:
        """Its identity, 32 hexadecimal digits: a file that is imported twice counts once."""
        move = self.move
        told = [self.account_id, *written(move.before), move.action or "", *written(move.after), self.source]
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return hashlib.sha256("\x1f".join([*told, at]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Kind(StrEnum):
    """What a move means, whatever the stage: what is learned of an action in one stage tells of it in the others."""

    BETTER = "better"  #: to a better band
    WORSE = "worse"
    ONWARD = "onward"  #: to a later stage in the same band
    BACK = "back"
    OTHER = "other"  #: between unknown health and watch
    RENEWED = "renewed"
    EXPANDED = "expanded"
    CHURNED = "churned"


def kind_of(before: State, after: Place) -> Kind:
    """Tell what a move means; the band decides where stage and band change at once."""
    if isinstance(after, ContractEnd):
        return Kind(after.value)
    risen = _RANK[after.band] - _RANK[before.band]
    if risen:
        return Kind.BETTER if risen > 0 else Kind.WORSE
    if before.stage not in CONTRACT_STAGES or after.stage not in CONTRACT_STAGES or before.stage is after.stage:
        return Kind.OTHER
    later = CONTRACT_STAGES.index(after.stage) > CONTRACT_STAGES.index(before.stage)
    return Kind.ONWARD if later else Kind.BACK


def written(place: Place) -> tuple[str, str]:
    """Return a place as two words: stage and band, or the end and nothing."""
    return (place.value, "") if isinstance(place, ContractEnd) else (place.stage.value, place.band.value)


def state_of(account: Account, band_of: BandOf) -> State | None:
    """Return where a record stands; None without a stage."""
    stage = account.facts.get("lifecycle_stage")
    if not isinstance(stage, str) or stage not in set(Stage):
        return None
    return State(stage=Stage(stage), band=band_of(account))


def end_of(account: Account) -> ContractEnd | None:
    """Return how its contract has ended, as the record says."""
    end = account.facts.get("contract_outcome")
    return ContractEnd(end) if isinstance(end, str) and end in set(ContractEnd) else None
