"""Where growth comes from: market share (H7), the model that fits a price (G9), three engines (H10)."""

from __future__ import annotations

import math

from copilot.accounts.economics.calculator import Calculator, Inputs, Output, Result, Unit
from copilot.accounts.economics.terms import flag, given, out
from copilot.accounts.economics.wording import Text, percent, plain, yuan
from copilot.errors import InvalidInput

#: H7.
INFLECTION, STRONGHOLD, SURE_STRONGHOLD, FORECAST_CAP, CROSSED = 0.05, 0.3, 0.4, 0.36, 0.1
#: G9, days: 72 hours, 2 to 8 weeks, 3 to 6 months of 30 days.
_CYCLES = (("hacker", 0.0, 3.0), ("r2r", 14.0, 56.0), ("missile", 90.0, 180.0))
_MODELS = {
    "hacker": Text(zh="黑客式", en="hacker (word of mouth)"),
    "r2r": Text(zh="R2R 式", en="R2R (80% online)"),
    "missile": Text(zh="导弹式", en="missile (project-like)"),
}


def market_share(inputs: Inputs) -> Result:
    """H7: hardest below 5 %; then each doubling takes half as long; forecasts end at 36 %."""
    share = inputs.number("share")
    target = min(inputs.maybe("target") or FORECAST_CAP, FORECAST_CAP)
    band, zh, en = _share_band(share)
    outputs: list[Output] = [out("forecast_cap", "预测封顶", "cap of a forecast", FORECAST_CAP, Unit.RATIO)]
    change: list[Text] = []
    worked = f"share = {percent(share)}"
    months = inputs.maybe("months_to_double")
    if share < INFLECTION:
        change.append(
            Text(
                zh=f"离 5% 还差 {plain((INFLECTION - share) * 100)} 个百分点;过了 5% 才能用翻倍规律估时间。",
                en=f"{plain((INFLECTION - share) * 100)} points below 5%; the doubling rule holds only beyond it.",
            )
        )
    elif months is not None and target > share:
        doublings = math.log2(target / share)
        needed = months * (1 - 0.5**doublings)
        outputs.append(out("months", "到目标的月数", "months to the target", needed, Unit.MONTHS))
        worked = f"{plain(months)} × (1 − 0.5^log2({percent(target)}/{percent(share)})) = {plain(needed)}"
        change.append(
            Text(
                zh=f"按规律,到 {percent(target)} 约 {plain(needed)} 个月。",
                en=f"By the rule, {percent(target)} is about {plain(needed)} months away.",
            )
        )
    if share < STRONGHOLD:
        change.append(
            Text(
                zh=f"离根据地(30%–40%)至少还差 {plain((STRONGHOLD - share) * 100)} 个百分点。",
                en=f"{plain((STRONGHOLD - share) * 100)} points below the stronghold of 30-40%.",
            )
        )
    notes = [
        Text(
            zh="预测按 6-3-1 封顶 36%;超过 30–40% 后全归自己的说法是规模化以后的事,两处说法阶段不同。",
            en="Forecasts end at 36% (6-3-1); 'beyond 30-40% all is yours' is about a later stage: the sources differ.",
        )
    ]
    if (inputs.maybe("target") or 0) > FORECAST_CAP:
        notes.append(Text(zh="目标高于 36%,预测按 36% 算。", en="The target is above 36%; 36% was used."))
    return Result(
        outputs=tuple(outputs),
        band=band,
        verdict=Text(zh=zh, en=en),
        worked=worked,
        change=tuple(change),
        notes=tuple(notes),
    )


def _share_band(share: float) -> tuple[str, str, str]:
    shown = percent(share)
    if share < INFLECTION:
        return "before_5", f"份额 {shown},还在 5% 之前最难的阶段。", f"At {shown}: the hardest stage, before 5%."
    crossed = "已跨过鸿沟" if share > CROSSED else "在 5–10% 之间,正在跨越鸿沟"
    crossed_en = "the chasm is crossed" if share > CROSSED else "between 5 and 10%: crossing the chasm"
    if share > SURE_STRONGHOLD:
        return "stronghold", f"份额 {shown},有了牢靠的根据地。", f"At {shown}: a firm stronghold."
    if share >= STRONGHOLD:
        return (
            "near_stronghold",
            f"份额 {shown},到了 30–40% 的根据地区间。",
            f"At {shown}: in the 30-40% of a stronghold.",
        )
    return (
        "accelerating",
        f"份额 {shown},{crossed},每翻一倍所需时间会短一半。",
        f"At {shown}: {crossed_en}; doublings speed up.",
    )


