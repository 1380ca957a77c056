"""What may be promised in a deal: the subsidy (H8), terms, gifts, discounts and trials of a quote (G4-G7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import choice, flag, given, out
from copilot.accounts.economics.wording import Text, percent, plain, shown, yuan
from copilot.errors import InvalidInput

#: The handbook writes the cap three ways (contradiction 8); strictest first.
_CAPS = (("renewal_profit", "续费利润", "renewal profit"), ("renewal_margin", "续费毛利", "renewal gross margin"),
         ("renewal_revenue", "续费收入", "renewal revenue"))  # fmt: skip
_WEEK = 7


def subsidy(inputs: Inputs) -> Result:
    """H8: never more than renewals bring; by which measure, the handbook says in three ways."""
    amount = inputs.number("subsidy")
    caps = [(zh, en, cap) for name, zh, en in _CAPS if (cap := inputs.maybe(name)) is not None]
    if not caps:
        raise InvalidInput(
            "subsidy cannot be checked (查不了): give renewal_profit, renewal_margin or renewal_revenue "
            "(给续费利润、续费毛利或续费收入,最好三个都给)."
        )
    over = [(zh, en, cap) for zh, en, cap in caps if amount > cap]
    strictest = inputs.maybe("renewal_profit") is not None
    if len(over) == len(caps):
        band, zh, en = "over", "超了,退回或降额", "over the cap: reduce it"
    elif over:
        band, zh, en = "depends", "按口径不同结论不同,交财务定", "it depends on the measure: finance decides"
    else:
        band = "within" if strictest else "within_looser"
        zh = "没有超" if strictest else "没有超给出的口径,但最严的续费利润没有给,不能放行"
        en = "within the cap" if strictest else "within what was given, but the strictest, renewal profit, is missing"
    lines_zh = "、".join(f"{zh_} {yuan(cap)} 元{'超' if amount > cap else '内'}" for zh_, _, cap in caps)
    lines_en = ", ".join(f"{'over' if amount > cap else 'within'} {en_} {yuan(cap)}" for _, en_, cap in caps)
    return Result(
        outputs=tuple(
            out(name, f"离{zh_}的余地", f"room to {en_}", cap - amount, Unit.YUAN)
            for name, zh_, en_ in _CAPS
            if (cap := inputs.maybe(name)) is not None
        ),
        band=band,
        verdict=Text(zh=f"补贴 {yuan(amount)} 元:{zh}({lines_zh})。", en=f"{yuan(amount)}: {en} ({lines_en})."),
        worked="; ".join(f"{en_}: {yuan(cap)} − {yuan(amount)} = {yuan(cap - amount)}" for _, en_, cap in caps),
        change=tuple(
            Text(zh=f"按{zh_},要降 {yuan(amount - cap)} 元。", en=f"By {en_}: {yuan(amount - cap)} less.")
            for zh_, en_, cap in over
        ),
        notes=(
            Text(
                zh="上限在手册里有三种写法:规模化一章是续费利润,GTM 一章先后是续费毛利和续费收入;默认按最严的。",
                en="The handbook writes the cap three ways: renewal profit (scale), gross margin and revenue (GTM).",
            ),
            Text(
                zh="单个客户和整体预算各算一遍。", en="Check the single customer and the whole budget, each for itself."
            ),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Finding:
    blocks: bool  #: False: somebody decides or is asked
    text: Text


def quote_check(inputs: Inputs) -> Result:
    """G4-G7: term, years at once, trial, gift and discount, each against its rule."""
    if not inputs.values:
        raise InvalidInput(
            "quote_check has nothing to check (没有可查的): give term_months, prepaid_years, trial_days, discount with "
            "segment, or gift (给合同月数、一次收几年、试用天数、折扣和客户规模、有无赠品)."
        )
    found = [*_terms(inputs), *_trial(inputs), *_price(inputs)]
    blocked = sum(finding.blocks for finding in found)
    band = "send_back" if blocked else "ask" if found else "fine"
    heads = {
        "send_back": Text(zh="先不发", en="Do not send it yet"),
        "ask": Text(zh="先问清", en="Ask first"),
        "fine": Text(zh="给出的几项没有问题", en="Nothing against what was given"),
    }
    return Result(
        outputs=(out("findings", "发现", "findings", float(len(found)), Unit.COUNT),),
        band=band,
        verdict=Text(
            zh=":".join(filter(None, [heads[band].zh, ";".join(one.text.zh for one in found)])) + "。",
            en=": ".join(filter(None, [heads[band].en, "; ".join(one.text.en for one in found)])) + ".",
        ),
        worked=", ".join(f"{name} = {shown(value)}" for name, value in inputs.values.items()),
        change=tuple(one.text for one in found),
        notes=(
            Text(
                zh="赠品和期限的规则出自 PMF 阶段,之后是否放宽来源没有说。",
                en="Rules on gifts and terms are of the PMF stage.",
            ),
        ),
    )


def _terms(inputs: Inputs) -> Iterator[_Finding]:
    months, years = inputs.maybe("term_months"), inputs.maybe("prepaid_years")
    if months is not None and months < 12:
        half = months == 6
        yield _Finding(
            blocks=half,
            text=Text(
                zh="半年单不发,改按年签" if half else f"{plain(months)} 个月不是年付,默认按年签",
                en="no half-year deals: sign for a year" if half else f"{plain(months)} months: a year is the default",
            ),
        )
    if years is not None and years > 1:
        yield _Finding(
            blocks=True,
            text=Text(
                zh=f"一次收 {plain(years)} 年,要减少甚至杜绝,改年付", en=f"{plain(years)} years at once: bill yearly"
            ),
        )


def _trial(inputs: Inputs) -> Iterator[_Finding]:
    days = inputs.maybe("trial_days")
    if days is None or days <= _WEEK:
        return
    if days > 2 * _WEEK:
        yield _Finding(
            blocks=True,
            text=Text(
                zh=f"试用 {plain(days)} 天太长,用 1+1 周", en=f"a trial of {plain(days)} days is too long: 1+1 weeks"
            ),
        )
    elif inputs.flag("trial_on_request") is not True:
        yield _Finding(
            blocks=False,
            text=Text(zh="第 2 周要客户申请、由销售开启", en="the second week is opened by the rep, on request"),
        )


def _price(inputs: Inputs) -> Iterator[_Finding]:
    if inputs.flag("gift"):
        yield _Finding(
            blocks=False,
            text=Text(
                zh="赠品通常影响不了决策,先问去掉赠品客户就不签吗",
                en="gifts rarely decide: would they not sign without?",
            ),
        )
    discount, size = inputs.maybe("discount"), inputs.text("segment")
    if not discount:
        return
    if size == "small":
        yield _Finding(blocks=True, text=Text(zh="中小客户不乱价,不给折扣", en="no discount for small accounts"))
    elif size == "medium":
        left = inputs.maybe("quota_left")
        if left is None:
            yield _Finding(
                blocks=False,
                text=Text(
                    zh="中型客户走中层的配额;每 10 单几个、折到多少来源没有写,请问销售管理者还剩几个",
                    en="mid-size: by the quota of middle management; its number is not defined, ask how many are left",
                ),
            )
        elif left < 1:
            yield _Finding(
                blocks=True, text=Text(zh="配额已用完,回到价值上谈", en="the quota is used up: back to value")
            )
        else:
            yield _Finding(
                blocks=False,
                text=Text(
                    zh=f"{percent(discount)} 的折扣要中层批,记到配额", en=f"{percent(discount)} needs middle management"
                ),
            )
    else:
        yield _Finding(
            blocks=False,
            text=Text(
                zh="大型和小微的折扣权限来源没有写,请问销售管理者" if size else "折扣按客户规模不同,请给规模",
                en="the sources do not say for large and micro: ask management" if size else "give the segment",
            ),
        )


CALCULATORS = (
    Calculator(
        name="subsidy",
        title=Text(zh="新签补贴", en="Subsidy of new business"),
        inputs=(
            given("subsidy", "补贴金额", "subsidy", Unit.YUAN, "补贴", "amount"),
            given("renewal_profit", "续费利润", "renewal profit", Unit.YUAN, least=-1e13, optional=True),
            given("renewal_margin", "续费毛利", "renewal gross margin", Unit.YUAN, least=-1e13, optional=True),
            given("renewal_revenue", "续费收入", "renewal revenue", Unit.YUAN, optional=True),
        ),
        formula=Text(zh="补贴 ≤ 续费利润(或续费毛利、续费收入)", en="subsidy <= renewal profit (margin, revenue)"),
        rules=("H8",),
        playbook="tension-subsidy-cap",
        compute=subsidy,
        aliases=("补贴",),
        asked="新签补贴的上限有哪几种写法",
    ),
    Calculator(
        name="quote_check",
        title=Text(zh="报价检查", en="Check of a quote"),
        inputs=(
            given("term_months", "合同月数", "months of the contract", Unit.MONTHS, "期限", above=True, optional=True),
            given("prepaid_years", "一次收费年数", "years paid at once", Unit.YEARS, "年数", above=True, optional=True),
            given("trial_days", "试用天数", "days of trial", Unit.DAYS, "试用", optional=True),
            flag("trial_on_request", "第2周由销售开启", "second week on request"),
            given("discount", "折扣", "discount off the list price", Unit.RATIO, optional=True),
            choice(
                "segment", "客户规模", "segment",
                {"large": ("大型",), "medium": ("中型",), "small": ("中小",), "micro": ("小微",)},
                "规模", optional=True,
            ),
            given("quota_left", "剩余配额", "quota left", Unit.COUNT, "配额", optional=True),
            flag("gift", "有赠品", "with a gift", "赠品"),
        ),
        formula=Text(
            zh="按年签、不一次收多年、不发半年单;试用 1+1 周;中小不打折、中型走配额;慎用赠品",
            en="a year, billed yearly, no half years; trial 1+1 weeks; small: no discount, mid: quota; gifts: ask",
        ),
        rules=("G4", "G5", "G6", "G7"),
        playbook="playbook-quote-check-discount-terms",
        compute=quote_check,
        aliases=("报价",),
        asked="报价发出前要查哪几项",
    ),
)  # fmt: skip
