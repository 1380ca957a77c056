"""Each calculator against its rule: bands, borders, what would change the verdict."""

from __future__ import annotations

import pytest

from copilot.accounts.economics.calculator import Output, Result
from copilot.accounts.economics.registry import calculator_named, run
from copilot.errors import InvalidInput


def computed(name: str, **given: object) -> Result:
    return run(calculator_named(name), given)[1]


def value(result: Result, name: str) -> Output:
    return next(one for one in result.outputs if one.name == name)


def test_h1_cac_divides_all_spend_by_new_customers_and_solves_for_a_healthy_one() -> None:
    result = computed("cac", sales_cost="30万", marketing_cost="20万", new_customers=20, ltv="8万")
    assert value(result, "cac").value == 25_000
    assert "19" in result.change[1].zh  # 500,000 / 19 < 80,000 / 3


def test_h2_ltv_is_by_gross_margin() -> None:
    result = computed("ltv", price="2万", margin="70%", years=3)
    assert value(result, "ltv").value == pytest.approx(42_000)
    assert result.worked == "LTV = 20,000 × 1 × 3 × 70% = 42,000"


def test_h2_a_forecast_is_capped_at_three_years() -> None:
    result = computed("ltv", price="2万", margin="70%", years=5)
    assert result.band == "capped"
    assert value(result, "ltv_forecast").value == pytest.approx(42_000)


@pytest.mark.parametrize(
    ("ltv", "band"), [(3.01, "healthy"), (3, None), (2.5, "optimise"), (1.01, "optimise"), (1, None), (0.5, "losing")]
)
def test_h3_bands_of_ue_leave_the_borders_to_a_person(ltv: float, band: str | None) -> None:
    assert computed("ue", ltv=ltv, cac=1).band == band


def test_h3_what_would_make_it_healthy_is_solved_for_each_side() -> None:
    told = computed("ue", ltv="3万", cac="1.2万").change[0].zh
    assert "10,000" in told
    assert "36,000" in told
    edge = computed("ue", ltv="4万", cac="1万").change[0].en
    assert "13,333.33" in edge
    assert "30,000" in edge


@pytest.mark.parametrize(
    ("ndr", "band"),
    [("79.9%", "no_mass_hiring"), ("80%", "ceiling"), ("99%", "ceiling"), ("100%", "whole"), ("120%", "compounding")],
)
def test_h4_bands_of_ndr(ndr: str, band: str) -> None:
    assert computed("ndr", ndr=ndr).band == band


def test_h4_ndr_from_its_parts_and_the_ceiling_it_sets() -> None:
    result = computed("ndr", start_revenue=1000, expansion=50, churn=250, new_revenue="1000万")
    assert value(result, "ndr").value == pytest.approx(0.8)
    assert value(result, "ceiling").value == pytest.approx(50_000_000)
    with pytest.raises(InvalidInput, match="流失大于期初收入"):
        computed("ndr", start_revenue=100, churn=200)
    with pytest.raises(InvalidInput, match="start_revenue"):
        computed("ndr")


SHEET = {"revenue": 1000, "sales_marketing": 300, "delivery": 50, "service": 100, "rnd": 140, "admin": 50}


def test_h5_margins_are_taken_off_one_after_the_other() -> None:
    result = computed("margins", **SHEET, stage="scale", support=90)
    assert [value(result, f"margin{n}").value for n in (1, 2, 3, 4)] == pytest.approx([0.65, 0.55, 0.41, 0.36])
    assert result.band == "within_guards"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"delivery": 200}, "毛利1"),
        ({"rnd": 180}, "研发占收入"),
        ({"support": 120}, "内部支持"),
        ({"admin": 100}, "行政"),
        ({"maintenance": 20, "launch_cost": 100}, "维护"),
    ],
)
def test_h5_each_guard_names_itself(change: dict[str, float], said: str) -> None:
    result = computed("margins", **SHEET | {"stage": "scale"} | change)
    assert result.band == "guards_broken"
    assert said in result.verdict.zh


def test_h5_innovation_is_left_out_of_rnd_at_scale_and_low_rnd_at_gtm_asks_for_a_review() -> None:
    assert computed("margins", **SHEET | {"rnd": 180}, stage="scale", innovation=40).band == "within_guards"
    low = computed("margins", **SHEET, stage="gtm")
    assert "研发占收入" in low.verdict.zh
    assert low.change[0].zh == "研发占收入低于线:复核 UE 能否持续。"
    assert computed("margins", **SHEET | {"service": 700}).band == "margin2_negative"


