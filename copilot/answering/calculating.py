"""Is something to be computed, and from which figures? Only a turn that names the measure, gives figures and asks for a
verdict is; a question about a term, a formula or a rule stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from copilot.accounts.economics.figure import FIGURE
from knowledge.text import fold

#: A turn with figures is a sentence or two; longer texts are pasted material.
_LONGEST = 160
#: What asks for knowledge, not for a result.
_KNOWLEDGE = re.compile(
    r"什么意思|是什么|什么是|为什么|为啥|怎么算|咋算|如何算|公式|定义|口径|怎么提|怎么降|怎样|如何|怎么办|怎么做|区别|"
    r"\bwhat (?:is|are) (?:an? )?(?:ltv|cac|ndr|ue)\b|\bwhat does\b|\bwhy\b|\bhow (?:to|do|can)\b|\bformula\b|"
    r"\bmean(?:s|ing)?\b"
)
_WISH = re.compile(
    r"健康吗|健康么|健康不|是否健康|健不健康|多少|怎么样|好不好|好吗|算好|行不行|行吗|可以吗|合理吗|高吗|高不高|能扩|能不能扩|"
    r"扩张吗|值不值|亏不亏|亏吗|亏本吗|帮我算|算一下|算算|算个|哪一档|哪档|什么水平|达标吗|"
    r"\bhealthy\b|\bgood\b|\bok(?:ay)?\b|\bhow much\b|\bcalculate\b|\bcompute\b|\bwork out\b|\btoo high\b|\bwhat is\b"
)
_LINK = r"(?:是|为|约|大概|大约|有|到|在|一共|共|只有|花了|花|:|=|\bis\b|\bof\b|\s)*"
#: A ratio (3:1), a range or a bound is a rule, not somebody's own figure.
_ALONE = r"(?![\d.]|\s*[:~\-–到至]\s*\d|\s*(?:以上|以下|以内))"
_PLAIN_FIGURE = FIGURE.pattern.replace("(?P<sign>", "(?:").replace("(?P<number>", "(?:")
_PLAIN_FIGURE = _PLAIN_FIGURE.replace("(?P<magnitude>", "(?:").replace("(?P<percent>", "(?:")


@dataclass(frozen=True, kw_only=True)
class Calculation:
    """A calculator by name and what was said for its inputs, as it was written."""

    name: str
    given: Mapping[str, str]


def asked_calculation(text: str) -> Calculation | None:
    """Return what a turn asks to compute; None unless a rule is sure."""
    turn = " ".join(fold(text).split())
    if len(turn) > _LONGEST or turn.count("?") > 1 or _KNOWLEDGE.search(turn):
        return None
    found = (rule(turn) for rule in _RULES)
    return next((calculation for calculation in found if calculation is not None), None)


def _labelled(label: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{label}){_LINK}(?P<figure>(?>{_PLAIN_FIGURE})){_ALONE}")


_LTV = _labelled(r"(?<![a-z])ltv(?![a-z])|生命周期价值|客户价值")
_CAC = _labelled(r"(?<![a-z])cac(?![a-z])|获客成本")
_NDR = _labelled(r"(?<![a-z])n[dr]r(?![a-z])|净续费率")
_PRICE = _labelled(r"客单价|年费|\bprice\b|\barpu\b|\bacv\b")
_MARGIN = _labelled(r"毛利率?|\b(?:gross )?margin\b")
_YEARS = re.compile(
    r"(?:用|留|续|合作|生命周期|lifetime|keeps?|stays?|for)(?:了|存|约|费|是|为|of|:|=|\s)*(?P<figure>\d+(?:\.\d+)?)\s*(?:年|years?)"
)
_SALES = _labelled(r"销售(?:花费|费用|成本|投入)?")
_MARKETING = _labelled(r"市场(?:花费|费用|成本|投入)?|投放")
_SPENT = _labelled(r"(?:销售和?市场|市场和?销售)(?:总?花费|费用|总?投入)?|(?:一共|总共)花了?|总花费|花了|\bspent\b")
_NEW = re.compile(r"(?:新增|签了|获客|拿下|新签|\bwon|\bgot)(?:了|客户|到|\s)*(?P<figure>\d[\d,]*)(?![\d,]|\s*万)")


def _figure(pattern: re.Pattern[str], turn: str) -> str | None:
    match = pattern.search(turn)
    return match["figure"].strip() if match else None


def _wants(turn: str) -> bool:
    return bool(_WISH.search(turn))


def _unit_economics(turn: str) -> Calculation | None:
    given = {"ltv": _figure(_LTV, turn), "cac": _figure(_CAC, turn)}
    known = {name: figure for name, figure in given.items() if figure is not None}
    if not known or not _wants(turn):
        return None
    # One of the two alone is asked back only where the other is no result that is asked for.
    if len(known) == 1 and not re.search(r"健康|合理|高吗|高不高|扩|亏|healthy|too high", turn):
        return None
    return Calculation(name="ue", given=known)


def _lifetime_value(turn: str) -> Calculation | None:
    if not re.search(r"(?<![a-z])ltv(?![a-z])|生命周期价值", turn) or not _wants(turn):
        return None
    given = {"price": _figure(_PRICE, turn), "margin": _figure(_MARGIN, turn), "years": _figure(_YEARS, turn)}
    known = {name: figure for name, figure in given.items() if figure is not None}
    return Calculation(name="ltv", given=known) if len(known) >= 2 else None


def _acquisition_cost(turn: str) -> Calculation | None:
    if not re.search(r"(?<![a-z])cac(?![a-z])|获客成本", turn) or not _wants(turn):
        return None
    customers = _figure(_NEW, turn)
    sales, marketing, spent = (_figure(one, turn) for one in (_SALES, _MARKETING, _SPENT))
    if customers is None:
        return None
    if sales and marketing:
        return Calculation(
            name="cac", given={"sales_cost": sales, "marketing_cost": marketing, "new_customers": customers}
        )
    if spent:
        return Calculation(name="cac", given={"sales_cost": spent, "marketing_cost": "0", "new_customers": customers})
    return None


def _retention(turn: str) -> Calculation | None:
    figure = _figure(_NDR, turn)
    return Calculation(name="ndr", given={"ndr": figure}) if figure and _wants(turn) else None


_CALLS = re.compile(r"电话|(?<!a)\bcalls?\b|陌拜")
_STOP = re.compile(
    r"(?:第|打|拨)(?:到|了)?(?:第)?(?:几|多少)(?:个|次|通|遍)?|(?:几|多少)(?:次|通|个)(?:电话)?|该停|停手|停打|"
    r"\bhow many\b|\bwhen (?:to|should [a-z]+) stop\b|\bstop (?:after|calling)\b"
)
_SIZES = (
    ("medium", re.compile(r"中型(?:企业|客户|公司)?|mid-?siz(?:e|ed)\b|mid-?market")),
    ("small", re.compile(r"小型(?:企业|客户|公司)?|\bsmall (?:compan|business|customer)")),
    ("large", re.compile(r"大型(?:企业|客户|公司)?|\blarge (?:compan|business|customer)|\benterprise\b")),
)
_MADE = re.compile(r"(?:打了|打过|拨了|已经?打)\s*(?P<figure>\d{1,3})\s*(?:次|个|通)")


def _call_limit(turn: str) -> Calculation | None:
    sizes = [name for name, pattern in _SIZES if pattern.search(turn)]
    if len(sizes) != 1 or not _CALLS.search(turn) or not _STOP.search(turn):
        return None
    made = _figure(_MADE, turn)
    return Calculation(name="call_limit", given={"size": sizes[0]} | ({"attempts": made} if made else {}))


#: What has more figures comes first: an LTV with its parts is computed before it is compared.
_RULES: tuple[Callable[[str], Calculation | None], ...] = (
    _lifetime_value,
    _acquisition_cost,
    _unit_economics,
    _retention,
    _call_limit,
)
