"""What advice asks of history: outlook, uplift, acceptance; and the rules alone where history is thin (K3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from copilot.suggesting.advice import Outlook
from copilot.suggesting.outlook.acceptance import NoReactions, Reactions
from copilot.suggesting.outlook.learned import Basis, LearnedOutlook
from copilot.suggesting.outlook.move import Move, Transition
from copilot.suggesting.outlook.store import TransitionStore
from tests.doubles.database import InMemoryTransaction
from tests.unit.copilot.suggesting.outlook_standins import (
    CHURNED,
    RENEWED,
    START,
    account,
    at,
    band_of,
    history,
    move,
    prior,
)

RENEWAL = at("renewal")
COUNTS = {
    move(RENEWAL, RENEWED): 20,
    move(RENEWAL, CHURNED): 20,
    move(RENEWAL, RENEWED, "review"): 18,
    move(RENEWAL, CHURNED, "review"): 2,
}


@dataclass
class Reacted:
    """Reactions as the test says."""

    told: Mapping[str, Reactions] = field(default_factory=dict)

    def counts(self) -> Mapping[str, Reactions]:
        return self.told


def learned(counts: Mapping[Move, int] | TransitionStore, *, fewest: int = 1, **reactions: Reactions) -> LearnedOutlook:
    return LearnedOutlook(
        history=history(counts) if isinstance(counts, Mapping) else counts,
        prior=prior(fewest=fewest),
        band_of=band_of,
        reactions=Reacted(reactions),
    )


def test_an_outlook_is_told_with_the_transitions_it_rests_on() -> None:
    outlook = learned(COUNTS).outlook(account())
    assert outlook.renewed == pytest.approx(38 / 60)
    assert (outlook.expanded, outlook.transitions_used) == (pytest.approx(0), 60)
    assert outlook.interval is not None


def test_thin_history_says_so_and_leaves_the_rules_alone() -> None:
    model = learned(COUNTS, fewest=61)
    assert model.outlook(account()) == Outlook(transitions_used=60, prior_weight=1.0)
    assert model.uplift(account(), "review") is None
    assert model.explained(account()).basis is Basis.THIN


def test_a_playbook_that_was_hardly_taken_changes_nothing_that_is_known() -> None:
    model = learned(COUNTS)
    assert model.uplift(account(), "never") is None
    change = model.uplift(account(), "review")
    assert change is not None
    assert change > 0.1


@pytest.mark.parametrize("stage", [None, "lead", "opportunity", "management"])
def test_without_a_contract_there_is_no_end_of_one(stage: str | None) -> None:
    model = learned(COUNTS)
    assert model.outlook(account(stage)) == Outlook()
    assert model.uplift(account(stage), "review") is None
    assert model.explained(account(stage)).basis is Basis.NO_CONTRACT


def test_a_customer_who_has_gone_has_gone() -> None:
    model, gone = learned(COUNTS), account(contract_outcome="churned")
    assert (model.outlook(gone).churned, model.outlook(gone).interval) == (1.0, (0.0, 0.0))
    assert model.uplift(gone, "review") is None
    assert model.explained(gone).basis is Basis.ENDED


def test_a_customer_who_has_renewed_has_a_new_contract() -> None:
    assert learned(COUNTS).outlook(account(contract_outcome="renewed")) == learned(COUNTS).outlook(account())


def test_a_stage_that_nobody_came_out_of_is_not_told() -> None:
    model = learned(COUNTS)
    assert model.outlook(account("growth")) == Outlook(transitions_used=60)
    assert model.explained(account("growth")).basis is Basis.NO_WAY


def test_another_move_is_heard_of_at_once() -> None:
    store = history(COUNTS)
    model = learned(store)
    assert model.outlook(account()).transitions_used == 60
    another = Transition(account_id=account().id, move=move(RENEWAL, RENEWED), at=START, source="another")
    store.add(InMemoryTransaction(), another)
    assert model.outlook(account()).transitions_used == 61


def test_everything_an_outlook_rests_on_can_be_shown() -> None:
    told = learned(COUNTS | {move(at("growth"), RENEWED): 3}).explained(account())
    assert (told.basis, told.state, told.fewest) == (Basis.HISTORY, RENEWAL, 1)
    assert dict(told.moves) == COUNTS
    assert told.uplifts["review"].transitions == 20


def test_acceptance_is_none_until_somebody_has_reacted() -> None:
    model = learned({}, review=(3, 0, 1), visit=(0, 0, 0), call=(0, 2, 0))
    found = [model.acceptance(name) for name in ("review", "visit", "call", "unknown")]
    assert found == [pytest.approx(4 / 6), None, 0.5, None]
    nobody = LearnedOutlook(history=history({}), prior=prior(), band_of=band_of, reactions=NoReactions())
    assert nobody.acceptance("review") is None
