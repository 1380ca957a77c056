"""Numbers with their units and bounds, in one form whatever the notation: 30%, 百分之三十 and 三成 are equal.

Equal is only what is unambiguous: 2 weeks are 14 days and a quarter is 3 months, but a month is no number of days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from copilot.answering import numerals, units

Bound = Literal["at least", "at most"]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number or a range. `low` and `high` are in the base unit of the dimension; they differ in a range only."""

    low: Fraction
    high: Fraction
    dimensions: frozenset[str]  #: possible readings; empty: a bare number
    bound: Bound | None
    certain: bool  #: False: may be no number at all (一个, "one"), so it supports but is never required
    text: str
    start: int  #: span in the folded text, with the words of its bound
    end: int

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.low != self.high


_MORE = (
    r"大于等于|大于|超过|超出|高于|多于|高过|more than|over|above|exceed(?:s|ing)?|greater than|higher than"
    r"|longer than"
)
_LESS = r"小于等于|小于|低于|少于|短于|less than|below|under|fewer than|lower than|shorter than"
_NOT = r"不得|不能|不应|不要|不可|不会|没有|不|没|未|别|not|never|no"
_BEFORE = re.compile(
    rf"(?P<least>至少|起码|最少|最低|不小于|≥|≧|>=|(?<![<=])>|at least|a minimum of|minimum)"
    rf"|(?P<most>至多|最多|最高|不足|不到|≤|≦|<=|<(?![=])|at most|up to|a maximum of|maximum|within)"
    rf"|(?P<not>(?:{_NOT})\s*)?(?:(?P<more>{_MORE})|(?P<less>{_LESS}))"
)
#: 最多占收入 10%: a few words may stand between a bound and its number, but no other number and no clause.
_GAP = re.compile(r"[^\d,，。;；:：、\n]{0,8}")
_AFTER = re.compile(
    r"\s*(?:(?P<least>(?:及|或|和)?(?:以上|之上|更多)|\+(?!\s*\d)|at least|or more|or above|or longer|or higher"
    r"|and above|plus\b)"
    r"|(?P<most>(?:及|或|和)?(?:以下|之下|更少)|at most|以内|之内|内(?![部容外在涵])|or less|or fewer|or below"
    r"|or shorter))"
)
_SURELY = r"(?P<extra>[多余来几])?"
_SURELY_TOO = r"(?P<extra2>[多余来几])?"
_MAGNITUDE = "|".join(sorted((m for m in numerals.MAGNITUDES if not m.isascii()), key=len, reverse=True))
_LATIN_MAGNITUDE = r"\s?(?:hundred|thousand|million|billion)\b|(?:bn|mn|[wkmb])(?![a-z0-9])"
_NUMBER = rf"(?:{numerals.ARABIC}\s*(?:{_MAGNITUDE}|{_LATIN_MAGNITUDE})?|{numerals.HAN}|{numerals.ENGLISH})"
_TO = r"\s*(?:-|–|—|~|至|到|to)\s*"
_PATTERN = re.compile(
    rf"(?P<prefix>{units.PREFIX})?\s?"
    rf"(?:百分之(?P<hundredths>{_NUMBER})"
    rf"|(?P<parts>[二三四五六七八九十])分之(?P<of>[一二两三四五六七八九])"
    rf"|(?P<tenths>{numerals.ARABIC}|[一二两三四五六七八九])成(?P<half>半"
    rf"|[一二三四五六七八九])?(?![功本长为交立果熟员就效都型品文不])"
    rf"|(?P<halves>一半|半数|\bhalf\b)|(?P<half_unit>半)(?P<half_of>个月|年|天|个小时|小时|个季度|周)"
    rf"|(?P<nth>[首次])(?P<nth_of>年|月|周|日)|(?P<thirds>\b(?:one|two)[- ]thirds?\b)|(?P<quarters>\b(?:one"
    rf"|three)[- ]quarters?\b)"
    rf"|(?P<twice>\btwice\b|\bdouble[sd]?\b|翻倍|翻一番)|(?P<once>\bonce\b)"
    rf"|(?P<article>\b(?:an?|per|each|every)\s(?P<article_of>day|week|month|quarter|year|hour|minute)\b)"
    rf"|(?P<low>{_NUMBER}){_SURELY}(?:(?P<unit1>{units.SUFFIX})?{_TO}(?:{units.PREFIX})?(?P<high>{_NUMBER}){_SURELY_TOO})?"
    rf"\s?(?P<unit>{units.SUFFIX})?)"
)
#: Numbers in a row share the unit of the last: 30、60 和 90 天.
_ROW = re.compile(r"\s*(?:[、,/]|[和或与及]|and|or|,\s*(?:and|or))\s*")
#: Chinese digits that are words more often than numbers.
_IDIOM = re.compile(
    r"千万(?=[别不要记])|百分点|[一两三]位数|万[一万]|十[分足全](?!之|钟)"
    r"|一[些样般定起旦直致边方旁再切时向贯同味]|第一|唯一|统一|[之任某]一|万能"
)
_WORD_BEFORE = re.compile(r"[统唯同任万某逐专不第]$")
_LETTER_BEFORE = re.compile(r"[a-z_]$")


