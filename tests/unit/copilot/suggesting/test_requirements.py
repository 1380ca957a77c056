"""Which tests execute which requirement. Every test that is named here exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
_RULES = "tests/unit/copilot/suggesting/test_rules_by_requirement.py"
_ICP = "tests/unit/copilot/suggesting/test_icp.py"
_REACTIONS = "tests/unit/copilot/suggesting/test_reactions.py"
_SEGMENT = "tests/unit/copilot/accounts/test_segment.py"
_STAGE = "tests/unit/copilot/accounts/test_stage.py"
_HEALTH = "tests/unit/copilot/accounts/test_health.py"
_FACTS = "tests/unit/copilot/accounts/test_contradictions.py"
_SUMS = "tests/unit/copilot/accounts/economics/test_rules.py"
_MATCHING = "tests/unit/copilot/cases/test_matching.py"
_LEDGER = "tests/unit/copilot/cases/test_ledger.py"
_PLAN = "tests/unit/copilot/drafting/test_findings.py"

TABLE: dict[str, list[tuple[str, str]]] = {
    "A1": [
        (_SEGMENT, "test_a_fee_inside_a_band_has_its_size"),
        (_SEGMENT, "test_between_the_bands_and_on_a_border_a_person_decides"),
        (_RULES, "test_a1_between_the_bands_a_person_decides"),
    ],
    "A2": [(_RULES, "test_a2_a_micro_account_pays_back_in_year_one")],
    "A5": [(_RULES, "test_a5_low_value_effort_is_capped_and_the_floor_kept")],
    "A9": [
        (_RULES, "test_a9_off_target_deals_get_no_roadmap"),
        (_ICP, "test_an_excluded_industry_is_outside_whatever_it_pays"),
    ],
    "A10": [(_RULES, "test_a10_a_profile_of_ones_own_scores_and_flags"), (_ICP, "test_what_fits_scores_full")],
    "B2": [(_STAGE, "test_a_stage_follows_from_first_value_and_the_contract")],
    "B3": [
        (_STAGE, "test_periods_count_from_going_live"),
        (_RULES, "test_b3_complaints_in_month_one_are_expected"),
    ],
    "B5": [
        (_FACTS, "test_onboarding_without_a_handoff_is_told_and_not_refused"),
        (_RULES, "test_b5_a_thin_handoff_stops_the_start"),
    ],
    "B7": [(_FACTS, "test_a_lead_needs_a_contact_and_a_need")],
    "B11": [
        (_STAGE, "test_contact_grows_rarer_with_age_and_closer_at_the_end"),
        (_RULES, "test_b11_silence_is_counted_from_what_is_expected_of_this_age_and_size"),
    ],
    "C1": [(_PLAN, "test_a_full_plan_has_no_finding"), (_PLAN, "test_a_plan_lacks_what_was_cut_out")],
    "C4": [(_RULES, "test_c4_one_or_two_quick_wins_before_the_whole_list")],
    "C6": [
        (_STAGE, "test_first_value_has_thirty_days"),
        (_RULES, "test_c6_late_first_value_is_pressing"),
    ],
    "C7": [(_RULES, "test_c7_onboarding_ends_with_first_value_not_with_the_calendar")],
    "C9": [(_RULES, "test_c9_messages_follow_behaviour")],
    "D1": [(_HEALTH, "test_narrow_health_is_usage_and_results")],
    "D2": [(_HEALTH, "test_broad_health_adds_three_dimensions_and_leaves_out_what_is_unknown")],
    "D5": [
        (_HEALTH, "test_a_high_nps_never_lifts_falling_usage_out_of_risk"),
        (_RULES, "test_d5_a_high_nps_never_hides_falling_usage"),
    ],
    "D8": [
        (_HEALTH, "test_a_new_key_person_keeps_the_best_account_in_watch"),
        (_RULES, "test_d8_a_new_key_person_is_a_risk_that_notes_can_tell"),
    ],
    "D10": [(_SUMS, "test_d10_the_four_curves_and_ones_own")],
    "E1": [(_RULES, "test_e1_a_large_account_without_an_executive_gets_a_sponsor")],
    "E3": [(_RULES, "test_e3_key_and_urgent_is_an_andon_for_now")],
    "E6": [(_RULES, "test_e6_idle_seats_get_a_contest_not_more_seats")],
    "E7": [(_RULES, "test_e7_the_moment_for_a_referral_is_after_purchase_or_deployment")],
    "F1": [(_RULES, "test_f1_standard_questions_go_to_passive_service")],
    "F2": [(_RULES, "test_f2_many_tickets_are_sorted_into_classes")],
    "F11": [
        (_RULES, "test_f11_newcomers_are_told_why_and_what_to_look_for"),
        (_REACTIONS, "test_the_error_book_says_what_to_read"),
    ],
    "G1": [(_MATCHING, "test_g1_industry_outranks_city_outranks_size_outranks_situation")],
    "G3": [(_LEDGER, "test_g3_low_mid_and_high_never_exceed_the_peer_and_name_their_assumptions")],
    "G6": [(_RULES, "test_g6_a_year_is_the_term")],
    "G8": [(_SUMS, "test_g8_calls_stop_at_5_8_12")],
    "G9": [(_SUMS, "test_g9_growth_model_by_price_and_cycle_with_gaps")],
    "G10": [(_SUMS, "test_g10_points_are_stated_and_replaced_and_no_line_is_made_up")],
    "G11": [(_SUMS, "test_g11_eight_to_ten_steps_and_less_than_five_pushes")],
    "H1": [(_SUMS, "test_h1_cac_divides_all_spend_by_new_customers_and_solves_for_a_healthy_one")],
    "H2": [(_SUMS, "test_h2_ltv_is_by_gross_margin"), (_SUMS, "test_h2_a_forecast_is_capped_at_three_years")],
    "H3": [(_SUMS, "test_h3_bands_of_ue_leave_the_borders_to_a_person")],
    "H4": [(_SUMS, "test_h4_bands_of_ndr")],
    "H5": [(_SUMS, "test_h5_margins_are_taken_off_one_after_the_other"), (_SUMS, "test_h5_each_guard_names_itself")],
    "H6": [(_SUMS, "test_h6_the_gate_passes_only_when_everything_holds")],
    "H7": [(_SUMS, "test_h7_each_doubling_takes_half_as_long_and_a_forecast_ends_at_36")],
    "H8": [(_SUMS, "test_h8_three_versions_of_the_subsidy_cap_are_surfaced")],
    "H9": [(_SUMS, "test_h9_a_lost_rep_costs_a_hundred_interviews_ten_hires_and_a_year")],
    "H10": [(_SUMS, "test_h10_each_engine_has_its_gauge")],
    "H11": [(_SUMS, "test_h11_the_loop_tells_better_from_open_by_an_interval")],
    "I2": [(_RULES, "test_i2_who_renews_is_decided_by_rule")],
    "J1": [(_RULES, "test_j1_every_number_has_its_analysis")],
    "J2": [(_RULES, "test_j2_every_analysis_has_an_action_with_an_owner")],
    "J3": [(_RULES, "test_j3_a_report_that_nobody_reads_is_pushed")],
    "M": [
        (_RULES, "test_m_holes_are_told_not_filled"),
        (_RULES, "test_a1_between_the_bands_a_person_decides"),
        (_RULES, "test_e3_key_and_urgent_is_an_andon_for_now"),
    ],
}


@pytest.mark.parametrize("requirement", TABLE)
def test_every_named_test_exists(requirement: str) -> None:
    for file, name in TABLE[requirement]:
        defined = re.findall(r"^def (test_\w+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
        assert name in defined, f"{file} has no {name}"


def test_every_requirement_that_rules_decide_has_a_row() -> None:
    wanted = """A1 A2 A5 A9 A10 B2 B3 B5 B7 B11 C1 C4 C6 C7 C9 D1 D2 D5 D8 D10 E1 E3 E6 E7 F1 F2 F11 G1 G3 G6 G8 G9 G10
    G11 H1 H2 H3 H4 H5 H6 H7 H8 H9 H10 H11 I2 J1 J2 J3 M"""
    assert set(TABLE) == set(wanted.split())


def test_the_decision_shows_the_same_table() -> None:
    page = (ROOT / "copilot/decisions/0028-advice-by-rules.md").read_text(encoding="utf-8")
    for requirement, tests in TABLE.items():
        row = re.search(rf"^\| {requirement} \|(.*)\|$", page, re.MULTILINE)
        assert row is not None, requirement
        assert set(re.findall(r"`(test_\w+)`", row.group(1))) == {name for _, name in tests}
