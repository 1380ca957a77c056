"""The ledger of one account (G3, 「一本账」): what peers' figures allow to expect, what it costs, on which assumptions.

Without figures in a fitting case there is no ledger, only what to ask. No number here comes from anywhere but a quoted
case, the account's own facts, and the shares below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from copilot.accounts.economics.calculator import Input, Inputs, Unit
from copilot.accounts.economics.reading import read_inputs
from copilot.accounts.economics.terms import given
from copilot.accounts.economics.wording import Text, percent, plain, yuan
from copilot.errors import InvalidInput
from copilot.suggesting.cases.figures import Effect

#: How much of a peer's result is expected here: low, mid, high. Ours; never more than the peer itself had.
SHARES = (0.25, 0.5, 1.0)
INPUTS = (
    given(
        "annual_revenue_cny", "年营业额", "annual revenue", Unit.YUAN, "年收入", "revenue", above=True, optional=True
    ),
    given("gross_margin", "毛利率", "gross margin", Unit.RATIO, "毛利", "margin", optional=True),
    given(
        "annual_cost_cny", "相关年成本", "annual cost concerned", Unit.YUAN, "年成本", "cost", above=True, optional=True
    ),
    given("annual_fee_cny", "年费", "annual fee", Unit.YUAN, "年订阅费", "fee", optional=True),
    given("implementation_cost_cny", "上线费用", "cost of the launch", Unit.YUAN, "实施费", optional=True),
    given("staff_days", "客户人天", "days of their staff", Unit.NUMBER, "人天", optional=True),
    given("day_cost_cny", "人天成本", "cost of a day", Unit.YUAN, "每人天", optional=True),
)
Status = Literal["estimated", "facts_missing", "no_figures"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One kind of value a year, in yuan, with the effects it rests on."""

    name: Text
    low: float
    mid: float
    high: float
    effects: tuple[Effect, ...]
    worked: str


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One line of the budget for the first year; None where it is not known."""

    name: Text
    amount: float | None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Value, budget and return; the assumptions are never empty where there is a value."""

    status: Status
    summary: Text
    values: tuple[Estimate, ...] = ()
    costs: tuple[Cost, ...] = ()
    budget: float | None = None  #: None while a line that must be known is not
    returns: tuple[float, float, float] | None = None  #: value by budget: low, mid, high
    effects: tuple[Effect, ...] = ()
    assumptions: tuple[Text, ...] = ()
    ask: tuple[Text, ...] = ()


def own_facts(facts: Mapping[str, object], said: Mapping[str, object]) -> dict[str, object]:
    """Return the figures for a ledger: those of a record that can be used, with the caller's in their place."""
    inputs = {spelling: one for one in INPUTS for spelling in (one.name, one.title.zh, *one.aliases)}
    replaced = {inputs[name].name for name in said if name in inputs}
    kept = {
        inputs[name].name: value
        for name, value in facts.items()
        if name in inputs and inputs[name].name not in replaced and _usable(inputs[name], value)
    }
    return kept | dict(said)


def _usable(one: Input, value: object) -> bool:
    """A record may hold anything under such a name; what is no figure is asked for instead."""
    if value is None or value == "":
        return False
    try:
        read_inputs("ledger", [one], {one.name: value})
    except InvalidInput:
        return False
    return True


def ledger_of(effects: Sequence[Effect], facts: Inputs) -> Ledger:
    """Estimate from the effects of fitting cases and the account's own facts."""
    costs = _costs(facts)
    if not effects:
        return Ledger(
            status="no_figures",
            summary=Text(
                zh="没有算:合适的案例里没有可用的结果数字,不编。下面是要问的。",
                en="Not computed: no fitting case states a usable result, and none is made up. Ask this first.",
            ),
            costs=costs,
            budget=_budget(costs),
            ask=(*_ask_peers(), *_ask_facts(facts)),
        )
    values = tuple(filter(None, (_gain(effects, facts), _saving(effects, facts))))
    budget = _budget(costs)
    if not values:
        return Ledger(
            status="facts_missing",
            summary=Text(
                zh="案例有数字,但缺客户自己的数,先问清再算。",
                en="Cases have figures; the customer's own are missing. Ask first.",
            ),
            costs=costs,
            budget=budget,
            effects=tuple(effects),
            ask=_ask_facts(facts),
        )
    low, mid, high = (sum(getattr(one, end) for one in values) for end in ("low", "mid", "high"))
    returns = (low / budget, mid / budget, high / budget) if budget else None
    zh = f"一年的价值预估是 {yuan(low)} / {yuan(mid)} / {yuan(high)} 元(低/中/高)"
    en = f"Expected value a year: {yuan(low)} / {yuan(mid)} / {yuan(high)} yuan (low/mid/high)"
    zh += f",首年预算 {yuan(budget)} 元" if budget is not None else ",预算还缺年费"
    en += f", first-year budget {yuan(budget)}" if budget is not None else ", the fee is missing for the budget"
    if returns:
        zh += f",投入产出比 {' / '.join(map(plain, returns))}"
        en += f", return {' / '.join(map(plain, returns))}"
    return Ledger(
        status="estimated",
        summary=Text(zh=f"{zh}。是预估,不是承诺。", en=f"{en}. An estimate, no promise."),
        values=values,
        costs=costs,
        budget=budget,
        returns=returns,
        effects=tuple(effects),
        assumptions=_assumptions(values, facts),
        ask=_ask_facts(facts),
    )


