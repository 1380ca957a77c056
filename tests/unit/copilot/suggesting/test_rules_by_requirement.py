"""One record for each rule of the requirements: what it shows, what is advised, what is warned of.

The table of all ids and their tests is in test_requirements.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.suggesting.advice import Urgency
from copilot.suggesting.explaining import explanations
from copilot.suggesting.icp import IcpProfile
from copilot.suggesting.rule_files import shipped_rules
from knowledge.reader import STAFF
from tests.unit.copilot.suggesting.suggesting_standins import account, advice, advised, avoided, keys, service

ONBOARDING = {"lifecycle_stage": "onboarding", "first_value_delivered": False}
IN_USE = {"lifecycle_stage": "adoption", "first_value_delivered": True, "days_since_signing": 60}
DEAL = {"type": "opportunity"}


def check(record: dict[str, Any], do: str, avoid: str | None = None) -> None:
    told = advice(record)
    assert do in keys(told), keys(told)
    assert avoid is None or avoid in avoided(told), avoided(told)


def test_a1_between_the_bands_a_person_decides() -> None:
    told = advice(IN_USE | {"annual_fee_cny": 7_000})
    assert told.segment.value is None
    assert any("人工判定" in sentence for sentence in told.not_judged)
    assert ("resegment" in keys(told), "guess_tier" in avoided(told)) == (True, True)


def test_a2_a_micro_account_pays_back_in_year_one() -> None:
    record = IN_USE | {"annual_fee_cny": 3_000, "notes": "要我们每周上门培训"}
    check(record, "micro_first_year_check", "hand_hold_micro")


def test_a5_low_value_effort_is_capped_and_the_floor_kept() -> None:
    record = IN_USE | {"annual_fee_cny": 3_600}
    check(record, "cap_effort", "drop_floor")
    check(record, "keep_contract_floor")
    check(record, "watch_rising_star")


def test_a9_off_target_deals_get_no_roadmap() -> None:
    check(DEAL | {"notes": "不是我们的目标客户 要做排产定制"}, "limit_off_target", "roadmap_promise")


def test_a10_a_profile_of_ones_own_scores_and_flags() -> None:
    profile = IcpProfile(industries=("零售",), excluded_industries=("教培",), min_fee_cny=10_000)
    one = service(icp=profile)
    fit = one.fit(account({"industry": "少儿教培", "annual_fee_cny": 5_500}))
    assert fit is not None
    assert (fit.score, fit.outside) == (0, True)
    assert service().fit(account({"industry": "少儿教培"})) is None


def test_b5_a_thin_handoff_stops_the_start() -> None:
    record = ONBOARDING | {"days_since_signing": 3, "handoff": {"client_info": "已给"}}
    check(record, "complete_handoff", "start_with_gap")


def test_b3_complaints_in_month_one_are_expected() -> None:
    record = ONBOARDING | {"days_since_signing": 15, "notes": "店员抱怨新系统难用"}
    check(record, "brief_boss_on_complaints", "complaint_is_churn")


def test_b11_silence_is_counted_from_what_is_expected_of_this_age_and_size() -> None:
    record = ONBOARDING | {"annual_fee_cny": 60_000, "days_since_signing": 12}
    check(record | {"last_contact_days": 40}, "contact_clock", "empty_greeting")
    assert "contact_clock" not in keys(advice(record | {"last_contact_days": 1}))


def test_c4_one_or_two_quick_wins_before_the_whole_list() -> None:
    check(ONBOARDING | {"days_since_signing": 22, "notes": "什么都要一起上"}, "focus_quick_win", "full_wishlist")


def test_c6_late_first_value_is_pressing() -> None:
    told = advice(ONBOARDING | {"days_since_signing": 40})
    first = next(one for one in told.actions if one.key == "deliver_first_value")
    assert first.urgency in (Urgency.NOW, Urgency.WEEK)
    assert "upsell_before_value" in avoided(told)


def test_c7_onboarding_ends_with_first_value_not_with_the_calendar() -> None:
    assert advice({"first_value_delivered": False, "days_since_signing": 80}).stage is Stage.ONBOARDING
    assert advice({"first_value_delivered": True, "days_since_signing": 5}).stage is Stage.ADOPTION


def test_c9_messages_follow_behaviour() -> None:
    check(ONBOARDING | {"notes": "每周固定群发提醒"}, "event_triggered_messages", "calendar_messages")


def test_d5_a_high_nps_never_hides_falling_usage() -> None:
    record = {
        "lifecycle_stage": "renewal",
        "first_value_delivered": True,
        "contract_end_in_days": 60,
        "usage_trend": "falling",
        "nps": 10,
    }
    check(record, "check_by_behaviour", "trust_words")
    assert advice(record).health.band is Band.RISK


def test_d8_a_new_key_person_is_a_risk_that_notes_can_tell() -> None:
    record = {
        "lifecycle_stage": "growth",
        "first_value_delivered": True,
        "days_since_signing": 150,
        "seats_bought": 10,
        "seats_active": 9,
        "usage_trend": "rising",
    }
    assert advice(record).health.band is Band.HEALTHY
    changed = record | {"notes": "总监离职了,新来的不认可我们"}
    check(changed, "meet_new_leader", "wait_after_leave")
    assert advice(changed).health.band is Band.WATCH


def test_e1_a_large_account_without_an_executive_gets_a_sponsor() -> None:
    record = IN_USE | {"annual_fee_cny": 2_000_000, "notes": "只认识IT部门,高层一个不认识"}
    check(record, "exec_sponsor", "sponsor_left_to_csm")
    assert "exec_sponsor" not in keys(advice(IN_USE | {"annual_fee_cny": 3_000, "notes": "高层一个不认识"}))


def test_e3_key_and_urgent_is_an_andon_for_now() -> None:
    told = advice(IN_USE | {"annual_fee_cny": 1_200_000, "notes": "收银系统挂了,门店全停"})
    andon = next(one for one in told.actions if one.key == "pull_andon")
    assert andon.urgency is Urgency.NOW
    assert "normal_queue" in avoided(told)
    assert any("时限" in sentence for sentence in told.not_judged)  # M: no source fixes the clock


def test_e6_idle_seats_get_a_contest_not_more_seats() -> None:
    record = IN_USE | {"seats_bought": 100, "seats_active": 20, "notes": "导购不愿意用"}
    check(record, "seat_contest", "more_seats_while_idle")


def test_e7_the_moment_for_a_referral_is_after_purchase_or_deployment() -> None:
    check(IN_USE | {"notes": "昨天刚部署完,老板很满意"}, "ask_referral", "cash_reward")
    assert "ask_referral" not in keys(advice(IN_USE | {"notes": "老板天天投诉"}))


def test_f1_standard_questions_go_to_passive_service() -> None:
    check(IN_USE | {"notes": "天天有人问怎么改密码"}, "route_passive", "csm_answers_all")


def test_f2_many_tickets_are_sorted_into_classes() -> None:
    check(IN_USE | {"open_tickets": 9}, "sort_ticket_surge")


def test_f11_newcomers_are_told_why_and_what_to_look_for() -> None:
    told = advised(ONBOARDING | {"days_since_signing": 40})
    for candidate in told.actions:
        for one in explanations(candidate, shipped_rules(), "zh"):
            assert one.because.startswith("看到:")
            assert one.rule in shipped_rules().rules
    late = next(one for one in told.actions if one.action.key == "deliver_first_value")
    signs = " ".join(sign for one in explanations(late, shipped_rules(), "zh") for sign in one.look_for)
    assert "first_value_delivered" in signs


@pytest.mark.parametrize(
    ("notes", "avoid"), [("客户想先签半年", "half_year_deal"), ("想一次签三年换折扣", "multi_year_cash")]
)
def test_g6_a_year_is_the_term(notes: str, avoid: str) -> None:
    check(DEAL | {"notes": notes}, "annual_term", avoid)


def test_i2_who_renews_is_decided_by_rule() -> None:
    record = {
        "lifecycle_stage": "renewal",
        "first_value_delivered": True,
        "contract_end_in_days": 80,
        "notes": "续费到底归谁做,内部没定",
    }
    check(record, "renewal_owner", "renewal_to_weak_service")


def test_j1_every_number_has_its_analysis() -> None:
    told = advice(IN_USE | {"annual_fee_cny": 240_000, "seats_bought": 10, "seats_active": 3, "usage_trend": "flat"})
    assert told.segment.reason("zh")
    for dimension in told.health.dimensions:
        assert dimension.score is None or dimension.signals


@pytest.mark.parametrize("record", [{}, IN_USE, ONBOARDING, DEAL, {"type": "lead"}, {"lifecycle_stage": "management"}])
def test_j2_every_analysis_has_an_action_with_an_owner(record: dict[str, Any]) -> None:
    told = advice(record)
    assert len(told.actions) >= 2
    assert told.avoid
    assert all(one.owner and one.why and one.signals and one.citations for one in told.actions)
    named = advice(record | {"owner": "小吴"})
    assert {one.owner for one in named.actions} == {"小吴"}


def test_j3_a_report_that_nobody_reads_is_pushed() -> None:
    check({"lifecycle_stage": "management", "notes": "周报发了没人看"}, "push_digest", "numbers_only")


def test_m_holes_are_told_not_filled() -> None:
    told = advice({})
    assert told.health.band is Band.UNKNOWN
    joined = " ".join(told.not_judged)
    assert all(words in joined for words in ("没有年费", "没有阶段", "健康度不评", "可能性不给数字"))


def test_advice_in_english_has_no_chinese_title() -> None:
    told = service().advise(account(ONBOARDING | {"days_since_signing": 40}), STAFF, "en")
    assert not any("\u4e00" <= letter <= "\u9fff" for one in told.actions for letter in one.title + one.why)
