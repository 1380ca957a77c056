"""What a customer costs (H1), is worth (H2), and the ratio of the two (H3)."""

from __future__ import annotations

import math

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import choice, given, out
from copilot.accounts.economics.wording import Text, percent, plain, wan, yuan

#: H3: above the first healthy, below the second losing; the borders themselves belong to no band.
HEALTHY, LOSING = 3.0, 1.0
#: H2: a forecast counts three years at an NDR of 100 % at most.
FORECAST_YEARS = 3.0
_PLAYBOOK = "playbook-unit-economics-check"


def cac(inputs: Inputs) -> Result:
    """H1: what sales and marketing cost, by the customers won in the same time."""
    sales, marketing = inputs.number("sales_cost"), inputs.number("marketing_cost")
    customers = inputs.number("new_customers")
    spent = sales + marketing
    value = spent / customers
    ltv = inputs.maybe("ltv")
    change = [
        Text(
            zh=f"花费不变,新增客户每翻一倍,CAC 减半(到 {plain(2 * customers)} 个是 {yuan(value / 2)} 元)。",
            en=f"At the same spend, twice the customers ({plain(2 * customers)}) halve the CAC to {yuan(value / 2)}.",
        )
    ]
    if ltv:
        needed = math.floor(HEALTHY * spent / ltv) + 1
        change.append(
            Text(
                zh=f"LTV 是 {yuan(ltv)} 元时,CAC 要低于 {yuan(ltv / HEALTHY)} 元才健康:"
                f"同样花费至少要 {needed} 个客户。",
                en=f"With an LTV of {yuan(ltv)}, a CAC below {yuan(ltv / HEALTHY)} is healthy: {needed} customers.",
            )
        )
    return Result(
        outputs=(out("cac", "获客成本", "CAC", value, Unit.YUAN),),
        band=None,
        verdict=Text(zh=f"获客成本(CAC)是每个客户 {yuan(value)} 元。", en=f"The CAC is {yuan(value)} yuan a customer."),
        worked=f"CAC = ({yuan(sales)} + {yuan(marketing)}) / {plain(customers)} = {yuan(value)}",
        change=tuple(change),
        notes=(
            Text(zh="花费和新增客户数要取同一时间段。", en="Spend and new customers must be of the same period."),
            Text(zh="单看 CAC 没有好坏,要和 LTV 比。", en="A CAC alone is neither good nor bad: compare it with LTV."),
        ),
    )


def ltv(inputs: Inputs) -> Result:
    """H2: price x frequency x lifetime x gross margin; forecasts are capped."""
    price, frequency = inputs.number("price"), inputs.number("frequency")
    years, margin = inputs.number("years"), inputs.number("margin")
    value = price * frequency * years * margin
    capped = price * frequency * min(years, FORECAST_YEARS) * margin
    notes = [
        Text(
            zh="用毛利率算,不用营收;手册文字写净利润又注明通常是毛利,公式用毛利率。",
            en="Gross margin, not revenue: the handbook says net profit, 'usually gross', and its formula uses margin.",
        )
    ]
    if inputs.text("stage") == "pmf":
        notes.append(Text(zh="PMF 阶段的 LTV 只能当假设。", en="At the PMF stage an LTV is a hypothesis."))
    if (inputs.maybe("ndr") or 0) > 1:
        notes.append(Text(zh="NDR 高于 100% 的部分不计入预测。", en="NDR beyond 100% does not count in a forecast."))
    over = years > FORECAST_YEARS
    shown = f"{plain(price)} × {plain(frequency)} × {plain(years)} × {percent(margin)}"
    zh = f"客户生命周期价值(LTV)是 {yuan(value)} 元" + (f";做预测封顶按 3 年,是 {yuan(capped)} 元。" if over else "。")
    en = f"The LTV is {yuan(value)} yuan" + (f"; a forecast is capped at 3 years: {yuan(capped)}." if over else ".")
    change = [
        Text(
            zh=f"毛利率每加 1 个百分点,LTV 多 {yuan(price * frequency * years / 100)} 元;"
            f"多留一年,多 {yuan(price * frequency * margin)} 元。",
            en=f"One more point of margin adds {yuan(price * frequency * years / 100)}; one more year adds "
            f"{yuan(price * frequency * margin)}.",
        ),
        Text(
            zh=f"要健康(LTV:CAC 大于 3),CAC 须低于 {yuan(value / HEALTHY)} 元。",
            en=f"To be healthy (LTV:CAC above 3) the CAC must stay below {yuan(value / HEALTHY)}.",
        ),
    ]
    return Result(
        outputs=(
            out("ltv", "客户生命周期价值", "LTV", value, Unit.YUAN),
            out("ltv_forecast", "预测用 LTV", "LTV for forecasts", capped, Unit.YUAN),
        ),
        band="capped" if over else None,
        verdict=Text(zh=zh, en=en),
        worked=f"LTV = {shown} = {yuan(value)}",
        change=tuple(change),
        notes=tuple(notes),
    )


def ue(inputs: Inputs) -> Result:
    """H3: above 3 healthy, between 1 and 3 to optimise, below 1 losing; on a border a person decides."""
    worth, cost = inputs.number("ltv"), inputs.number("cac")
    ratio = worth / cost
    band, verdict = _ue_verdict(ratio)
    return Result(
        outputs=(out("ue", "LTV:CAC", "LTV:CAC", ratio, Unit.NUMBER),),
        band=band,
        verdict=verdict,
        worked=f"UE = {wan(worth)} / {wan(cost)} = {plain(ratio)}",
        change=tuple(_ue_change(worth, cost, ratio)),
        notes=(
            Text(zh="LTV 须按毛利算;不同客户群分开算。", en="LTV must be by gross margin; compute each group apart."),
        ),
    )


