"""A figure as people type it → a number: "3万", "1.2w", "80k", "30%"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from knowledge.text import fold

_MAGNITUDES = {
    "": 1.0,
    "百": 1e2,
    "千": 1e3,
    "k": 1e3,
    "万": 1e4,
    "w": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "m": 1e6,
    "千万": 1e7,
    "亿": 1e8,
}
_WORDS = "|".join(
    rf"{word}(?![a-z])" if word.isascii() else word for word in sorted(filter(None, _MAGNITUDES), key=len, reverse=True)
)
#: Units that may follow and say nothing that the input does not say already.
_UNITS = "元|块|年|个月|月|天|日|小时|周|次|个|家|人|倍|yuan|rmb|cny|years?|months?|days?|hours?|weeks?|times|x"
FIGURE = re.compile(
    rf"(?P<sign>-)?[¥$￥]?(?P<number>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<magnitude>{_WORDS})?"
    rf"\s*(?P<percent>%|个百分点)?\s*(?:{_UNITS})?",
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number, and whether it was written as a percentage (then `value` is the ratio)."""

    value: float
    percent: bool = False


def read_figure(value: object) -> Figure | None:
    """Return the number that a value is; None for what is none, NaN and infinities included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(float(value) if abs(value) < 1e300 else math.inf)
    if not isinstance(value, str) or len(value) > 60:
        return None
    match = FIGURE.fullmatch(fold(value).strip())
    return figure_of(match) if match else None


def figure_of(match: re.Match[str]) -> Figure | None:
    """Return the number of a match of `FIGURE`."""
    number = float(match["number"].replace(",", "")) * _MAGNITUDES[match["magnitude"] or ""]
    number = -number if match["sign"] else number
    return _finite(number / 100 if match["percent"] else number, percent=bool(match["percent"]))


def _finite(number: float, *, percent: bool = False) -> Figure | None:
    return Figure(value=number, percent=percent) if math.isfinite(number) else None
