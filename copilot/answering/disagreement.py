"""Do two statements say different things about the same? Precision first: a false alarm costs trust.

They disagree when they are about the same measure in the same scope and their numbers, dates or recommendations cannot
both hold. Different measures, different customers, and a rule beside its exception are no disagreement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from copilot.answering.claims import Reading, read
from copilot.answering.polarity import content, contradict
from copilot.answering.quantities import Quantity
from copilot.answering.scope import Scope, apart, narrower
from copilot.answering.units import RIGID

Difference = Literal["number", "date", "recommendation"]

#: Least share of words two statements have in common, numbers left out; chosen on `disagreements.jsonl`.
#: Nearness in meaning is no help: "first reply" and "solution" are near, and about different measures.
SAME_WORDS = 0.6
#: Opposite recommendations are told from each other by a single word, so the rest has to be nearly the same.
_SAME_ADVICE = 0.8
#: A month is no number of days, but it is never less or more than these.
_DAYS_OF_MONTH = (28, 31)

_ATTRIBUTION = re.compile(
    r"^[^,。:;]{1,16}?(?:认为|说|主张|建议|要求|指出|提出|规定|的(?:做法|说法|观点|规定|结论)是)[:,]?\s*"
    r"|^(?:according to )?[^,.:;]{1,30}?\b(?:says|said|argues|recommends|holds|states|suggests)\b(?: that)?[:,]?\s*"
)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A sentence and what it holds for."""

    text: str
    scope: Scope

    @property
    def reading(self) -> Reading:
        """Its checkable parts, without who says it: two authors are what a disagreement needs."""
        return read(_ATTRIBUTION.sub("", self.text, count=1) or self.text)


def likeness(one: Statement, other: Statement) -> float:
    """Return the share of words in what is measured that both have (Dice), numbers and denials left out."""
    ours, theirs = content(one.reading.plain), content(other.reading.plain)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def difference(one: Statement, other: Statement) -> Difference | None:
    """Return what two statements in one language disagree about, None when they do not."""
    if apart(one.scope, other.scope) or narrower(one.scope, other.scope):
        return None
    words = likeness(one, other)
    if words < SAME_WORDS or not _same_names(one.reading, other.reading):
        return None
    if _numbers_differ(one.reading, other.reading):
        return "number"
    if _dates_differ(one.reading, other.reading):
        return "date"
    if words >= _SAME_ADVICE and _advice_differs(one.reading, other.reading):
        return "recommendation"
    return None


def _same_names(one: Reading, other: Reading) -> bool:
    """A term that only one names (VIP, CSAT) usually names another thing."""
    ours, theirs = ({name.key for name in reading.names if name.kind == "term"} for reading in (one, other))
    return ours == theirs or ((ours <= theirs or theirs <= ours) and bool(ours & theirs))


def _numbers_differ(one: Reading, other: Reading) -> bool:
    ours, theirs = ([_in_days(q) for q in reading.quantities if _counts(q)] for reading in (one, other))
    alike = [(a, b) for a, b in product(ours, theirs) if a.dimensions & b.dimensions or a.dimensions == b.dimensions]
    if not alike or len(ours) != len(theirs):
        return False
    return all(_exclude(a, b) for a, b in alike)


def _counts(quantity: Quantity) -> bool:
    """Tell whether a number measures; 第 7 天 only says when, and two things may well happen on different days."""
    if quantity.text.startswith("第"):
        return False
    return quantity.certain or bool(quantity.dimensions & RIGID)


def _in_days(quantity: Quantity) -> Quantity:
    if quantity.dimensions != {"month"}:
        return quantity
    fewest, most = _DAYS_OF_MONTH
    return replace(quantity, low=quantity.low * fewest, high=quantity.high * most, dimensions=frozenset({"day"}))


def _exclude(one: Quantity, other: Quantity) -> bool:
    """Tell whether two numbers cannot both hold: ranges that do not meet, or two different limits of one kind."""
    if (one.low, one.high, one.bound) == (other.low, other.high, other.bound):
        return False
    if one.bound == other.bound:
        return one.high < other.low or other.high < one.low
    if one.bound is None or other.bound is None:
        fixed, limit = (one, other) if one.bound is None else (other, one)
        return fixed.high < limit.low if limit.bound == "at least" else fixed.low > limit.high
    least, most = (one, other) if one.bound == "at least" else (other, one)
    return least.low > most.high


def _dates_differ(one: Reading, other: Reading) -> bool:
    ours, theirs = ([moment.fields for moment in reading.moments] for reading in (one, other))
    if len(ours) != 1 or len(theirs) != 1:
        return False
    ours_by_name, theirs_by_name = dict(ours[0]), dict(theirs[0])
    return any(ours_by_name[name] != theirs_by_name[name] for name in ours_by_name.keys() & theirs_by_name.keys())


def _advice_differs(one: Reading, other: Reading) -> bool:
    values = [sorted((q.low, q.high) for q in reading.quantities if q.certain) for reading in (one, other)]
    return values[0] == values[1] and contradict(one.plain, other.plain)