ALL_YES = dict.fromkeys(
    (
        "margin2_positive",
        "margin2_growing",
        "indicator_healthy",
        "managers_ready",
        "processes_running",
        "practices_repeatable",
        "journey_mapped",
        "ue_sound",
        "mass_users_reached",
    ),
    "是",
)


def test_h6_the_gate_passes_only_when_everything_holds() -> None:
    assert computed("gtm_gate", **ALL_YES, productivity=3).band == "scale"
    assert computed("gtm_gate", **ALL_YES, productivity=2).band == "continue_gtm"
    assert computed("gtm_gate", margin2_positive="是").band is None  # nothing passes unseen
    assert computed("gtm_gate", **ALL_YES | {"indicator_healthy": "否"}).band == "rollback_pmf"


@pytest.mark.parametrize(
    ("share", "band"),
    [
        ("3%", "before_5"),
        ("5%", "accelerating"),
        ("29%", "accelerating"),
        ("35%", "near_stronghold"),
        ("45%", "stronghold"),
    ],
)
def test_h7_nodes_of_market_share(share: str, band: str) -> None:
    assert computed("market_share", share=share).band == band


def test_h7_each_doubling_takes_half_as_long_and_a_forecast_ends_at_36() -> None:
    result = computed("market_share", share="5%", months_to_double=24, target="20%")
    assert value(result, "months").value == pytest.approx(12 + 6)
    capped = computed("market_share", share="18%", months_to_double=24, target="80%")
    assert value(capped, "months").value == pytest.approx(12)  # to 36 %, one doubling
    assert all(one.name != "months" for one in computed("market_share", share="2%", months_to_double=24).outputs)


@pytest.mark.parametrize(
    ("caps", "band"),
    [
        ({"renewal_profit": 120, "renewal_revenue": 300}, "within"),
        ({"renewal_profit": 50, "renewal_margin": 90, "renewal_revenue": 200}, "depends"),
        ({"renewal_profit": 50, "renewal_revenue": 80}, "over"),
        ({"renewal_revenue": 200}, "within_looser"),
    ],
)
def test_h8_three_versions_of_the_subsidy_cap_are_surfaced(caps: dict[str, float], band: str) -> None:
    result = computed("subsidy", subsidy=100, **caps)
    assert result.band == band
    assert "三种写法" in result.notes[0].zh


def test_h9_a_lost_rep_costs_a_hundred_interviews_ten_hires_and_a_year() -> None:
    result = computed("rep_loss", reps=2, interview_cost=100, hire_cost="1万", monthly_profit="2万")
    assert [value(result, name).value for name in ("interviews", "hired", "confirmed")] == [200, 20, 10]
    assert value(result, "cost").value == 200 * 100 + 20 * 10_000 + 24 * 20_000
    assert value(computed("rep_loss"), "cost").value is None


def test_h10_each_engine_has_its_gauge() -> None:
    result = computed("engine_gauges", referred=11, new_customers=10, lost_customers=10, revenue_per_customer=3, cac=2)
    assert {one.name: one.value for one in result.outputs} == {"viral": 1.1, "sticky": 1.0, "paid": 1.5}
    assert "黏着式没转起来" in result.verdict.zh
    with pytest.raises(InvalidInput, match="one pair"):
        computed("engine_gauges", referred=1)


def test_h11_the_loop_tells_better_from_open_by_an_interval() -> None:
    given = {"a_trials": 200, "a_successes": 20, "b_trials": 200, "b_successes": 30}
    assert computed("ab_loop", **given).band == "open"
    assert computed("ab_loop", **given | {"b_successes": 50}).band == "b_better"
    assert computed("ab_loop", **given | {"b_successes": 2}).band == "a_better"
    with pytest.raises(InvalidInput, match="成功数大于总数"):
        computed("ab_loop", **given | {"b_successes": 201})


def test_d10_the_four_curves_and_ones_own() -> None:
    result = computed("cs_curves", revenue=100, churn="20%", expansion="10%", years=2)
    assert result.band == "light_yellow"
    assert value(result, "yours").value == (100, 90, 81)
    assert value(result, "yellow").value == (100, 80, 64)
    assert value(result, "light_green").value == (100, 100, 100)
    bands = [computed("cs_curves", revenue=1, churn="20%", expansion=e).band for e in ("0%", "20%", "30%")]
    assert bands == ["yellow", "light_green", "green"]


