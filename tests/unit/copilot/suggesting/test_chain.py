"""The chain of a team: chances, what an action changes, and the cases in which nothing can be told (K3)."""

from __future__ import annotations

import pytest

from copilot.accounts.contract_end import ContractEnd
from copilot.accounts.lifecycle import Stage
from copilot.suggesting.outlook.chain import Chain
from copilot.suggesting.outlook.move import Kind, Move, State
from copilot.suggesting.outlook.prior import ActionPrior, Prior
from tests.unit.copilot.suggesting.outlook_standins import CHURNED, EXPANDED, RENEWED, at, move, prior

RENEWAL, RISK, GROWTH = at("renewal"), at("renewal", "risk"), at("growth")
#: From renewal on watch 6 of 10 renew, 1 expands, 1 churns, 2 fall to risk, where 1 of 4 renews.
COUNTS = {
    move(RENEWAL, RENEWED): 60,
    move(RENEWAL, EXPANDED): 10,
    move(RENEWAL, CHURNED): 10,
    move(RENEWAL, RISK): 20,
    move(RISK, RENEWED): 10,
    move(RISK, CHURNED): 30,
}


def test_chances_are_those_of_the_counts() -> None:
    chances = Chain(COUNTS, prior()).chances(RENEWAL)
    assert chances is not None
    assert (chances.renewed, chances.expanded, chances.churned) == pytest.approx((0.65, 0.1, 0.25))
    assert chances.interval[0] < 0.75 < chances.interval[1]
    assert chances.interval[1] - chances.interval[0] < 0.16
    assert chances.prior_weight == pytest.approx(0, abs=1e-6)


def test_the_interval_of_one_row_is_that_of_a_beta_distribution() -> None:
    """90 % of Beta(40, 10), from a table: 0.699 to 0.884."""
    counts = {move(RISK, RENEWED): 40, move(RISK, CHURNED): 10}
    chances = Chain(counts, prior(), draws=20_000).chances(RISK)
    assert chances is not None
    assert chances.interval == pytest.approx((0.699, 0.884), abs=0.004)


def test_the_prior_weighs_as_many_moves_as_it_says() -> None:
    shares = {Stage.RENEWAL: {RENEWED: 1.0, CHURNED: 1.0}}
    chances = Chain({move(RENEWAL, RENEWED): 10}, prior(shares, weight=10)).chances(RENEWAL)
    assert chances is not None
    assert chances.renewed == pytest.approx(0.75)
    assert chances.prior_weight == pytest.approx(0.5)


def test_the_same_history_tells_the_same() -> None:
    assert Chain(COUNTS, prior()).chances(RENEWAL) == Chain(dict(reversed(COUNTS.items())), prior()).chances(RENEWAL)


@pytest.mark.parametrize("state", [GROWTH, at("onboarding"), at("lead"), at("management")])
def test_nothing_is_told_where_no_end_is_reached(state: State) -> None:
    """Growth goes round with adoption, nobody came out of onboarding, and leads have no contract."""
    round_for_ever = {move(GROWTH, at("adoption")): 5, move(at("adoption"), GROWTH): 5}
    chain = Chain(COUNTS | round_for_ever, prior())
    assert chain.chances(state) is None
    assert chain.uplift(state, "call") is None
    assert chain.chances(RENEWAL) == Chain(COUNTS, prior()).chances(RENEWAL)


def test_without_counts_and_prior_nothing_is_told() -> None:
    chain = Chain({}, prior())
    assert (chain.transitions, chain.actions, chain.chances(RENEWAL)) == (0, (), None)


def test_moves_of_leads_are_not_counted() -> None:
    assert (
        Chain({move(at("lead"), at("opportunity")): 9, move(at("opportunity"), CHURNED): 9}, prior()).transitions == 0
    )


def helped(good: int, bad: int) -> dict[Move, int]:
    """After a review the account renews so often, and churns so often; otherwise half and half."""
    return {
        move(RENEWAL, RENEWED): 200,
        move(RENEWAL, CHURNED): 200,
        move(RENEWAL, RENEWED, "review"): good,
        move(RENEWAL, CHURNED, "review"): bad,
    }


def test_what_an_action_changes_is_the_difference_of_the_two_rows() -> None:
    found = Chain(helped(360, 40), prior()).uplift(RENEWAL, "review")
    assert found is not None
    assert found.value == pytest.approx(0.4 * 400 / 408, abs=0.01)  # 8 moves of the prior change nothing
    assert found.interval[0] < found.value < found.interval[1]
    assert found.transitions == 400


def test_few_moves_after_an_action_move_little() -> None:
    found = Chain(helped(4, 0), prior()).uplift(RENEWAL, "review")
    assert found is not None
    assert 0 < found.value < 0.25
    assert found.interval[0] < 0


@pytest.mark.parametrize("action", ["review", "never taken"])
def test_an_action_that_changes_nothing_is_worth_nothing(action: str) -> None:
    found = Chain(helped(40, 40), prior()).uplift(RENEWAL, action)
    assert found is not None
    assert found.value == pytest.approx(0, abs=0.02)
    assert found.interval[0] < 0 < found.interval[1]


def test_what_is_learned_in_one_stage_tells_of_another() -> None:
    """Nobody has taken it in growth; in renewal it led to better health twice as often as anything else."""
    watched = {
        move(RENEWAL, at("renewal", "healthy")): 50,
        move(RENEWAL, RISK): 50,
        move(RENEWAL, at("renewal", "healthy"), "review"): 100,
        move(RENEWAL, RISK, "review"): 0,
        move(at("renewal", "healthy"), RENEWED): 95,
        move(at("renewal", "healthy"), CHURNED): 5,
        move(RISK, CHURNED): 100,
        move(GROWTH, at("growth", "healthy")): 50,
        move(GROWTH, at("growth", "risk")): 50,
        move(at("growth", "healthy"), RENEWED): 100,
        move(at("growth", "risk"), CHURNED): 100,
    }
    found = Chain(watched, prior()).uplift(GROWTH, "review")
    assert found is not None
    assert found.value > 0.1


def test_a_declared_playbook_is_believed_until_moves_say_otherwise() -> None:
    declared = Prior(
        weight=1e-6,
        shares={},
        actions={"review": ActionPrior(weight=20, factors={Kind.CHURNED: 0.5})},
    )
    before = Chain(helped(0, 0), declared).uplift(RENEWAL, "review")
    after = Chain(helped(200, 200), declared).uplift(RENEWAL, "review")
    assert before is not None
    assert after is not None
    assert before.value == pytest.approx(1 / 1.5 - 0.5, abs=0.02)
    assert after.value == pytest.approx(0, abs=0.03)


def test_an_action_that_alone_leaves_a_state_has_nothing_to_be_compared_with() -> None:
    assert Chain({move(RISK, ContractEnd.RENEWED, "review"): 50}, prior()).uplift(RISK, "review") is None
