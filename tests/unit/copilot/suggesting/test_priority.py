"""The order of candidates: urgency, then history, then reactions (A6, K3)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from copilot.suggesting.advice import Urgency
from copilot.suggesting.outlook.acceptance import acceptance_of
from copilot.suggesting.outlook.priority import SCALE, in_order, weight

NOW, WEEK, MONTH, ROUTINE = Urgency


@dataclass(frozen=True)
class Offer:
    name: str
    urgency: Urgency
    uplift: float | None = None
    acceptance: float | None = None
    decisive: float = 0.0


def order(*offers: Offer) -> str:
    return " ".join(one.name for one in in_order(offers))


def test_without_history_the_rules_decide() -> None:
    assert order(Offer("d", ROUTINE), Offer("c", MONTH), Offer("a", NOW), Offer("b", WEEK)) == "a b c d"


def test_what_is_urgent_today_stays_first_whatever_history_says() -> None:
    assert order(Offer("promising", WEEK, uplift=0.9), Offer("andon", NOW, uplift=-0.9)) == "andon promising"


def test_history_orders_what_is_equally_urgent() -> None:
    assert order(Offer("b", WEEK), Offer("c", WEEK, -0.02), Offer("a", WEEK, 0.03)) == "a b c"


@pytest.mark.parametrize(("upper", "lower"), [(WEEK, MONTH), (MONTH, ROUTINE)])
def test_history_moves_nothing_by_more_than_one_class(upper: Urgency, lower: Urgency) -> None:
    assert weight(lower, 1.0) == weight(upper, 0.0)
    assert weight(upper, -1.0) == weight(lower, 0.0)
    assert weight(lower, SCALE / 2) < weight(upper, None)
    assert order(Offer("b", lower, 0.08), Offer("a", upper, -0.02)) == "b a"


def test_reactions_break_ties_and_nothing_else() -> None:
    tied = Offer("often", WEEK, 0.01, 0.9), Offer("new", WEEK, 0.01), Offer("seldom", WEEK, 0.01, 0.1)
    assert order(*reversed(tied)) == "often new seldom"
    assert order(Offer("often", WEEK, 0.01, 0.9), Offer("better", WEEK, 0.02, 0.1)) == "better often"


def test_equal_ones_stay_in_the_order_they_came_in() -> None:
    assert order(Offer("b", WEEK), Offer("a", WEEK)) == "b a"


@pytest.mark.parametrize(
    ("reactions", "expected", "interval"),
    [
        ((0, 0, 0), 0.5, (0.05, 0.95)),
        ((1, 0, 0), 2 / 3, (0.2236, 0.9747)),  # of Beta(2, 1): the roots of the shares
        ((0, 0, 1), 1 / 3, (0.0253, 0.7764)),
        ((0, 2, 0), 0.5, (0.1354, 0.8646)),  # of Beta(2, 2): `later` speaks for neither
    ],
)
def test_acceptance_is_a_beta_posterior(
    reactions: tuple[int, int, int], expected: float, interval: tuple[float, float]
) -> None:
    found = acceptance_of(reactions)
    assert found.expected == pytest.approx(expected)
    assert found.interval == pytest.approx(interval, abs=1e-4)


def test_of_equal_ones_the_rules_say_more_than_what_people_take() -> None:
    offers = [
        Offer("liked", Urgency.WEEK, acceptance=0.9, decisive=1.0),
        Offer("meant", Urgency.WEEK, acceptance=0.1, decisive=2.0),
    ]
    assert order(*offers) == "meant liked"
