"""Every number has an analysis and an action, and neither says more than the number does (J1, J2)."""

from __future__ import annotations

from datetime import date

import pytest
from typer.main import get_command

from copilot.cli.app import app
from copilot.insight.counts import BandMove, DeliveryCount, DocumentUse, Gaps, OpenGap, Taken, Votes
from copilot.insight.figure import Figure
from copilot.insight.report import Language, one_person
from knowledge.document import DocumentId
from tests.unit.copilot.insight.insight_standins import Counted, account, answered, document, outcome, report

FORMULA = "=cmd|' /C calc'!A0 <script>alert(1)</script>\u202e"
RISK = {"usage_trend": "none", "seats_bought": 10, "seats_active": 1, "days_since_signing": 400}


def figure(key: str, counted: Counted, language: Language = "en") -> Figure:
    found = report(counted, language=language).figure(key)
    assert found is not None
    return found


def busy() -> Counted:
    """Something of everything."""
    a, b = DocumentId("a"), DocumentId("b")
    return Counted(
        said=[
            answered(80),
            answered(20, "abstained", reason="not_in_knowledge"),
            answered(9, "partial", surface="slack"),
        ],
        said_before=[answered(100), answered(2, "abstained", reason="not_in_knowledge")],
        people_asking=2,
        judged=Votes(helpful=3, unhelpful=4),
        uses={a: DocumentUse(cited=12, votes=Votes(helpful=1, unhelpful=6)), b: DocumentUse(cited=3)},
        taken={"a": Taken(accepted=5, later=2, rejected=3)},
        sent=[
            DeliveryCount(channel="email", status="sent", times=9),
            DeliveryCount(channel="email", status="dead", times=1),
        ],
        moved=[BandMove(account_id=account("x").id, before="healthy", after="risk")],
        kinds={"qbr": outcome(10, 6, 5, changed=0.5, reasons=[("too long", 3)])},
        quoted={a: outcome(10, 2), b: outcome(30, 29)},
        records=[account("x", name="Star", annual_fee_cny=9_000, contract_end_in_days=20, owner="li", **RISK)],
        shelf=[document("a", "Renewal", review_by=date(2026, 1, 1), owner="li"), document("b"), document("c")],
        open=Gaps(
            open=2,
            without_owner=1,
            opened=2,
            answered=0,
            first=[OpenGap(id="g", question="How much?", askers=3, observations=4, owner=None)],
        ),
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("counted", [Counted(), busy()], ids=["empty", "busy"])
def test_every_figure_has_an_analysis_an_action_and_who_takes_it(counted: Counted, language: Language) -> None:
    figures = list(report(counted, language=language).figures())
    assert len({one.key for one in figures}) == len(figures) > 20
    for one in figures:
        assert one.title, one
        assert one.analysis, one
        assert one.action, one
        idle = one.action in ("无需行动。", "No action.")
        assert (one.owner is None) == idle, one
        assert one.link is None or not idle, one


def test_commands_that_actions_name_are_there() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    for one in report(busy()).figures():
        for word in (one.link or "").split()[1:2]:
            assert word in commands or word == "gaps", one


def test_a_change_is_told_only_when_chance_does_not_explain_it() -> None:
    fell = figure("answered_share", busy())
    assert fell.previous == pytest.approx(100 / 102)
    assert "Down 24.6 points" in fell.analysis
    assert fell.owner == "curator"
    same = figure(
        "answered_share",
        Counted(said=[answered(80), answered(20, "clarify")], said_before=[answered(17), answered(3, "clarify")]),
    )
    assert "No change beyond chance" in same.analysis
    assert same.action == "No action."


@pytest.mark.parametrize("n", [1, 4])
def test_too_few_are_counted_and_make_no_share(n: int) -> None:
    told = figure("answered_share", Counted(said=[answered(n)]))
    assert (told.value, told.interval, told.chart) == (None, None, None)
    assert "%" not in told.analysis
    assert f"{n} of {n} questions" in told.analysis
    assert "fewer than 5" in told.analysis
    assert not any("%" in row.detail for row in told.rows)


def test_few_of_a_person_show_no_share_anywhere() -> None:
    few = Counted(
        said=[answered(3)], kinds={"qbr": outcome(2, 1, 1)}, taken={"a": Taken(accepted=2)}, judged=Votes(helpful=1)
    )
    found = report(few, scope=one_person("li"))
    assert [one.value for one in found.figures() if one.unit == "share"] == [None] * 9
    assert all("%" not in one.analysis for one in found.figures() if one.unit == "share")


def test_outages_and_permission_are_no_gaps() -> None:
    told = figure(
        "gap_share",
        Counted(
            said=[
                answered(90),
                answered(10, "abstained", reason="not_in_knowledge"),
                answered(50, "abstained", reason="retrieval_failed"),
                answered(30, "abstained", reason="no_permission"),
                answered(20, "abstained", reason="out_of_scope"),
            ]
        ),
    )
    assert (told.value, told.n) == (0.1, 100)


def test_an_outage_is_the_first_thing_to_mend() -> None:
    told = figure(
        "refusal_share",
        Counted(
            said=[
                answered(50),
                answered(9, "abstained", reason="not_in_knowledge"),
                answered(1, "abstained", reason="retrieval_failed"),
            ]
        ),
    )
    assert (told.owner, told.link) == ("admin", "copilot doctor")
    assert "The main reason: not in the knowledge (9)." in told.analysis


def test_a_drop_in_use_names_the_surface_that_fell() -> None:
    told = figure("questions", Counted(said=[answered(50)], said_before=[answered(60), answered(90, surface="slack")]))
    assert "67% fewer than the 150" in told.analysis
    assert "Slack fell most (90 → 0)" in told.action
    assert told.chart is not None
    assert (len(told.chart.labels), sum(value or 0 for value in told.chart.series[0].values)) == (10, 50)


def test_the_reason_given_most_is_what_to_work_on() -> None:
    told = figure("draft_acceptance", busy())
    assert "Rejected most: quarterly review (4 of 10)." in told.analysis
    assert '"too long" (3 times)' in told.action
    assert "50% of a quarterly review is rewritten" in figure("draft_edits", busy()).action


def test_a_document_is_blamed_only_when_it_does_clearly_worse() -> None:
    told = figure("document_acceptance", busy())
    assert (told.owner, told.rows[0].name) == ("li", "b")
    assert '"Renewal" does clearly worse' in told.action
    even = Counted(quoted={DocumentId("a"): outcome(10, 8), DocumentId("b"): outcome(30, 25)}, shelf=busy().shelf)
    assert figure("document_acceptance", even).owner is None


def test_stale_unverified_and_unused_documents() -> None:
    counted = busy()
    assert (figure("stale_used", counted).value, figure("stale_used", counted).owner) == (1, "li")
    assert "cited 12 times although" in figure("stale_used", counted).action
    assert [row.name for row in figure("unverified_used", counted).rows] == ["b"]
    assert [row.name for row in figure("never_used", counted).rows] == ["c"]
    assert "did not help 6 times" in figure("document_hits", counted).action


def test_accounts_that_need_somebody() -> None:
    counted = busy()
    told = figure("needs_attention", counted)
    assert (told.value, told.n, told.owner, told.link) == (1, 1, "li", "copilot next x")
    assert "health is at risk" in told.rows[0].detail
    assert "1 down" in figure("health_moves", counted).analysis
    assert figure("health_moves", counted).value == -1
    assert (figure("renewals_due", counted).value, figure("renewal_fees", counted).value) == (1, 9_000)
    assert "9,000 (100%)" in figure("renewal_fees", counted).analysis


def test_who_has_churned_is_no_account_any_more() -> None:
    gone = Counted(records=[account("x", contract_outcome="churned", contract_end_in_days=5, **RISK)])
    assert figure("needs_attention", gone).value == figure("renewals_due", gone).value == 0


def test_the_estimate_says_what_it_assumes_and_counts_no_rewritten_words() -> None:
    told = figure("hours_saved", Counted(said=[answered(10)], kinds={"qbr": outcome(6, 6, 6, changed=0.5)}))
    assert told.value == 2.0  # 10 × 6 and 6 × 20 × 0.5 minutes
    assert "An estimate, not a measurement: it assumes 6 minutes" in told.analysis


def test_names_with_formulas_and_markup_stay_one_line_of_text() -> None:
    counted = Counted(uses={DocumentId("a"): DocumentUse(cited=1)}, shelf=[document("a", FORMULA + "\nx" * 99)])
    (row,) = figure("document_hits", counted).rows
    assert len(row.name) <= 60
    assert row.name.isprintable()


def test_gaps_that_are_not_collected_are_no_zero() -> None:
    assert figure("open_gaps", Counted()).value is None
    told = figure("open_gaps", busy())
    assert (told.value, told.owner) == (2, "curator")
    assert told.rows[0].name == "How much?"