def _gain(effects: Sequence[Effect], facts: Inputs) -> Estimate | None:
    margin = facts.maybe("gross_margin")
    name = (
        Text(zh="多赚的毛利", en="more gross profit")
        if margin is not None
        else Text(zh="多做的营业额", en="more turnover")
    )
    return _estimate(name, "gain", effects, facts.maybe("annual_revenue_cny"), 1.0 if margin is None else margin)


def _saving(effects: Sequence[Effect], facts: Inputs) -> Estimate | None:
    return _estimate(Text(zh="省下的成本", en="cost saved"), "saving", effects, facts.maybe("annual_cost_cny"), 1.0)


def _estimate(name: Text, kind: str, effects: Sequence[Effect], base: float | None, share: float) -> Estimate | None:
    of_kind = tuple(effect for effect in effects if effect.kind == kind)
    if base is None or not of_kind:
        return None
    ratios = [effect.ratio for effect in of_kind]
    ends = [ratio * part for ratio, part in zip((min(ratios), median(ratios), max(ratios)), SHARES, strict=True)]
    low, mid, high = (base * share * end for end in ends)
    factor = "" if share == 1.0 else f" × {percent(share)}"
    worked = f"{yuan(base)}{factor} × {' / '.join(map(percent, ends))} = {' / '.join(map(yuan, (low, mid, high)))}"
    return Estimate(name=name, low=low, mid=mid, high=high, effects=of_kind, worked=worked)


def _costs(facts: Inputs) -> tuple[Cost, ...]:
    days, each = facts.maybe("staff_days"), facts.maybe("day_cost_cny")
    return (
        Cost(name=Text(zh="年费", en="annual fee"), amount=facts.maybe("annual_fee_cny")),
        Cost(name=Text(zh="上线费用", en="launch"), amount=facts.maybe("implementation_cost_cny")),
        Cost(
            name=Text(zh="客户人手", en="their own staff"),
            amount=days * each if days is not None and each is not None else None,
        ),
    )


def _budget(costs: Sequence[Cost]) -> float | None:
    """Return the sum of what is known; without the fee there is no budget."""
    return sum(cost.amount or 0.0 for cost in costs) if costs[0].amount is not None else None


def _assumptions(values: Sequence[Estimate], facts: Inputs) -> tuple[Text, ...]:
    shares = [percent(share) for share in SHARES]
    told = [
        Text(
            zh=f"低、中、高分别取同类结果最小、居中、最大值的 {shares[0]}、{shares[1]}、{shares[2]} (本产品假设)。",
            en=f"Low, mid, high: {shares[0]}, {shares[1]}, {shares[2]} of the least, median, greatest result (ours).",
        ),
        Text(zh="客户照案例的做法做,其他条件不变。", en="They do as the case did, all else equal."),
        Text(
            zh="案例的数字是它自己的说法,没有另行核实。", en="A case's figures are its own; nobody verified them here."
        ),
    ]
    if "gross_margin" not in facts and any(effect.kind == "gain" for one in values for effect in one.effects):
        told.append(Text(zh="没有毛利率,多做的是营业额,不是利润。", en="No margin: the gain is turnover, not profit."))
    if any(cost.amount is None for cost in _costs(facts)[1:]):
        told.append(
            Text(
                zh="没有给的预算项(上线费用、人手)按 0 算,实际会更高。",
                en="Unknown costs count as 0; the real budget is higher.",
            )
        )
    return (*told, *facts.notes)


def _ask_peers() -> tuple[Text, ...]:
    return (
        Text(
            zh="问市场或客户成功:同行客户里谁有可引用的结果数字?", en="Ask marketing: which peer has results to quote?"
        ),
    )


def _ask_facts(facts: Inputs) -> tuple[Text, ...]:
    return tuple(
        Text(zh=f"问客户:{one.title.zh}是多少?", en=f"Ask the customer: what is the {one.title.en}?")
        for one in INPUTS
        if one.name not in facts
    )