def quantities(folded: str) -> list[Quantity]:
    """Return the quantities of a folded text in order; digits inside Latin words (b2b) belong to names instead."""
    found: list[Quantity] = []
    for match in _PATTERN.finditer(folded):
        if _LETTER_BEFORE.search(folded[max(0, match.start() - 1) : match.start()]) and match.group()[0].isdigit():
            continue
        quantity = _read(match)
        if quantity is not None:
            found.append(_bounded(quantity, folded))
    return _rows(found, folded)


def _read(match: re.Match[str]) -> Quantity | None:
    group = match.groupdict()
    if group["low"] is not None:
        return _plain(match)
    value, dimension, certain = Fraction(0), "percent", True
    if group["hundredths"]:
        value = _value(group["hundredths"], money=False)[0] or Fraction(0)
    elif group["parts"]:
        value = 100 * (numerals.han(group["of"]) or Fraction(0)) / (numerals.han(group["parts"]) or Fraction(1))
    elif group["tenths"]:
        whole, rest = _value(group["tenths"], money=False)[0], group["half"]
        tenth = Fraction(5) if rest == "半" else numerals.han(rest) if rest else None
        value = 10 * (whole or Fraction(0)) + (tenth or Fraction(0))
    elif group["halves"]:
        value = Fraction(50)
    elif group["half_unit"]:
        unit = units.read_suffix(group["half_of"])[0]
        value, dimension = Fraction(unit.factor, 2), unit.dimension
    elif group["nth"]:
        unit = units.read_suffix(group["nth_of"])[0]
        value, dimension, certain = Fraction((1 if group["nth"] == "首" else 2) * unit.factor), unit.dimension, False
    elif group["thirds"]:
        value = Fraction(100 if group["thirds"].startswith("one") else 200, 3)
    elif group["quarters"]:
        value = Fraction(25 if group["quarters"].startswith("one") else 75)
    elif group["article"]:
        unit = units.read_suffix(group["article_of"])[0]
        value, dimension, certain = Fraction(unit.factor), unit.dimension, False
    else:
        return _number(match, Fraction(2 if group["twice"] else 1), frozenset({"times", "fold"}), certain=False)
    return _number(match, value, frozenset({dimension}), certain=certain)


def _number(match: re.Match[str], value: Fraction, dimensions: frozenset[str], *, certain: bool) -> Quantity:
    return Quantity(
        low=value,
        high=value,
        dimensions=dimensions,
        bound=None,
        certain=certain,
        text=match.group().strip(),
        start=match.start(),
        end=match.end(),
    )


