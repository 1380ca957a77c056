"""The sheet of margins 1 to 4 with the guards of its cost ratios (H5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import choice, given, out
from copilot.accounts.economics.wording import Text, percent, yuan

_BUCKETS = ("sales_marketing", "delivery", "service", "rnd", "admin")


@dataclass(frozen=True, kw_only=True)
class _Guard:
    """A ratio against its line; `room` is the cost in yuan by which it is inside (negative: outside)."""

    name: Text
    ratio: float
    line: str
    kept: bool
    room: float
    review: Text | None = None  #: what to do where more or less spending is no remedy


def margins(inputs: Inputs) -> Result:
    """H5: margin 1 after sales and delivery, 2 after service, 3 after R&D, 4 after administration."""
    revenue = inputs.number("revenue")
    costs = [inputs.number(name) for name in _BUCKETS]
    left = [revenue - costs[0] - costs[1]]
    for cost in costs[2:]:
        left.append(left[-1] - cost)
    guards = list(_guards(inputs, revenue, sum(costs), left[0]))
    broken = [guard for guard in guards if not guard.kept]
    band = "margin2_negative" if left[1] <= 0 else "guards_broken" if broken else "within_guards"
    zh = f"毛利2 是 {yuan(left[1])} 元({percent(left[1] / revenue)})" + (
        ",不为正,GTM 还没完成" if left[1] <= 0 else ",为正"
    )
    en = f"Margin 2 is {yuan(left[1])} ({percent(left[1] / revenue)})" + (
        ", not positive: GTM is not done" if left[1] <= 0 else ", positive"
    )
    if broken:
        zh += f";越线 {len(broken)} 项:" + "、".join(f"{g.name.zh} {percent(g.ratio)}({g.line})" for g in broken)
        en += f"; {len(broken)} lines crossed: " + ", ".join(
            f"{g.name.en} {percent(g.ratio)} ({g.line})" for g in broken
        )
    outputs = [
        out(f"margin{n}", f"毛利{n}", f"margin {n}", value / revenue, Unit.RATIO) for n, value in enumerate(left, 1)
    ]
    change = [_change(guard) for guard in guards]
    return Result(
        outputs=tuple(outputs),
        band=band,
        verdict=Text(zh=f"{zh}。", en=f"{en}."),
        worked=" → ".join(f"毛利{n} = {yuan(value)} ({percent(value / revenue)})" for n, value in enumerate(left, 1)),
        change=tuple(change),
        notes=tuple(_notes(inputs)),
    )


def _change(guard: _Guard) -> Text:
    zh, en = guard.name.zh, guard.name.en
    if guard.kept:
        return Text(zh=f"{zh}还有 {yuan(guard.room)} 元余地。", en=f"{en}: {yuan(guard.room)} of room.")
    if guard.review is not None:
        return Text(zh=f"{zh}低于线:{guard.review.zh}。", en=f"{en} is below the line: {guard.review.en}.")
    return Text(
        zh=f"{zh}要改善 {yuan(-guard.room)} 元才回到线内。", en=f"{en}: {yuan(-guard.room)} to get back inside."
    )


def _guards(inputs: Inputs, revenue: float, cost: float, margin1: float) -> Iterator[_Guard]:
    stage = inputs.text("stage")
    if stage == "scale":
        yield _at_least(Text(zh="毛利1", en="margin 1"), margin1, revenue, 0.6)
        rnd = inputs.number("rnd") - (inputs.maybe("innovation") or 0.0)
        yield _at_most(Text(zh="研发占收入", en="R&D of revenue"), rnd, revenue, 0.15)
    elif stage == "gtm":
        rnd_of_revenue = _at_least(Text(zh="研发占收入", en="R&D of revenue"), inputs.number("rnd"), revenue, 0.2)
        yield replace(rnd_of_revenue, review=Text(zh="复核 UE 能否持续", en="review whether UE lasts"))
    support = inputs.maybe("support")
    if support is not None:
        yield _at_most(Text(zh="内部支持占收入", en="internal support of revenue"), support, revenue, 0.1)
    if cost > 0:
        yield _at_most(Text(zh="行政占全部成本", en="administration of all costs"), inputs.number("admin"), cost, 0.1)
    maintenance, launch = inputs.maybe("maintenance"), inputs.maybe("launch_cost")
    if maintenance is not None and launch:
        yield _at_least(Text(zh="维护占上线成本", en="maintenance of launch cost"), maintenance, launch, 0.3)


def _at_most(name: Text, value: float, base: float, line: float) -> _Guard:
    return _Guard(
        name=name, ratio=value / base, line=f"≤{percent(line)}", kept=value <= line * base, room=line * base - value
    )


def _at_least(name: Text, value: float, base: float, line: float) -> _Guard:
    return _Guard(
        name=name, ratio=value / base, line=f"≥{percent(line)}", kept=value >= line * base, room=value - line * base
    )


def _notes(inputs: Inputs) -> Iterator[Text]:
    if inputs.text("stage") is None:
        yield Text(
            zh="没有给阶段:毛利1≥60% 和研发的线按阶段不同,没有核对。GTM 还是规模化?",
            en="No stage: the lines for margin 1 and R&D depend on it and were not checked. GTM or scale?",
        )
    if inputs.text("stage") == "gtm":
        yield Text(
            zh="GTM 阶段研发低于 20% 不是好消息,要停下来判断 UE 能否持续;20% 的分母来源没有写,这里按收入。",
            en="R&D below 20% at GTM means: review whether UE lasts. The source names no base; revenue is used here.",
        )
    yield Text(
        zh="毛利2、3、4 没有及格线;签约额还是确认收入请写明。", en="Margins 2 to 4 have no line; say which revenue."
    )


CALCULATORS = (
    Calculator(
        name="margins",
        title=Text(zh="毛利1到毛利4", en="Margins 1 to 4"),
        inputs=(
            given("revenue", "收入", "revenue", Unit.YUAN, "营收", above=True),
            given("sales_marketing", "市场销售成本", "sales and marketing", Unit.YUAN, "市场销售", "销售市场成本"),
            given("delivery", "交付成本", "delivery", Unit.YUAN, "交付"),
            given("service", "基础服务和运营", "base service and operations", Unit.YUAN, "基础服务", "服务成本"),
            given("rnd", "产品研发", "R&D", Unit.YUAN, "研发", "研发成本"),
            given("admin", "行政等基础成本", "administration", Unit.YUAN, "行政", "行政成本"),
            given("support", "内部支持", "internal support", Unit.YUAN, optional=True),
            given("innovation", "创新和第二曲线研发", "R&D of new curves", Unit.YUAN, optional=True),
            given("maintenance", "每年维护", "maintenance a year", Unit.YUAN, "维护成本", optional=True),
            given("launch_cost", "上线成本", "cost of the launch", Unit.YUAN, optional=True),
            choice("stage", "公司阶段", "company stage", {"gtm": (), "scale": ("规模化",)}, "阶段", optional=True),
        ),
        formula=Text(
            zh="毛利1 = 收入 − 市场销售 − 交付;毛利2 再减基础服务;毛利3 再减研发;毛利4 再减行政",
            en="margin 1 = revenue - sales - delivery; 2 - service; 3 - R&D; 4 - administration",
        ),
        rules=("H5",),
        playbook="faq-margin-1-to-4",
        compute=margins,
        aliases=("毛利", "毛利表"),
        asked="毛利1到毛利4分别扣什么成本",
    ),
)
