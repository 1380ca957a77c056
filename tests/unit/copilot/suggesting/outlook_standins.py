"""States, moves and priors in few words for the tests of the outlook; everything in them is made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from copilot.accounts.account import Account, AccountId
from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.suggesting.outlook.move import Move, Place, State, Transition
from copilot.suggesting.outlook.prior import Prior, Target
from tests.doubles.transitions import InMemoryTransitionStore, keeping

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
RENEWED, EXPANDED, CHURNED = ContractEnd


def at(stage: str, band: str = "watch") -> State:
    return State(stage=Stage(stage), band=Band(band))


def move(before: State, after: Place, action: str | None = None) -> Move:
    return Move(before=before, action=action, after=after)


def account(stage: str | None = "renewal", band: str = "watch", **facts: object) -> Account:
    known = {"health_band": band} | ({} if stage is None else {"lifecycle_stage": stage}) | facts
    return Account(id=AccountId("a1"), facts=known, updated_at=START)


def band_of(account: Account) -> Band:
    """A health that the record itself tells."""
    return Band(str(account.facts.get("health_band", "unknown")))


def prior(
    shares: Mapping[Stage, Mapping[Target, float]] | None = None, *, weight: float = 1e-6, fewest: int = 1
) -> Prior:
    """A prior that weighs next to nothing, so that the counts decide."""
    return Prior(fewest_transitions=fewest, fewest_of_action=1, weight=weight, shares=shares or {})


def history(counts: Mapping[Move, int]) -> InMemoryTransitionStore:
    """A store in which these moves were made so often."""
    moves = [one for one, times in counts.items() for _ in range(times)]
    return keeping(
        *(
            Transition(account_id=AccountId(f"a{n}"), move=one, at=START + timedelta(minutes=n), source="test")
            for n, one in enumerate(moves)
        )
    )