def growth_model(inputs: Inputs) -> Result:
    """G9: by price and by time to close; what neither covers is a gap, what they disagree on a mismatch."""
    price, days = inputs.number("price"), inputs.maybe("close_days")
    by_price = "hacker" if price < 10_000 else "r2r" if price <= 100_000 else "missile" if price >= 300_000 else None
    by_cycle = next((name for name, low, high in _CYCLES if days is not None and low <= days <= high), None)
    notes = []
    if inputs.flag("offline") and by_price == "hacker":
        notes.append(
            Text(
                zh="低价产品全靠线下售卖养不活自己,先改打法再谈加人。",
                en="A cheap product cannot live on offline sales.",
            )
        )
    if by_price and by_cycle and by_price != by_cycle:
        one, other = _MODELS[by_price], _MODELS[by_cycle]
        band = "mismatch"
        verdict = Text(
            zh=f"错配:{yuan(price)} 元的客单价适合{one.zh},{plain(days or 0)} 天的结单周期却是{other.zh}。",
            en=f"Mismatch: a price of {yuan(price)} fits {one.en}, {plain(days or 0)} days to close fit {other.en}.",
        )
    elif by_price is None:
        band, verdict = (
            None,
            Text(
                zh=f"客单价 {yuan(price)} 元在 10 万到 30 万之间,三个模型都没有覆盖,由人判断。",
                en=f"A price of {yuan(price)} lies between 100,000 and 300,000: no model covers it, a person decides.",
            ),
        )
    elif days is not None and by_cycle is None:
        band, verdict = (
            None,
            Text(
                zh=f"客单价适合{_MODELS[by_price].zh},但 {plain(days)} 天的结单周期没有归属,由人判断。",
                en=f"The price fits {_MODELS[by_price].en}, but {plain(days)} days to close belong to no model.",
            ),
        )
    else:
        band, verdict = by_price, Text(zh=f"适合{_MODELS[by_price].zh}。", en=f"Fits {_MODELS[by_price].en}.")
    if days is None:
        notes.append(Text(zh="没有给结单周期,只按客单价判断。", en="No time to close was given: by price only."))
    wanted = next((one for one in _CYCLES if one[0] == by_price), None)
    change = []
    if wanted is not None and band != by_price:
        change.append(
            Text(
                zh=f"结单周期要到 {plain(wanted[1])}–{plain(wanted[2])} 天才和客单价相配。",
                en=f"A time to close of {plain(wanted[1])} to {plain(wanted[2])} days would fit the price.",
            )
        )
    notes.append(
        Text(
            zh="这里的价位和按年费的客户分层不是一把尺。",
            en="These prices are not the bands of account size; both have gaps.",
        )
    )
    return Result(
        outputs=(
            out("by_price", "按客单价", "by price", by_price, Unit.CHOICE),
            out("by_cycle", "按结单周期", "by time to close", by_cycle, Unit.CHOICE),
        ),
        band=band,
        verdict=verdict,
        worked=f"price = {yuan(price)}" + (f", days = {plain(days)}" if days is not None else ""),
        change=tuple(change),
        notes=tuple(notes),
    )


