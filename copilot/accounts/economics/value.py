"""What an account brings: its size (A1), what is earned on it (A3), and whether a micro account pays back (A2)."""

from __future__ import annotations

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import given, out
from copilot.accounts.economics.wording import Text, percent, plain, yuan
from copilot.accounts.segment import Size, segment_of

_BORDERS = (5_000, 10_000, 100_000, 500_000, 1_000_000)


def customer_value(inputs: Inputs) -> Result:
    """A3: who pays and lets us earn is a customer; fee times margin, not the fee alone."""
    fee, margin = inputs.number("fee"), inputs.number("margin")
    earned = fee * margin
    cost = inputs.maybe("own_cost") or 0.0
    left = earned - cost
    band = "earning" if left > 0 else "losing"
    zh = f"一年赚 {yuan(left)} 元,是客户。" if left > 0 else f"一年剩 {yuan(left)} 元,付了钱但没让我们赚到钱。"
    en = (
        f"It earns {yuan(left)} a year."
        if left > 0
        else f"It leaves {yuan(left)} a year: it pays, but nothing is earned."
    )
    change = [
        Text(
            zh=f"毛利率每加 1 个百分点,一年多 {yuan(fee / 100)} 元。",
            en=f"One more point of margin is {yuan(fee / 100)} a year.",
        )
    ]
    if left <= 0 < fee:
        change.append(
            Text(
                zh=f"年费不变,毛利率要高于 {percent(cost / fee)} 才赚钱。",
                en=f"At this fee something is earned above a margin of {percent(cost / fee)}.",
            )
        )
    return Result(
        outputs=(out("value", "客户价值", "value a year", left, Unit.YUAN),),
        band=band,
        verdict=Text(zh=zh, en=en),
        worked=f"{yuan(fee)} × {percent(margin)} − {yuan(cost)} = {yuan(left)}",
        change=tuple(change),
        notes=(Text(zh="价值分几档、每档多少,来源没有写。", en="The sources give no tiers of value."),),
    )


def micro_payback(inputs: Inputs) -> Result:
    """A2: a micro account must earn in the first year it subscribes."""
    fee = inputs.number("fee")
    parts = [inputs.number(name) for name in ("acquisition_cost", "delivery_cost", "service_cost")]
    left = fee - sum(parts)
    size = segment_of(fee).value
    notes = []
    if size is not Size.MICRO:
        notes.append(
            Text(
                zh=f"年费 {yuan(fee)} 元不在小微一档,首年必须盈利是对小微的要求,这里只作参考。",
                en=f"A fee of {yuan(fee)} is not in the micro band, for which the rule is made: a reference only.",
            )
        )
    zh = f"首年结余 {yuan(left)} 元,{'守住了首年盈利。' if left > 0 else '首年回不了本:减投入,或者不签。'}"
    en = f"The first year leaves {yuan(left)}: " + ("it pays back." if left > 0 else "cut the effort, or do not sign.")
    return Result(
        outputs=(out("first_year", "首年结余", "left in year one", left, Unit.YUAN),),
        band="pays_back" if left > 0 else "does_not_pay_back",
        verdict=Text(zh=zh, en=en),
        worked=f"{yuan(fee)} − {' − '.join(map(yuan, parts))} = {yuan(left)}",
        change=(
            Text(
                zh=f"三项投入合计要低于 {yuan(fee)} 元(现在 {yuan(sum(parts))} 元)。",
                en=f"All three together must stay below {yuan(fee)} (now {yuan(sum(parts))}).",
            ),
        ),
        notes=tuple(notes),
    )


def segment(inputs: Inputs) -> Result:
    """A1: four sizes by the annual fee, with gaps that a person decides."""
    fee = inputs.number("fee")
    found = segment_of(fee)
    above = next((border for border in _BORDERS if border > fee), None)
    below = next((border for border in reversed(_BORDERS) if border < fee), None)
    change = []
    if above is not None:
        change.append(
            Text(
                zh=f"离上面的线 {plain(above)} 元还差 {yuan(above - fee)} 元。",
                en=f"{yuan(above - fee)} below {plain(above)}.",
            )
        )
    if below is not None:
        change.append(
            Text(
                zh=f"比下面的线 {plain(below)} 元多 {yuan(fee - below)} 元。",
                en=f"{yuan(fee - below)} above {plain(below)}.",
            )
        )
    return Result(
        outputs=(out("size", "规模", "size", found.value.value if found.value else None, Unit.CHOICE),),
        band=found.value.name.lower() if found.value else None,
        verdict=Text(zh=found.reason_zh, en=found.reason_en),
        worked=f"fee = {yuan(fee)}",
        change=tuple(change),
    )


_FEE = given("fee", "年费", "annual fee", Unit.YUAN, "年订阅费", "annual_fee_cny", "客单价")

CALCULATORS = (
    Calculator(
        name="customer_value",
        title=Text(zh="客户价值", en="Customer value"),
        inputs=(
            _FEE,
            given("margin", "毛利率", "gross margin", Unit.RATIO, "毛利", least=-10),
            given("own_cost", "专项投入", "cost of this account", Unit.YUAN, "专项成本", optional=True),
        ),
        formula=Text(zh="客户价值 = 年费 × 毛利率 − 专项投入", en="value = annual fee x margin - its own cost"),
        rules=("A3",),
        playbook="playbook-account-tiering-effort-caps",
        compute=customer_value,
        asked="谁算优质客户",
    ),
    Calculator(
        name="micro_payback",
        title=Text(zh="小微首年回本", en="First-year payback of micro accounts"),
        inputs=(
            _FEE,
            given("acquisition_cost", "获客花费", "acquisition cost", Unit.YUAN, "获客成本", "cac"),
            given("delivery_cost", "交付花费", "delivery cost", Unit.YUAN, "交付成本"),
            given("service_cost", "服务花费", "service cost", Unit.YUAN, "服务成本"),
        ),
        formula=Text(
            zh="首年结余 = 年费 − 获客 − 交付 − 服务,须大于 0", en="fee - acquisition - delivery - service > 0"
        ),
        rules=("A2",),
        playbook="playbook-customer-size-bands",
        compute=micro_payback,
        asked="小微客户首年必须盈利吗",
    ),
    Calculator(
        name="segment",
        title=Text(zh="客户规模", en="Size of an account"),
        inputs=(_FEE,),
        formula=Text(
            zh="小微 < 5000;1万 < 中小 < 10万;10万 < 中型 < 50万;大型 > 100万;其余由人定",
            en="micro < 5,000; 10,000 < small < 100,000; 100,000 < mid < 500,000; large > 1,000,000; else a person",
        ),
        rules=("A1",),
        playbook="playbook-customer-size-bands",
        compute=segment,
        aliases=("size", "客户分层", "分层"),
        asked="客户规模按年订阅费怎么分档",
    ),
)