@pytest.mark.parametrize(("size", "limit"), [("小型", 5), ("中型企业", 8), ("大型", 12)])
def test_g8_calls_stop_at_5_8_12(size: str, limit: int) -> None:
    assert value(computed("call_limit", size=size), "limit").value == limit
    assert computed("call_limit", size=size, attempts=limit).band == "stop"
    assert computed("call_limit", size=size, attempts=limit - 1).band == "go_on"


def test_g8_a_size_that_may_be_either_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match="small, medium, large"):
        computed("call_limit", size="中小")


@pytest.mark.parametrize(
    ("price", "days", "band"),
    [
        (5_000, 2, "hacker"),
        (5_000, 180, "mismatch"),
        (50_000, 30, "r2r"),
        (10_000, None, "r2r"),
        (100_000, 56, "r2r"),
        (200_000, 60, None),
        (300_000, 120, "missile"),
        (50_000, 70, None),
    ],
)
def test_g9_growth_model_by_price_and_cycle_with_gaps(price: float, days: float | None, band: str | None) -> None:
    assert computed("growth_model", price=price, **{} if days is None else {"close_days": days}).band == band


def test_g10_points_are_stated_and_replaced_and_no_line_is_made_up() -> None:
    result = computed("lead_score", page_views=3, events=1)
    assert value(result, "score").value == 13
    assert result.band is None
    assert "参加会议 10" in result.notes[0].zh
    assert computed("lead_score", events=1, points_events=30, high=30, low=10).band == "contact_today"
    assert computed("lead_score", events=1, high=30, low=10).band == "nurture"
    assert computed("lead_score", page_views=1, high=30, low=10).band == "automatic_only"
    with pytest.raises(InvalidInput, match="page_views"):
        computed("lead_score")


@pytest.mark.parametrize(
    ("steps", "pushes", "band"), [(8, 4, "fine"), (10, 1, "fine"), (7, 4, "fix"), (11, 4, "fix"), (9, 5, "fix")]
)
def test_g11_eight_to_ten_steps_and_less_than_five_pushes(steps: int, pushes: int, band: str) -> None:
    assert computed("nurture", steps=steps, pushes=pushes).band == band


@pytest.mark.parametrize(
    ("given", "band"),
    [
        ({"term_months": 6}, "send_back"),
        ({"term_months": 12, "prepaid_years": 1}, "fine"),
        ({"prepaid_years": 3}, "send_back"),
        ({"trial_days": 30}, "send_back"),
        ({"trial_days": 14}, "ask"),
        ({"trial_days": 14, "trial_on_request": "是"}, "fine"),
        ({"gift": "是"}, "ask"),
        ({"discount": "10%", "segment": "中小"}, "send_back"),
        ({"discount": "10%", "segment": "中型"}, "ask"),
        ({"discount": "10%", "segment": "中型", "quota_left": 0}, "send_back"),
        ({"discount": "10%"}, "ask"),
    ],
)
def test_g4_g5_g6_g7_a_quote_is_checked_against_each_rule(given: dict[str, object], band: str) -> None:
    assert computed("quote_check", **given).band == band


def test_m_the_number_of_the_discount_quota_is_asked_for() -> None:
    assert "请问销售管理者" in computed("quote_check", discount="10%", segment="中型").verdict.zh


def test_a2_a_micro_account_pays_back_in_year_one_or_not() -> None:
    costs = {"acquisition_cost": 1000, "delivery_cost": 1000, "service_cost": 900}
    assert computed("micro_payback", fee=3000, **costs).band == "pays_back"
    assert computed("micro_payback", fee=2900, **costs).band == "does_not_pay_back"
    assert "小微" in computed("micro_payback", fee=20_000, **costs).notes[0].zh


def test_a3_a_customer_is_who_lets_us_earn() -> None:
    assert computed("customer_value", fee="10万", margin="30%").band == "earning"
    losing = computed("customer_value", fee="10万", margin="30%", own_cost="4万")
    assert losing.band == "losing"
    assert "40%" in losing.change[1].zh


@pytest.mark.parametrize(
    ("fee", "band"), [(4999, "micro"), (5000, None), (8000, None), (50_000, "small"), (2e6, "large")]
)
def test_a1_size_of_an_account_with_its_gaps(fee: float, band: str | None) -> None:
    assert computed("segment", fee=fee).band == band


@pytest.mark.parametrize(
    ("arr", "quoting", "band"),
    [("5000万", "标准", "csm"), ("2亿", "复杂", "renewal_team"), ("5000万", "复杂", None), ("1亿", "标准", None)],
)
def test_i2_who_renews(arr: str, quoting: str, band: str | None) -> None:
    assert computed("renewal_owner", arr_usd=arr, quoting=quoting).band == band
