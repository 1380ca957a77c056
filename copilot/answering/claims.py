"""What a sentence claims that can be checked word by word, and which of it its source does not bear out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from copilot.answering.moments import Moment, moments
from copilot.answering.names import Name, key, names
from copilot.answering.polarity import contradicts, denials
from copilot.answering.quantities import Quantity, quantities
from copilot.answering.units import named, same_kind
from knowledge.text import fold, is_chinese

#: "turned": bound and denial are both the other way round, which says the same where it says anything.
Kind = Literal["number", "unit", "bound", "turned", "date", "name", "polarity"]

_TOKEN = re.compile(r"[a-z0-9]+(?:['’&./_+-][a-z0-9]+)*\+{0,2}")
#: The number of a list item is a step, not a quantity.
_STEP = re.compile(r"^[ \t]*(\d{1,2})[.)、](?!\d)", re.MULTILINE)
_SENTENCE_END = "。!?！？\n"


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """Something the source does not bear out. `certain`: it is not there; otherwise it is there in part."""

    kind: Kind
    text: str
    certain: bool


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The checkable parts of a text."""

    folded: str
    plain: str  #: the folded text with numbers, dates and their bounds blanked out, for comparing what is said of them
    quantities: tuple[Quantity, ...]
    moments: tuple[Moment, ...]
    names: tuple[Name, ...]
    tokens: frozenset[str]  #: Latin words, folded, whole and in parts
    key: str


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    """Take a text apart; the same text is read once."""
    folded = fold(text)
    found_names = names(text)
    dates = moments(folded)
    undated = _blank(folded, [(moment.start, moment.end) for moment in dates])
    for name in found_names:
        if name.kind == "term" and name.text[:1].isdigit():  # a version number is no quantity
            undated = undated.replace(fold(name.text), " " * len(fold(name.text)))
    steps = [
        Quantity(
            low=Fraction(match[1]),
            high=Fraction(match[1]),
            dimensions=frozenset({"step"}),
            bound=None,
            certain=True,
            text=match[1],
            start=match.start(1),
            end=match.end(1),
        )
        for match in _STEP.finditer(undated)
    ]
    numbers = [*steps, *quantities(_blank(undated, [(step.start, step.end) for step in steps]))]
    words = [match.group() for match in _TOKEN.finditer(folded)]
    return Reading(
        folded=folded,
        plain=_blank(undated, [(one.start, one.end) for one in numbers if one.certain]),
        quantities=tuple(numbers),
        moments=tuple(dates),
        names=tuple(found_names),
        tokens=frozenset(part for word in words for part in (key(word), *map(key, re.split(r"['’&./_-]", word)))),
        key=key(text),
    )


def mismatches(sentence: str, evidence: str, context: str = "") -> list[Mismatch]:
    """Return what the evidence does not bear out of a sentence, in no particular order.

    `context` (titles of the source in either language) can carry a name, but no number and no date.
    """
    said, written = read(sentence), read(evidence)
    found = [*_numbers(said, written), *_dates(said, written), *_names(said, written, read(context))]
    if all(one.kind != "turned" for one in found) and contradicts(said.plain, written.plain):
        found.append(Mismatch(kind="polarity", text=sentence, certain=True))
    return found


def denied_otherwise(sentence: str, nearest: Sequence[str]) -> bool:
    """Tell whether a sentence denies an odd number of times and none of the texts nearest to it does, or reversely.

    A doubt only: a paraphrase may say "lose" for "have no longer". It holds across languages.
    """
    odd = denials(read(sentence).plain) % 2
    return bool(nearest) and all(denials(read(text).plain) % 2 != odd for text in nearest)


def unsupported(sentence: str, evidence: str, context: str = "") -> list[Mismatch]:
    """Return only what certainly does not stand in the evidence."""
    return [one for one in mismatches(sentence, evidence, context) if one.certain]


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _numbers(said: Reading, written: Reading) -> list[Mismatch]:
    found = []
    for one in said.quantities:
        if one.certain and (mismatch := _number(one, said, written)) is not None:
            found.append(mismatch)
    return found


