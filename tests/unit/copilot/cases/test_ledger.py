"""The ledger (G3): figures are quoted, every value has its assumptions, and without figures there is none."""

from __future__ import annotations

import pytest

from copilot.accounts.economics.reading import read_inputs
from copilot.errors import InvalidInput
from copilot.suggesting.cases.figures import effects_of, figures_of
from copilot.suggesting.cases.ledger import INPUTS, Ledger, ledger_of, own_facts
from tests.unit.copilot.cases.standins import stored

STORY = """## 背景

店里有 3 个人,每天 200 单。

## 结果

三个月里复购带来的营业额提升了 20%,报损成本从 5% 降到 4%。顾客说更方便了。

## 怎样复用

先选 1 个门店,目标提升 50%。
"""
FACTS = {"annual_revenue_cny": "200万", "gross_margin": "50%", "annual_cost_cny": "40万", "annual_fee_cny": "2万"}


def ledger(text: str = STORY, **facts: object) -> Ledger:
    return ledger_of(effects_of(figures_of(stored("bakery", text))), read_inputs("ledger", INPUTS, facts))


def test_g3_figures_are_quoted_from_the_results_alone() -> None:
    document = stored("bakery", STORY)
    figures = figures_of(document)
    assert [figure.heading_path for figure in figures] == [("结果",)]
    for figure in figures:
        assert document.document.text[figure.start : figure.end] == figure.quote


def test_g3_what_rose_or_fell_is_read_only_where_it_is_plain() -> None:
    effects = effects_of(figures_of(stored("bakery", STORY)))
    assert [(one.kind, round(one.ratio, 4)) for one in effects] == [("gain", 0.2), ("saving", 0.2)]


@pytest.mark.parametrize(
    "line",
    [
        "满意度提升了 30%。",  # no money
        "营业额下降了 10%。",  # no gain
        "成本提升了 10%。",  # no saving
        "营业额提升了不少。",
        "营业额提升 30%,这是假设。",
        "投入成本后收入提升 30%",  # whose figure is it
    ],
)
def test_g3_anything_less_plain_is_no_effect(line: str) -> None:
    assert effects_of(figures_of(stored("x", f"## 结果\n\n{line}\n"))) == []


def test_g3_low_mid_and_high_never_exceed_the_peer_and_name_their_assumptions() -> None:
    found = ledger(**FACTS)
    assert found.status == "estimated"
    gain, saving = found.values
    assert (gain.low, gain.mid, gain.high) == pytest.approx((50_000, 100_000, 200_000))
    assert saving.high == pytest.approx(80_000)
    assert found.budget == 20_000
    assert found.returns == pytest.approx(((50_000 + 20_000) / 20_000, 7, 14))
    assert any("25%" in one.zh for one in found.assumptions)
    assert "不是承诺" in found.summary.zh
    assert gain.effects[0].figure.quote in STORY


def test_g3_without_a_margin_it_is_turnover_and_without_a_fee_no_return() -> None:
    found = ledger(annual_revenue_cny="200万")
    assert found.values[0].name.zh == "多做的营业额"
    assert any("不是利润" in one.zh for one in found.assumptions)
    assert (found.budget, found.returns) == (None, None)
    assert any("年费" in one.zh for one in found.ask)


def test_g3_no_figures_no_ledger_but_what_to_ask() -> None:
    found = ledger("## 结果\n\n老板很满意。\n", **FACTS)
    assert (found.status, found.values, found.returns) == ("no_figures", (), None)
    assert "不编" in found.summary.zh
    assert found.ask


def test_g3_figures_without_the_customers_own_ask_for_them() -> None:
    found = ledger()
    assert (found.status, found.values) == ("facts_missing", ())
    assert found.effects
    assert any("年营业额" in one.zh for one in found.ask)


def test_the_record_gives_what_it_has_and_the_caller_comes_first() -> None:
    record = {"annual_fee_cny": 3, "年营业额": "200万", "gross_margin": "不知道", "name": "店"}
    assert own_facts(record, {"fee": "5万"}) == {"annual_revenue_cny": "200万", "fee": "5万"}


def test_a_figure_of_the_caller_that_is_none_is_told() -> None:
    with pytest.raises(InvalidInput, match="gross_margin"):
        ledger(gross_margin="很高")