def engine_gauges(inputs: Inputs) -> Result:
    """H10: viral above one referral each, sticky when new customers exceed the lost, paid when revenue exceeds CAC."""
    pairs = (
        ("viral", "病毒式", "viral", "referred", "new_customers"),
        ("sticky", "黏着式", "sticky", "new_customers", "lost_customers"),
        ("paid", "付费式", "paid", "revenue_per_customer", "cac"),
    )
    outputs, said_zh, said_en, change, working = [], [], [], [], []
    for name, zh, en, top, bottom in pairs:
        one, other = inputs.maybe(top), inputs.maybe(bottom)
        if one is None or other is None:
            continue
        works = one > other
        outputs.append(out(name, zh, en, one / other if other else None, Unit.NUMBER))
        working += [name] * works
        said_zh.append(f"{zh}{'转得动' if works else '没转起来'}({plain(one)} 比 {plain(other)})")
        said_en.append(f"{en} {'works' if works else 'does not work'} ({plain(one)} against {plain(other)})")
        if not works:
            change.append(
                Text(
                    zh=f"{zh}还差 {plain(other - one)},要超过 {plain(other)}。",
                    en=f"{en}: {plain(other - one)} short of {plain(other)}.",
                )
            )
    if not outputs:
        raise InvalidInput(
            "engine_gauges cannot be computed (算不了): give one pair — referred and new_customers (转介绍和新增客户), "
            "new_customers and lost_customers (新增和流失客户), or revenue_per_customer and cac (单客收入和获客成本)."
        )
    return Result(
        outputs=tuple(outputs),
        band=working[0] if working else "none",
        verdict=Text(zh=";".join(said_zh) + "。", en="; ".join(said_en) + "."),
        worked=", ".join(f"{one.name} = {plain(float(str(one.value)))}" for one in outputs if one.value is not None),
        change=tuple(change),
        notes=(Text(zh="三者的先后和统计周期来源没有写。", en="The sources give no order and no period."),),
    )


CALCULATORS = (
    Calculator(
        name="market_share",
        title=Text(zh="市场份额", en="Market share"),
        inputs=(
            given("share", "市场份额", "market share", Unit.RATIO, "份额", above=True),
            given(
                "months_to_double",
                "上次翻倍用的月数",
                "months of the last doubling",
                Unit.MONTHS,
                above=True,
                optional=True,
            ),
            given("target", "目标份额", "target share", Unit.RATIO, "目标", above=True, optional=True),
        ),
        formula=Text(
            zh="5% 之后每翻一倍的时间短一半;30–40% 是根据地;预测封顶 36%",
            en="beyond 5% each doubling takes half as long; 30-40% is a stronghold; forecasts end at 36%",
        ),
        rules=("H7",),
        playbook="faq-market-share-in-verticals",
        compute=market_share,
        asked="市场份额的几个节点是多少",
    ),
    Calculator(
        name="growth_model",
        title=Text(zh="增长模型", en="Growth model"),
        inputs=(
            given("price", "客单价", "price", Unit.YUAN, "单价", "年费"),
            given(
                "close_days",
                "结单周期(天)",
                "days to close",
                Unit.DAYS,
                "结单周期",
                "成交周期",
                most=3650,
                optional=True,
            ),
            flag("offline", "全靠线下销售", "sold offline only", "线下"),
        ),
        formula=Text(
            zh="<1万且 0–72 小时 黑客式;1–10万且 2–8 周 R2R;≥30万且 3–6 个月 导弹式;10–30万由人定",
            en="<10k, 0-72 h: hacker; 10-100k, 2-8 weeks: R2R; >=300k, 3-6 months: missile; 100-300k: a person",
        ),
        rules=("G9",),
        playbook="faq-growth-model-fit",
        compute=growth_model,
        asked="三种增长模型各适合什么客单价和结单周期",
    ),
    Calculator(
        name="engine_gauges",
        title=Text(zh="三种增长引擎", en="Growth engines"),
        inputs=(
            given("referred", "转介绍来的客户", "customers referred", Unit.COUNT, "转介绍", optional=True),
            given("new_customers", "新增客户", "new customers", Unit.COUNT, "新客户", above=True, optional=True),
            given("lost_customers", "流失客户", "customers lost", Unit.COUNT, "流失", optional=True),
            given(
                "revenue_per_customer", "单客收入", "revenue of a customer", Unit.YUAN, "单个客户收入", optional=True
            ),
            given("cac", "获客成本", "CAC", Unit.YUAN, above=True, optional=True),
        ),
        formula=Text(
            zh="病毒式:转介绍/新增 > 1;黏着式:新增 > 流失;付费式:单客收入 > 获客成本",
            en="viral: referred / new > 1; sticky: new > lost; paid: revenue of a customer > CAC",
        ),
        rules=("H10",),
        playbook="faq-three-growth-engines",
        compute=engine_gauges,
        aliases=("增长引擎",),
        asked="三种增长引擎看什么指标",
    ),
)