def _plain(match: re.Match[str]) -> Quantity | None:
    group = match.groupdict()
    prefix = group["prefix"]
    readings = units.read_suffix(group["unit"]) if group["unit"] else ()
    money = bool(prefix) and prefix not in ("第", "day", "days", "week", "month", "year", "step", "level", "tier")
    if prefix and not readings:
        readings = units.PREFIXES[prefix]
    low, low_magnitude = _value(group["low"], money=money)
    high, high_magnitude = _value(group["high"], money=money) if group["high"] else (low, low_magnitude)
    if low is None or high is None:
        estimate = numerals.han_estimate(group["low"]) if group["unit"] else None
        if estimate is None:
            return None
        low, high = estimate
    elif group["high"] and low_magnitude == 1 and high_magnitude > 1 and low < high / high_magnitude:
        low *= high_magnitude
    factor = readings[0].factor if readings else 1
    first = (
        units.read_suffix(group["unit1"])[0].factor if group["unit1"] and units.read_suffix(group["unit1"]) else factor
    )
    if group["unit1"] and not group["unit"]:
        readings = units.read_suffix(group["unit1"])
        factor = first
    return Quantity(
        low=min(low * first, high * factor),
        high=max(low * first, high * factor),
        dimensions=frozenset(reading.dimension for reading in readings),
        bound="at least" if group["extra"] or group["extra2"] else None,
        certain=_certain(match, group["low"], group["unit"], prefix),
        text=match.group().strip(),
        start=match.start(),
        end=match.end(),
    )


def _value(text: str, *, money: bool) -> tuple[Fraction | None, int]:
    text = text.strip()
    if text[0].isdigit():
        number = re.match(numerals.ARABIC, text)
        assert number is not None  # noqa: S101  # the pattern that matched begins with it
        magnitude = text[number.end() :].strip()
        if magnitude in ("m", "b", "bn", "mn") and not money:
            return numerals.arabic(number.group()), 1
        factor = numerals.MAGNITUDES.get(magnitude, 1)
        return numerals.arabic(number.group()) * factor, factor
    if text[0].isascii():
        return numerals.english(text), 1
    return numerals.han(text), 1


def _certain(match: re.Match[str], number: str, unit: str | None, prefix: str | None) -> bool:
    """Digits are always a number; words only where nothing else is likely."""
    if number[0].isdigit():
        return True
    if number[0].isascii():
        return number not in ("one", "zero") or bool(unit and units.read_suffix(unit) and _rigid(unit))
    before = match.string[max(0, match.start() - 1) : match.start()]
    if _IDIOM.match(match.string, match.start("low")) or _WORD_BEFORE.search(before) or prefix == "第":
        return prefix == "第" and number != "一"
    if number in ("一", "十", "百", "千", "万", "亿"):
        return bool(unit) and _rigid(unit or "")
    structured = len(number) > 1 and any(place in number for place in "十百千万亿") and number[0] not in "百千万亿"
    return structured or unit is not None


def _rigid(unit: str) -> bool:
    return any(reading.dimension in units.RIGID or reading.dimension == "fold" for reading in units.read_suffix(unit))


def _bounded(quantity: Quantity, folded: str) -> Quantity:
    """Read the words of a bound on either side."""
    bound, start, end = quantity.bound, quantity.start, quantity.end
    window = folded[max(0, start - 24) : start]
    for match in _BEFORE.finditer(window):
        if _GAP.fullmatch(window, match.end()) and (not match.group()[0].isascii() or _whole(window, match)):
            bound = _direction(match)
            start -= len(window) - match.start()
            break
    after = _AFTER.match(folded, end)
    if after is not None:
        bound = bound or ("at least" if after["least"] else "at most")
        end = after.end()
    return replace(quantity, bound=bound, start=start, end=end)


def _whole(window: str, match: re.Match[str]) -> bool:
    return match.start() == 0 or not window[match.start() - 1].isalnum() or not window[match.start() - 1].isascii()


def _direction(match: re.Match[str]) -> Bound:
    if match["least"] or match["most"]:
        return "at least" if match["least"] else "at most"
    return "at least" if bool(match["more"]) != bool(match["not"]) else "at most"


def _rows(found: list[Quantity], folded: str) -> list[Quantity]:
    for position in range(len(found) - 2, -1, -1):
        one, following = found[position], found[position + 1]
        between = folded[one.end : following.start]
        if not one.dimensions and following.dimensions and _ROW.fullmatch(between):
            factor = _factor(following)
            found[position] = replace(
                one, low=one.low * factor, high=one.high * factor, dimensions=following.dimensions
            )
    return found


def _factor(quantity: Quantity) -> int:
    suffix = re.search(rf"\s?({units.SUFFIX})$", quantity.text)
    readings = units.read_suffix(suffix.group(1)) if suffix else ()
    return readings[0].factor if readings else 1