def _ue_verdict(ratio: float) -> tuple[str | None, Text]:
    shown = plain(ratio)
    if math.isclose(ratio, HEALTHY) or math.isclose(ratio, LOSING):
        return None, Text(
            zh=f"LTV:CAC 是 {shown},正好压线,手册没有写归哪一档,请负责人定。",
            en=f"LTV:CAC is {shown}, exactly on a border that belongs to no band: a person decides.",
        )
    if ratio > HEALTHY:
        return "healthy", Text(
            zh=f"LTV:CAC 是 {shown},大于 3,健康,值得扩张。",
            en=f"LTV:CAC is {shown}, above 3: healthy, worth expanding.",
        )
    if ratio > LOSING:
        return "optimise", Text(
            zh=f"LTV:CAC 是 {shown},在 1 和 3 之间,不算健康,需要优化。",
            en=f"LTV:CAC is {shown}, between 1 and 3: not healthy yet, to be optimised.",
        )
    return "losing", Text(
        zh=f"LTV:CAC 是 {shown},小于 1,亏本卖,不要再加投放。",
        en=f"LTV:CAC is {shown}, below 1: sold at a loss, do not add spend.",
    )


def _ue_change(worth: float, cost: float, ratio: float) -> list[Text]:
    goal = HEALTHY if ratio > LOSING or math.isclose(ratio, LOSING) else LOSING
    name = ("健康", "healthy") if goal == HEALTHY else ("不亏", "no longer losing")
    if ratio > HEALTHY:
        return [
            Text(
                zh=f"CAC 升到 {yuan(worth / HEALTHY)} 元,或 LTV 降到 {yuan(HEALTHY * cost)} 元,就不再健康。",
                en=f"It stops being healthy at a CAC of {yuan(worth / HEALTHY)} or an LTV of {yuan(HEALTHY * cost)}.",
            )
        ]
    return [
        Text(
            zh=f"要{name[0]}:CAC 降到 {yuan(worth / goal)} 元以下(少 {yuan(cost - worth / goal)} 元),"
            f"或 LTV 升到 {yuan(goal * cost)} 元以上(多 {yuan(goal * cost - worth)} 元)。",
            en=f"To be {name[1]}: a CAC below {yuan(worth / goal)} ({yuan(cost - worth / goal)} less), or an LTV above "
            f"{yuan(goal * cost)} ({yuan(goal * cost - worth)} more).",
        )
    ]


CALCULATORS = (
    Calculator(
        name="cac",
        title=Text(zh="获客成本", en="Customer acquisition cost"),
        inputs=(
            given("sales_cost", "销售花费", "sales cost", Unit.YUAN, "销售费用", "销售成本", "sales"),
            given("marketing_cost", "市场花费", "marketing cost", Unit.YUAN, "市场费用", "投放", "marketing"),
            given(
                "new_customers", "新增客户", "new customers", Unit.COUNT, "新增客户数", "新客户", "客户数", above=True
            ),
            given("ltv", "LTV", "LTV", Unit.YUAN, "客户生命周期价值", optional=True),
        ),
        formula=Text(zh="CAC = (销售花费 + 市场花费) / 新增客户数", en="CAC = (sales + marketing) / new customers"),
        rules=("H1",),
        playbook=_PLAYBOOK,
        compute=cac,
        aliases=("获客成本计算",),
        asked="一步步教我算UE",
        says=r"销售与市场的总支出",
    ),
    Calculator(
        name="ltv",
        title=Text(zh="客户生命周期价值", en="Customer lifetime value"),
        inputs=(
            given("price", "客单价", "price", Unit.YUAN, "单价", "年费", "arpu", "acv"),
            given(
                "frequency", "购买频率", "purchases a year", Unit.NUMBER, "频率", "每年次数", default=1.0, above=True
            ),
            given(
                "years",
                "客户生命周期",
                "lifetime in years",
                Unit.YEARS,
                "生命周期",
                "年数",
                "使用年限",
                "lifetime",
                most=100,
            ),
            given("margin", "毛利率", "gross margin", Unit.RATIO, "毛利", "gm"),
            given("ndr", "NDR", "NDR", Unit.RATIO, "净续费率", most=10, optional=True),
            choice("stage", "公司阶段", "company stage", {"pmf": (), "gtm": (), "scale": ("规模化",)}, optional=True),
        ),
        formula=Text(
            zh="LTV = 客单价 × 购买频率 × 客户生命周期 × 毛利率;预测封顶 NDR 100% × 3 年",
            en="LTV = price x frequency x lifetime x gross margin; forecasts capped at NDR 100% x 3 years",
        ),
        rules=("H2",),
        playbook=_PLAYBOOK,
        compute=ltv,
        asked="一步步教我算UE",
        says=r"客单价×购买频率",
    ),
    Calculator(
        name="ue",
        title=Text(zh="单位经济模型", en="Unit economics"),
        inputs=(
            given("ltv", "LTV", "LTV", Unit.YUAN, "客户生命周期价值", "客户价值"),
            given("cac", "CAC", "CAC", Unit.YUAN, "获客成本", above=True),
        ),
        formula=Text(zh="UE = LTV / CAC:大于 3 健康,1–3 优化,小于 1 亏本", en="UE = LTV / CAC: >3 healthy, 1-3, <1"),
        rules=("H3",),
        playbook=_PLAYBOOK,
        compute=ue,
        aliases=("ltv:cac", "ltv/cac", "ltvcac", "unit economics"),
        asked="比值2.5算好还是不好",
        says=r"大于 ?3.*小于 ?1",
    ),
)
