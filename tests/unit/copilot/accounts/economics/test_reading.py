"""Inputs as people type them, everything that is wrong with them, and what the sources leave open."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.economics.experiments import difference_interval, trials_needed
from copilot.accounts.economics.figure import read_figure
from copilot.accounts.economics.holes import HOLES
from copilot.accounts.economics.registry import CALCULATORS, calculator_named, run
from copilot.errors import InvalidInput, NotDefined, UnknownCalculator
from knowledge.errors import ReportableError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3万", 30_000),
        ("1.2w", 12_000),
        ("80k", 80_000),
        ("2亿", 2e8),
        ("¥12,000元", 12_000),
        ("30%", 0.3),
        ("３万", 30_000),
        ("-5%", -0.05),
        ("3年", 3),
        (7, 7),
    ],
)
def test_figures_are_read_with_their_magnitudes(text: object, value: float) -> None:
    figure = read_figure(text)
    assert figure is not None
    assert figure.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "很多", "NaN", "inf", "1e5", "3-5", math.nan, math.inf, True, None, [], "9" * 400]
)
def test_what_is_no_figure_is_none(text: object) -> None:
    assert read_figure(text) is None


def test_sixty_is_sixty_percent_and_said_so() -> None:
    inputs, result = run(calculator_named("ltv"), {"price": 100, "margin": 60, "years": 1})
    assert inputs.number("margin") == 0.6
    assert any("按 60% 读" in note.zh for note in inputs.notes)
    assert result.outputs[0].value == 60


def test_a_margin_that_may_be_either_is_asked_for() -> None:
    with pytest.raises(InvalidInput, match=r"1\.5% or 150%"):
        run(calculator_named("ltv"), {"price": 100, "margin": 1.5, "years": 1})


def test_every_fault_is_told_at_once_with_the_nearest_name() -> None:
    given_ = {"sale_cost": 3, "marketing_cost": "-1", "new_customers": 0}
    with pytest.raises(InvalidInput) as caught:
        run(calculator_named("cac"), given_)
    message = caught.value.message
    assert "did you mean sales_cost" in message
    assert "marketing_cost: '-1' is not" in message
    assert "new_customers: 0 is not" in message
    assert "sales_cost: missing" in message


def test_a_percentage_is_no_amount_and_half_a_customer_is_none() -> None:
    with pytest.raises(InvalidInput, match="is a percentage"):
        run(calculator_named("ue"), {"ltv": "30%", "cac": 1})
    with pytest.raises(InvalidInput, match="no whole number"):
        run(calculator_named("cac"), {"sales_cost": 1, "marketing_cost": 1, "new_customers": 1.5})


def test_aliases_and_titles_name_inputs() -> None:
    inputs, _ = run(calculator_named("LTV:CAC"), {"客户生命周期价值": "3万", "获客成本": "1万"})
    assert inputs.values == {"ltv": 30_000, "cac": 10_000}


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.name)
def test_m_what_the_sources_do_not_define_is_refused_with_whom_to_ask(hole: object) -> None:
    for spelling in (hole.name, *hole.spellings):  # type: ignore[attr-defined]  # a hole
        with pytest.raises(NotDefined) as caught:
            calculator_named(spelling)
        assert "请" in caught.value.message
        assert "Ask" in caught.value.message


def test_an_unknown_name_brings_the_nearest() -> None:
    with pytest.raises(UnknownCalculator, match="call_limit"):
        calculator_named("call_limits")
    with pytest.raises(UnknownCalculator, match="There are: cac"):
        calculator_named("💥")


def test_names_are_unique_and_every_playbook_is_in_the_corpus() -> None:
    from copilot.bootstrap import corpus_folder

    shipped = {path.stem for path in corpus_folder().rglob("*.md")}
    assert {one.playbook for one in CALCULATORS} <= shipped
    assert len({one.name for one in CALCULATORS}) == len(CALCULATORS)


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["3万", "30%", "是"])
)


@given(st.data())
def test_whatever_is_given_it_is_computed_or_refused(data: st.DataObject) -> None:
    calculator = data.draw(st.sampled_from(CALCULATORS))
    names = st.sampled_from([one.name for one in calculator.inputs])
    try:
        _, result = run(calculator, data.draw(st.dictionaries(names, _VALUES)))
    except ReportableError:
        return
    assert result.verdict.zh
    assert result.verdict.en
    for output in result.outputs:
        numbers = output.value if isinstance(output.value, tuple) else (output.value,)
        assert all(math.isfinite(one) for one in numbers if isinstance(one, float))


def test_h11_the_interval_is_newcombes() -> None:
    # Newcombe 1998, table II, (a): 56/70 and 48/80.
    low, high = difference_interval(48, 80, 56, 70)
    assert low == pytest.approx(0.0524, abs=5e-4)
    assert high == pytest.approx(0.3339, abs=5e-4)


def test_h11_as_many_trials_as_said_decide_it() -> None:
    needed = trials_needed(0.1, 0.15)
    assert needed is not None
    low, _ = difference_interval(0.1 * needed, needed, 0.15 * needed, needed)
    before, _ = difference_interval(0.1 * (needed - 1), needed - 1, 0.15 * (needed - 1), needed - 1)
    assert before <= 0 < low
