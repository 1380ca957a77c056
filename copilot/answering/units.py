"""Units beside numbers: which surface forms mean the same, and which can never stand for each other."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A reading of a unit: its dimension, and how many of the dimension's base unit one of it is."""

    dimension: str
    factor: int = 1


#: A number in one of these never means a number in another dimension, nor a bare number.
RIGID = frozenset(
    {"percent", "points of percent", "discount", "day", "working day", "month", "minute", "second"}
    | {"CNY", "USD", "EUR", "HKD", "JPY", "GBP", "byte"}
)

_HAN: dict[str, tuple[Unit, ...]] = {}
_LATIN: dict[str, tuple[Unit, ...]] = {}


def _add(table: dict[str, tuple[Unit, ...]], surfaces: str, *units: Unit) -> None:
    for surface in surfaces.split("|"):
        table[surface] = units


def _one(dimension: str, factor: int = 1) -> Unit:
    return Unit(dimension=dimension, factor=factor)


_add(_HAN, "%", _one("percent"))
_add(_HAN, "个百分点|百分点", _one("points of percent"))
_add(_HAN, "折", _one("discount"))
_add(_HAN, "个工作日|工作日", _one("working day"))
_add(_HAN, "天|日|个自然日|自然日|个晚上", _one("day"))
_add(_HAN, "周|个星期|星期|礼拜|个礼拜|个周", _one("day", 7))
_add(_HAN, "个月|月", _one("month"))
_add(_HAN, "个季度|季度|季", _one("month", 3))
_add(_HAN, "年|周年|年度", _one("month", 12))
_add(_HAN, "分钟", _one("minute"))
_add(_HAN, "小时|个小时|钟头|个钟头", _one("minute", 60))
_add(_HAN, "秒|秒钟", _one("second"))
_add(_HAN, "元|块钱|元钱|人民币", _one("CNY"))
_add(_HAN, "块", _one("item"), _one("CNY"))
_add(_HAN, "美元|美金|美刀", _one("USD"))
_add(_HAN, "欧元", _one("EUR"))
_add(_HAN, "港元|港币", _one("HKD"))
_add(_HAN, "日元", _one("JPY"))
_add(_HAN, "英镑", _one("GBP"))
_add(_HAN, "倍", _one("fold"))
_add(_HAN, "次|回|遍|趟", _one("times"))
_add(_HAN, "人|名|位|个人|个销售|个员工", _one("person"))
_add(_HAN, "家|户|间|个客户|家客户|个公司|个商家", _one("company"))
_add(_HAN, "单|笔|个订单", _one("order"))
_add(_HAN, "步|个步骤", _one("step"))
_add(_HAN, "级|档|层|段|阶", _one("level"))
_add(_HAN, "分", _one("score"))
_add(_HAN, "字|个字|字符", _one("character"))
_add(
    _HAN,
    "个",
)
_add(
    _HAN,
    "种|类|项|条|件|款|份|套|点|轮|页|章|节|句|台|席|张|门|环|版|组|批|代|大|者|边|方|个阶段|个方面|方面",
    _one("item"),
)

_add(_LATIN, "percent|per cent|pct", _one("percent"))
_add(_LATIN, "percentage point|percentage points|pp", _one("points of percent"))
_add(_LATIN, "working day|working days|business day|business days", _one("working day"))
_add(_LATIN, "day|days|calendar days", _one("day"))
_add(_LATIN, "week|weeks", _one("day", 7))
_add(_LATIN, "month|months", _one("month"))
_add(_LATIN, "quarter|quarters", _one("month", 3))
_add(_LATIN, "year|years", _one("month", 12))
_add(_LATIN, "minute|minutes|min|mins", _one("minute"))
_add(_LATIN, "hour|hours|h|hrs", _one("minute", 60))
_add(_LATIN, "second|seconds|s", _one("second"))
_add(_LATIN, "yuan|rmb|cny", _one("CNY"))
_add(_LATIN, "dollar|dollars|usd", _one("USD"))
_add(_LATIN, "euro|euros|eur", _one("EUR"))
_add(_LATIN, "hkd", _one("HKD"))
_add(_LATIN, "yen|jpy", _one("JPY"))
_add(_LATIN, "pound|pounds|gbp", _one("GBP"))
_add(_LATIN, "kb|mb|gb|tb", _one("byte"))
_add(_LATIN, "x|fold", _one("fold"))
_add(_LATIN, "times|time", _one("times"), _one("fold"))
_add(_LATIN, "person|people|staff|employees|reps|rep|members|member|salespeople", _one("person"))
_add(_LATIN, "company|companies|customer|customers|client|clients|account|accounts|firms|stores|shops", _one("company"))
_add(_LATIN, "order|orders|deal|deals", _one("order"))
_add(_LATIN, "step|steps", _one("step"))
_add(_LATIN, "level|levels|tier|tiers|band|bands", _one("level"))
_add(_LATIN, "point|points", _one("score"), _one("item"), _one("points of percent"))
_add(_LATIN, "character|characters", _one("character"))
_add(_LATIN, "kind|kinds|type|types|item|items|thing|things|part|parts|rule|rules", _one("item"))
_add(_LATIN, "cases|case|reasons|ways|way|options|stages|phases|rounds|sides|copies", _one("item"))

PREFIXES: dict[str, tuple[Unit, ...]] = {
    "us$": (_one("USD"),), "hk$": (_one("HKD"),), "$": (_one("USD"),), "¥": (_one("CNY"), _one("JPY")),
    "€": (_one("EUR"),), "£": (_one("GBP"),), "rmb": (_one("CNY"),), "cny": (_one("CNY"),), "usd": (_one("USD"),),
    "eur": (_one("EUR"),), "day": (_one("day"),), "days": (_one("day"),), "week": (_one("day", 7),),
    "month": (_one("month"),), "year": (_one("month", 12),), "step": (_one("step"),), "level": (_one("level"),),
    "tier": (_one("level"),), "第": (),
}  # fmt: skip

_HAN_FORMS = "|".join(re.escape(form) for form in sorted(_HAN, key=len, reverse=True))
_LATIN_FORMS = "|".join(re.escape(form).replace(r"\ ", " ") for form in sorted(_LATIN, key=len, reverse=True))
#: Behind a number: a Chinese unit may touch what follows, a Latin one is a whole word. "30-day" is 30 days.
SUFFIX = rf"(?:{_HAN_FORMS}|[ -]?(?:{_LATIN_FORMS})(?![a-z0-9]))"
PREFIX = r"(?:us\$|hk\$|[$¥€£]|(?<![a-z])(?:rmb|cny|usd|eur|days?|week|month|year|step|level|tier)\b|第)"


def read_suffix(surface: str) -> tuple[Unit, ...]:
    """Return the readings of a matched suffix; empty where it names nothing in particular (个)."""
    return _HAN.get(surface, _LATIN.get(surface.strip(" -"), ()))


def is_unit(word: str) -> bool:
    """Tell whether a Latin word, folded, names a unit."""
    return word in _LATIN


def same_kind(said: frozenset[str], written: frozenset[str]) -> bool:
    """Tell whether dimensions can mean the same thing; no dimension is a bare number or 个."""
    if said & written:
        return True
    if not said or not written:
        return not (said | written) & RIGID
    return False


def named(dimensions: frozenset[str], folded: str) -> bool:
    """Tell whether a word of one of these dimensions stands anywhere in a text, as in the head of a table column."""
    return any(
        surface in folded
        for table in (_HAN, _LATIN)
        for surface, units in table.items()
        if len(surface) > 1 or not surface.isascii() or surface == "%"
        for unit in units
        if unit.dimension in dimensions
    )