def _number(one: Quantity, said: Reading, written: Reading) -> Mismatch | None:
    equal = [other for other in written.quantities if (other.low, other.high) == (one.low, one.high)]
    alike = [other for other in equal if _alike(one, other)]
    if alike:
        return _bound(one, alike, said, written)
    # 1900 分 reads as a year where 1900.5 分 reads as a month of one: a bare year alone may stand for a quantity.
    years = {moment.year for moment in written.moments if moment.month is None or not one.dimensions}
    if one.low == one.high and one.low in years:
        return None
    if one.is_range and _said_by_ends(one, written):
        return None
    if any(not other.dimensions and named(one.dimensions, written.folded) for other in equal) or _end_of_range(
        one, written
    ):
        return Mismatch(kind="number", text=one.text, certain=False)
    return Mismatch(kind="unit" if equal else "number", text=one.text, certain=True)


def _alike(one: Quantity, other: Quantity) -> bool:
    if one.dimensions == {"step"} or other.dimensions == {"step"}:
        return bool(one.dimensions & other.dimensions)
    return same_kind(one.dimensions, other.dimensions)


def _said_by_ends(one: Quantity, written: Reading) -> bool:
    """Tell whether both ends stand there apart: "42 days to 3 days" and 从 42 天缩短到 3 天."""
    fitting = [other for other in written.quantities if same_kind(one.dimensions, other.dimensions)]
    return {one.low, one.high} <= {end for other in fitting for end in (other.low, other.high)}


def _end_of_range(one: Quantity, written: Reading) -> bool:
    """Tell whether it is only one end of a range that stands there."""
    return any(
        one.low == one.high and one.low in (other.low, other.high) and same_kind(one.dimensions, other.dimensions)
        for other in written.quantities
        if other.is_range
    )


def _bound(one: Quantity, alike: list[Quantity], said: Reading, written: Reading) -> Mismatch | None:
    bounds = {other.bound for other in alike}
    if one.bound in bounds:
        return None
    if one.bound is None or None in bounds:
        return Mismatch(kind="bound", text=one.text, certain=False)
    # 低于 80% 不扩张 and 80% 以上才扩张 say the same: bound and denial are both turned.
    turned = denials(said.plain) % 2 != denials(_around(written, alike[0])) % 2
    return Mismatch(kind="turned" if turned else "bound", text=one.text, certain=not turned)


def _around(written: Reading, one: Quantity) -> str:
    start = max((written.plain.rfind(end, 0, one.start) for end in _SENTENCE_END), default=-1) + 1
    ends = [position for end in _SENTENCE_END if (position := written.plain.find(end, one.end)) >= 0]
    return written.plain[start : min(ends, default=len(written.plain))]


def _dates(said: Reading, written: Reading) -> list[Mismatch]:
    known = [moment.fields for moment in written.moments]
    together = frozenset().union(*known) if known else frozenset()
    numbers = {other.low for other in written.quantities if not other.is_range}
    found = []
    for moment in said.moments:
        if any(moment.fields <= fields for fields in known):
            continue
        if moment.fields == {("year", moment.year)} and moment.year in numbers:
            continue
        found.append(Mismatch(kind="date", text=moment.text, certain=not moment.fields <= together))
    return found


def _names(said: Reading, written: Reading, context: Reading) -> list[Mismatch]:
    foreign = is_chinese(written.folded) != is_chinese(said.folded)
    checks: dict[str, Callable[[Name], bool]] = {
        "term": lambda name: _has_word(name, written) or _has_word(name, context),
        "capitalised": lambda name: _has_word(name, written) or _has_word(name, context),
        "title": lambda name: name.key in written.key or name.key in context.key,
        "quoted": lambda name: name.key in written.key or name.key in context.key,
        "person": lambda name: name.key in written.key,
        "speaker": lambda name: name.key in written.key or name.key in context.key,
    }
    return [
        Mismatch(kind="name", text=name.text, certain=not (foreign and _is_translated(name)))
        for name in said.names
        if not checks[name.kind](name)
    ]


def _is_translated(name: Name) -> bool:
    """Tell whether a name may be spelt otherwise in another language; one with a figure in it never is."""
    return name.kind != "person" and not any(character.isdigit() for character in name.key)


def _has_word(name: Name, text: Reading) -> bool:
    return (
        name.key in text.tokens
        or (name.key.endswith("s") and name.key[:-1] in text.tokens)
        or (f"{name.key}s" in text.tokens)
    )
