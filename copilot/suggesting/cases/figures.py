"""The figures that a case states, quoted; and those of them that say how much something rose or fell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from copilot.accounts.economics.figure import read_figure
from knowledge.document import StoredDocument
from knowledge.outline import path_at
from knowledge.text import fold, sentence_spans

_MOST = 8
_NUMBER = re.compile(
    r"\d+(?:\.\d+)?\s*(?:%|倍|天|日|周|个月|年|小时|分钟|元|万|亿|家|次|人|days?|weeks?|months?|hours?)",
    re.IGNORECASE,
)
_RESULTS = re.compile(r"结果|成效|效果|成果|数据|result|outcome|impact", re.IGNORECASE)
#: Sections that give advice or name gaps, not results.
_NOT_RESULTS = re.compile(r"复用|条件|没有说|建议|资料没|不要|reuse|condition|not say|limits", re.IGNORECASE)
#: A figure that a case disclaims or only suggests is none of its results.
_DISCLAIMED = re.compile(r"没有给|没有公布|没有写|假设|本手册|举例|例如|hypothe|assum|for example", re.IGNORECASE)
_UP = r"提升|提高|增长|增加|上升|上涨|涨|多了|\brose\b|\brise\b|\bgrew\b|\bincreased?\b|\bgained?\b|\bup\b"
_DOWN = r"下降|降低|减少|缩短|节省|省了|省|\bfell\b|\bdropped\b|\bcut\b|\breduced?\b|\bsaved?\b|\bdown\b"
_PERCENT = r"(?P<percent>\d+(?:\.\d+)?)\s*%"
_BY = re.compile(rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?!到|至|\s*to\b)[^\d,，。;；%]{{0,8}}{_PERCENT}")
_FROM_TO = re.compile(
    r"(?:从|由|\bfrom\b)\s*(?P<from>\d[\d.,]*\s*[万亿kw%]?)[^\d。;；]{0,12}?(?:到|至|\bto\b)\s*(?P<to>\d[\d.,]*\s*[万亿kw%]?)"
)
_EARNING = re.compile(r"营业额|营收|收入|销售额|gmv|成交|客单|复购|转化|asv|revenue|sales|conversion|repeat|order")
_COST = re.compile(r"成本|费用|人力|人工|工时|损耗|开支|cost|labou?r|hours|spend")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A sentence with figures: `quote == text of that version [start:end]`."""

    document_id: str
    source: str
    version: int
    heading_path: tuple[str, ...]
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Effect:
    """How much the earnings rose or a cost fell, as a ratio of what it was before (0.2 = 20 %)."""

    kind: Literal["gain", "saving"]
    ratio: float
    figure: Figure


def figures_of(stored: StoredDocument) -> list[Figure]:
    """Return the sentences of a case that state figures, in order: of its results, if it has such a section."""
    found = list(_figures(stored))
    results = [figure for figure in found if any(_RESULTS.search(heading) for heading in figure.heading_path)]
    return (results or found)[:_MOST]


def effects_of(figures: list[Figure]) -> list[Effect]:
    """Return what the figures say of earnings and costs; anything less plain is left to the reader."""
    return [effect for figure in figures for effect in _effects(figure)]


def _figures(stored: StoredDocument) -> Iterator[Figure]:
    text = stored.document.text
    for start, end in sentence_spans(text):
        quote = text[start:end]
        if quote.startswith("#") or not _NUMBER.search(quote) or _DISCLAIMED.search(quote):
            continue
        path = path_at(text, (), start)
        if any(_NOT_RESULTS.search(heading) for heading in path):
            continue
        yield Figure(
            document_id=stored.id,
            source=stored.document.source,
            version=stored.version,
            heading_path=path,
            quote=quote,
            start=start,
            end=end,
        )


def _effects(figure: Figure) -> Iterator[Effect]:
    for clause in re.split(r"[,，;；。]", fold(figure.quote)):
        earning, cost = _EARNING.search(clause), _COST.search(clause)
        if bool(earning) == bool(cost):
            continue  # about neither, or about both: no telling which figure is whose
        change = _change(clause)
        if change is None:
            continue
        if earning and change > 0:
            yield Effect(kind="gain", ratio=change, figure=figure)
        elif cost and change < 0:
            yield Effect(kind="saving", ratio=min(1.0, -change), figure=figure)


def _change(clause: str) -> float | None:
    """Return the relative change, falling is negative."""
    both = _FROM_TO.search(clause)
    if both:
        before, after = (read_figure(re.sub(r"\s", "", both[name])) for name in ("from", "to"))
        return after.value / before.value - 1 if before and after and before.value > 0 else None
    by = _BY.search(clause)
    if by is None:
        return None
    ratio = float(by["percent"]) / 100
    return ratio if by["up"] else -ratio
