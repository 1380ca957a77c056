"""Dates, in one form whatever the notation: 2024年3月, March 2024, 2024-03 and 二〇二四年三月 are equal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.answering import numerals

_MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5, "june": 6,
    "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
#: Without a day or a year beside them, these are words more often than months.
_UNSURE = frozenset(
    {"may", "march", "mar", "jan", "dec", "sep", "sept", "oct", "nov", "jun", "jul", "aug", "apr", "feb"}
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}

_HAN_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_HAN_DAY = r"(?:\d{1,2}|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_YEAR = r"(?:19|20)\d{2}"
_PATTERN = re.compile(
    rf"(?<!\d)(?P<y1>{_YEAR}"
    rf"|[一二][〇零九][〇零一二三四五六七八九]{{2}})\s?年(?:度)?(?:\s?第?(?P<q1>[一二三四1-4])季度"
    rf"|\s?(?P<m1>{_HAN_MONTH})\s?月(?:份)?(?:\s?(?P<d1>{_HAN_DAY})\s?[日号])?)?"
    rf"|(?<![\d.])(?P<y2>{_YEAR})[-/.](?P<m2>0?[1-9]|1[0-2])(?:[-/.](?P<d2>0?[1-9]|[12]\d|3[01]))?(?![\d%])"
    rf"|(?<![\d个几数.])(?P<m3>{_HAN_MONTH})\s?月\s?(?P<d3>{_HAN_DAY})\s?[日号]"
    rf"|(?<![\d个几数.~至到多余半-])(?P<m4>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])\s?月(?=份|底|初|中旬"
    rf"|上旬|下旬|起|前|后|之|、|,|。|$)"
    rf"|\b(?P<m5>{_NAMES})\.?\s(?P<d5>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b(?!%)(?:,?\s(?P<y5>{_YEAR}))?"
    rf"|\b(?P<d6>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\s(?:of\s)?(?P<m6>{_NAMES})\b(?:,?\s(?P<y6>{_YEAR}))?"
    rf"|\b(?P<m7>{_NAMES})\.?,?\s(?P<y7>{_YEAR})\b"
    rf"|\bq(?P<q2>[1-4])\b(?:\s?(?:of\s)?(?P<y8>{_YEAR}))?|\b(?P<y9>{_YEAR})\s?q(?P<q3>[1-4])\b"
    rf"|\b(?P<q4>first|second|third|fourth)\squarter\b(?:\sof)?(?:\s(?P<y10>{_YEAR}))?"
    rf"|(?:第(?P<q5>[一二三四1-4])(?:个)?|(?<![\d个几每两])(?P<q6>[一二三四]))季度"
    rf"|\b(?P<m8>{_NAMES})\b"
    rf"|(?<![\d.,$¥€£-])(?P<y11>{_YEAR})(?![\d%.,]*\d|%|\s?(?:{'|'.join(numerals.MAGNITUDES)})"
    rf"|\s?[元家个人名位次天倍单万亿])"
)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A date as far as it is given; at least one field is set."""

    year: int | None = None
    quarter: int | None = None
    month: int | None = None
    day: int | None = None
    text: str
    start: int
    end: int

    @property
    def fields(self) -> frozenset[tuple[str, int]]:
        """What is given, by name."""
        named = {"year": self.year, "quarter": self.quarter, "month": self.month, "day": self.day}
        return frozenset((name, value) for name, value in named.items() if value is not None)


def moments(folded: str) -> list[Moment]:
    """Return the dates of a folded text, in order."""
    found = []
    for match in _PATTERN.finditer(folded):
        group = {name: value for name, value in match.groupdict().items() if value is not None}
        month = next((value for name, value in group.items() if name[0] == "m"), None)
        if set(group) == {"m8"} and month in _UNSURE:
            continue
        year, quarter, day = (next((v for n, v in group.items() if n[0] == kind), None) for kind in "yqd")
        found.append(
            Moment(
                year=_number(year),
                quarter=_QUARTERS.get(quarter, _number(quarter)) if quarter else None,
                month=_MONTHS.get(month, _number(month)) if month else None,
                day=_number(day),
                text=match.group(),
                start=match.start(),
                end=match.end(),
            )
        )
    return found


def _number(text: str | None) -> int | None:
    if text is None or text in _MONTHS or (text in _QUARTERS and not text.isdigit() and text.isascii()):
        return None
    value = int(text) if text.isdigit() else numerals.han(text)
    return None if value is None else int(value)
