"""What a draft says has to be done, by whom or by when, read from its text however people have edited it.

Read are tables with a column of what to do beside one of owners or days, items that end in `(by 2026-12-01, Li)` or
name an owner or a day under a heading of next steps, and parts that name one owner for all of it. What has neither an
owner nor a day is no step: nobody could be asked about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from copilot.drafting.content import MARKER
from copilot.drafting.document import QUESTIONS
from copilot.drafting.draft import DraftKind
from copilot.drafting.plan_reading import day_in, read_plan
from knowledge.text import fold

#: More than anybody takes on at once; the rest stands in the text.
MOST_STEPS = 20


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """Something to do; an empty owner or no day is what the draft leaves open, never both."""

    text: str  #: one line, without marks
    detail: str = ""  #: when it is set off, or under which heading it stands
    owner: str = ""
    due: date | None = None


_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*)$")
#: A letter has labels for headings. They are short, and looking for one in a long row of marks has no end.
_LONGEST_LABEL = 120
_LABEL = re.compile(r"^\s*\**([^-|>\s#][^。!?！？|]{0,40}?)\**\s*[:：]\**\s*$")
_ITEM = re.compile(r"^\s{0,3}(?:[-*+•]|\d{1,3}[.)、])\s+(.*)$")
_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_OWNER_LINE = re.compile(r"^\**(?:责任人|负责人|牵头人|owner|responsible)\**\s*[:：]\**\s*(?P<is>.+)$", re.IGNORECASE)
_DATE_LINE = re.compile(r"^\**(?:日期|最晚|截止|date|by when|due)\**\s*[:：]\**\s*(?P<is>.+)$", re.IGNORECASE)
#: As steps are written: `(by 2026-12-01, Li)`, `(2026-12-01 前,李)`.
_TAIL = re.compile(
    r"[(（](?:by\s+)?(\d{4}-\d{2}-\d{2})(?:\s*前)?\s*[,，]\s*([^()（）]{1,60})[)）]\s*[.。]?", re.IGNORECASE
)
_OWNED = re.compile(
    r"[(（]?\s?(?:责任人|负责人|牵头人|owner|responsible)\s*[:：]\s*(?P<is>[^,，;；。()（）|]{1,60})[)）]?",
    re.IGNORECASE,
)
#: Headings under which an item with an owner or a day is a step.
_STEPS = ("下一步", "接下来", "头两周", "步骤", "行动", "待办", "next", "first two weeks", "steps", "action", "to do")
_WHAT = (("我们做", "we do"), ("行动", "action"), ("做什么", "任务", "步骤", "task", "step"))
_WHO = ("责任人", "负责", "牵头", "owner", "responsible")
_WHEN = ("最晚", "日期", "截止", "latest", "date", "due")
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


@dataclass
class _Part:
    """Lines under one heading."""

    title: str = ""
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    owner: str = ""
    due: date | None = None


def next_steps(kind: DraftKind, content: str) -> tuple[NextStep, ...]:
    """Return the steps in the order of the text, each once."""
    found: dict[str, NextStep] = {}
    for step in (*_of_plan(kind, content), *_of_parts(kind, content)):
        text = _plain(step.text)
        if text and (step.owner or step.due):
            found.setdefault(fold(text), replace(step, text=text, detail=_plain(step.detail), owner=_plain(step.owner)))
    return tuple(found.values())[:MOST_STEPS]


def _of_plan(kind: DraftKind, content: str) -> Iterator[NextStep]:
    """First value and the milestones; a step for the client alone is theirs to be reminded of."""
    if kind is not DraftKind.SUCCESS_PLAN:
        return
    plan = read_plan(content)
    if plan.first_value:
        yield NextStep(text=plan.first_value, owner=plan.first_value_owner, due=plan.first_value_date)
    for one in plan.milestones:
        set_off = [text for text in (one.client, one.trigger) if text and text != one.action]
        yield NextStep(text=one.action or one.client, detail=" · ".join(set_off), owner=one.owner, due=one.due)


def _of_parts(kind: DraftKind, content: str) -> Iterator[NextStep]:
    for part in _parts(content):
        rows = list(_of_rows(part)) if kind is not DraftKind.SUCCESS_PLAN else []
        yield from rows
        named = any(word in fold(part.title) for word in _STEPS)
        single = [step for item in part.items if (step := _of_item(item, part.title, named=named)) is not None]
        yield from single
        if (part.owner or part.due) and not rows and not single and kind is not DraftKind.SUCCESS_PLAN:
            fitting = (item for item in part.items if part.due and day_in(item) == part.due)
            text = next(fitting, part.items[0] if part.items else part.title)
            yield NextStep(text=text, detail=part.title if part.items else "", owner=part.owner, due=part.due)


def _parts(content: str) -> Iterator[_Part]:
    ends = {fold(one) for one in QUESTIONS.values()}
    part, skipped = _Part(), False
    for line in content.split("\n"):
        head = _HEADING.match(line) or (_LABEL.match(line) if len(line) <= _LONGEST_LABEL else None)
        if head:
            if not skipped:
                yield part
            part, skipped = _Part(title=_plain(head[1].rstrip("# "))), fold(head[1]).strip("# ") in ends
        elif row := _ROW.match(line):
            if not _RULE.match(line):
                part.rows.append([cell.strip() for cell in row[1].split("|")])
        elif item := _ITEM.match(line):
            _take(part, item[1].strip())
    if not skipped:
        yield part


def _take(part: _Part, item: str) -> None:
    if owner := _OWNER_LINE.match(item):
        part.owner = owner["is"].strip()
    elif day := _DATE_LINE.match(item):
        part.due = day_in(day["is"])
    elif item:
        part.items.append(item)


def _of_item(item: str, title: str, *, named: bool) -> NextStep | None:
    if tail := _TAIL.search(item):
        rest = item[tail.end() :].strip()
        return NextStep(text=item[: tail.start()], detail=rest, owner=tail[2].strip(), due=day_in(tail[1]))
    owned = _OWNED.search(item)
    due = day_in(item)
    if not named or not (owned or due):
        return None
    text = (item[: owned.start()] + item[owned.end() :]) if owned else item
    return NextStep(text=text, detail=title, owner=owned["is"].strip() if owned else "", due=due)


def _of_rows(part: _Part) -> Iterator[NextStep]:
    if len(part.rows) < 2:
        return
    head = [fold(cell).strip() for cell in part.rows[0]]
    who, when = _column(head, _WHO), _column(head, _WHEN)
    if when is None:
        when = next((n for n, cell in enumerate(head) if cell in ("by", "when", "by when")), None)
    what = next((n for words in _WHAT if (n := _column(head, words)) is not None), None)
    if what is None:
        what = next((n for n, cell in enumerate(head) if cell == "what"), None)
    if what is None or (who is None and when is None):
        return
    for cells in part.rows[1:]:
        due = day_in(cells[when]) if when is not None and when < len(cells) else None
        owner = cells[who] if who is not None and who < len(cells) else ""
        if what < len(cells):
            seen = [cells[0]] if what and 0 not in (who, when) else []
            yield NextStep(text=cells[what], detail=" · ".join((*seen, part.title)), owner=owner, due=due)


def _column(head: Sequence[str], words: tuple[str, ...]) -> int | None:
    return next((n for n, cell in enumerate(head) if any(word in cell for word in words)), None)


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", MARKER.sub("", text)).split()).strip(" ,，;；")
