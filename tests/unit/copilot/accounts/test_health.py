"""Health explains every point; behaviour counts more than words (D1, D2, D5, D8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.health import Band, Health
from copilot.accounts.scoring import band_of, health_of
from copilot.accounts.weights import WEIGHTS, read_weights
from copilot.errors import ConfigurationError
from tests.unit.copilot.accounts.standins import account

GOOD = {
    "seats_bought": 100,
    "seats_active": 90,
    "usage_trend": "rising",
    "key_features_used": ["a", "b", "c"],
    "first_value_delivered": True,
    "milestones": ["x", "y", "z"],
}


def by_name(health: Health) -> dict[str, float | None]:
    return {one.name: one.score for one in health.dimensions}


def test_narrow_health_is_usage_and_results() -> None:
    health = health_of(account(**GOOD))
    assert (health.score, health.band, health.model) == (100, Band.HEALTHY, "narrow")
    assert by_name(health) == {"usage": 100, "business_result": 100}


def test_broad_health_adds_three_dimensions_and_leaves_out_what_is_unknown() -> None:
    health = health_of(account(**GOOD, open_tickets=12), "broad")
    assert by_name(health) == {
        "usage": 100,
        "business_result": 100,
        "experience": 0,
        "relationship": None,
        "coverage": None,
    }
    assert health.score == pytest.approx(80)  # (35 + 25) of the 75 that are known


def test_nothing_known_is_no_score() -> None:
    health = health_of(account(), "broad")
    assert (health.score, health.band) == (None, Band.UNKNOWN)
    assert all(one.score is None and one.signals == () for one in health.dimensions)


@pytest.mark.parametrize("model", ["narrow", "broad"])
def test_a_high_nps_never_lifts_falling_usage_out_of_risk(model: str) -> None:
    facts = GOOD | {"seats_active": 30, "usage_trend": "falling"}
    scores = [
        health_of(account(**facts, nps=nps), "broad" if model == "broad" else "narrow") for nps in (-100, 0, 10, 100)
    ]
    assert {one.band for one in scores} == {Band.RISK}
    assert "D5" in scores[0].dimensions[0].signals[-1]


def test_falling_usage_with_most_seats_active_is_watched() -> None:
    health = health_of(account(**GOOD | {"usage_trend": "falling"}))
    assert health.band is Band.WATCH


@pytest.mark.parametrize("event", ["days_since_kp_changed", "days_since_kp_left"])
def test_a_new_key_person_keeps_the_best_account_in_watch(event: str) -> None:
    assert health_of(account(**GOOD, **{event: 90})).band is Band.WATCH
    assert health_of(account(**GOOD, **{event: 91})).band is Band.HEALTHY
    told = health_of(account(**GOOD), kp_changed=True, language="en")
    assert told.band is Band.WATCH
    assert "D8" in next(one for one in told.dimensions if one.name == "relationship").signals[0]


def test_no_seats_are_told_and_divide_nothing() -> None:
    health = health_of(account(seats_bought=0, seats_active=0, usage_trend="flat"))
    assert health.dimensions[0].score == 70
    assert health.dimensions[0].signals[0] == "购买席位为 0,没有活跃率,不计分"


def test_more_active_seats_than_bought_are_no_more_than_all() -> None:
    assert health_of(account(seats_bought=10, seats_active=400)).score == 100


def test_every_point_has_a_sentence_in_the_language_asked_for() -> None:
    told = account(**GOOD | {"seats_active": 7, "seats_bought": 25})
    assert health_of(told).dimensions[0].signals[0] == "活跃席位 7/25(28%):40 分,权重 40"
    english = health_of(told, language="en")
    assert english.dimensions[0].signals[0] == "7 of 25 seats are active (28%): 40 points, weight 40"
    assert all(one.isascii() for dimension in english.dimensions for one in dimension.signals)


def test_a_director_is_no_executive() -> None:
    def relationship(title: str) -> float | None:
        return by_name(health_of(account(kp=[{"name": "x", "title": title}]), "broad"))["relationship"]

    assert {relationship("电商总监"), relationship("Director"), relationship("总部主管")} == {relationship("店长")}
    assert {relationship("总经理"), relationship("副总"), relationship("CEO"), relationship("老板")} == {
        relationship("创始人")
    }
    assert (relationship("总经理") or 0) > (relationship("店长") or 0)


def test_weights_are_a_setting() -> None:
    weights = read_weights("broad", ["usage=0", "experience=50"])
    assert weights["usage"] == 0
    assert weights["coverage"] == WEIGHTS["broad"]["coverage"]
    only_results = read_weights("narrow", ["usage=0"])
    assert health_of(account(**GOOD, last_use_days=400), weights=only_results).score == 100


@pytest.mark.parametrize("row", ["usage", "usage=-1", "usage=x", "usage=nan", "usage=1001", "experience=5", "joy=5"])
def test_a_weight_that_cannot_be_read_is_named(row: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_HEALTH_WEIGHTS") as caught:
        read_weights("narrow", [row])
    assert repr(row) in caught.value.message


def test_something_has_to_count() -> None:
    with pytest.raises(ConfigurationError, match="nothing counts"):
        read_weights("narrow", ["usage=0", "business_result=0"])


_facts = st.fixed_dictionaries(
    {},
    optional={
        "seats_bought": st.integers(0, 50),
        "seats_active": st.integers(0, 90),
        "usage_trend": st.sampled_from(["rising", "flat", "falling", "none"]),
        "first_value_delivered": st.booleans(),
        "days_since_signing": st.integers(0, 900),
        "open_tickets": st.integers(0, 30),
        "complaints": st.integers(0, 5),
        "last_contact_days": st.integers(0, 300),
        "nps": st.integers(-100, 100),
        "contract_end_in_days": st.integers(-100, 700),
    },
)


@given(facts=_facts, nps=st.integers(0, 100))
def test_a_score_lies_between_0_and_100_and_no_nps_helps_falling_usage(facts: dict[str, object], nps: int) -> None:
    health = health_of(account(**facts), "broad")
    assert health.score is None or 0 <= health.score <= 100
    assert health.band is band_of(health.score)
    falling = facts | {"usage_trend": "falling", "seats_bought": 10, "seats_active": 3, "nps": nps}
    assert health_of(account(**falling), "broad").band is Band.RISK
