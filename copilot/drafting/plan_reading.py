"""The Markdown of a plan → the plan, however people have edited it: what cannot be read is simply not there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from copilot.answering.moments import moments
from copilot.drafting.content import MARKER
from copilot.drafting.plan import LEAST, MOST, KeyPerson, Milestone, Origin, Plan, Question, Risk, Scenario, Score
from copilot.drafting.plan_fields import HEADING, label_of, named, named_in, section_of
from knowledge.text import fold

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_ITEM = re.compile(r"^(\s*)(?:[-*+•]|(\d{1,3})[.)、])\s*(.*)$")
_RECOMMENDATION = re.compile(
    r"^\s*(?:[-*+•]\s+|\d{1,2}[.)、]\s*)?(?:建议|推荐|recommendations?|we recommend)\s*[:：]\s*", re.IGNORECASE
)
_SCORE = re.compile(r"^(\d)\s*(\*?)$")
_COLON = re.compile("[:：]")
#: Column of a table of milestones → the words of its head, special ones first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "trigger": ("当这件事", "触发", "发生时", "when this", "trigger"),
    "action": ("我们做", "做什么", "we do", "action"),
    "product": ("产品", "product"),
    "owner": ("责任人", "负责", "owner", "responsible"),
    "due": ("最晚", "日期", "date", "latest", "due"),
    "client": ("客户", "里程碑", "client", "milestone"),
}
#: Parts whose text counts for what their heading names, even without a label.
_PROSE = frozenset({"scenario", "outcome", "first_value", "meaning"})
_LISTS = ("facts", "phases", "calendar", "promises", "values", "effort", "steps", "avoid")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the text, counted from 1, and the part it stands in."""

    number: int
    text: str
    section: str | None


@dataclass
class _Parts:
    """What was found, before it becomes a plan."""

    name: str = ""
    heading: str = ""
    lists: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in (*_LISTS, "quick_wins")})
    fields: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    advice: dict[str, list[str]] = field(default_factory=dict)
    scenarios: list[Scenario] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    people: list[KeyPerson] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    expansion: list[str] = field(default_factory=list)


def lines_of(content: str) -> list[Line]:
    """Return every line with its part; the first heading is the title and begins none, but in letters the questions."""
    found, section, titled = [], None, False
    for number, text in enumerate(content.split("\n"), start=1):
        heading = HEADING.match(text)
        if heading and (titled or section_of(heading[1]) == "questions"):
            section = section_of(heading[1])
        titled = titled or heading is not None
        found.append(Line(number=number, text=text, section=section))
    return found


def read_plan(content: str) -> Plan:
    """Read a plan; `places` has the line of each part: `measure`, `milestones`, `milestones/2`, `first_value`, …"""
    parts = _Parts()
    head: dict[str, int] | None = None
    for line in lines_of(content):
        heading, row, item = HEADING.match(line.text), _ROW.match(line.text), _ITEM.match(line.text)
        key = line.section
        if heading:
            head, parts.heading = None, heading[1]
            if not parts.name and key is None:
                parts.name = _COLON.split(heading[1], maxsplit=1)[-1].strip()
            elif key:
                parts.places.setdefault(key, line.number)
        elif recommended := _RECOMMENDATION.match(line.text):
            _recommendation(parts, line, line.text[recommended.end() :])
        elif row and not _RULE.match(line.text):
            cells = [cell.strip() for cell in row[1].split("|")]
            if head is None and (found := columns(cells) or line.section != "milestones"):
                head = found if isinstance(found, dict) else {}
            else:
                head = {"client": min(1, len(cells) - 1)} if head is None else head  # the head was cut out
                _row(parts, line, cells, head)
        elif not row:
            head = None
            _text(parts, line, item)
    return _plan(parts)


def day_in(text: str) -> date | None:
    """Return the first whole date of a text."""
    for one in moments(fold(text)):
        if one.year and one.month and one.day:
            try:
                return date(one.year, one.month, one.day)
            except ValueError:
                continue
    return None


def _recommendation(parts: _Parts, line: Line, text: str) -> None:
    """One inside a list belongs to its item, so that the two are edited together."""
    key = line.section or ""
    if line.text[:1].isspace() and parts.lists.get(key):
        parts.lists[key][-1] += f"\n{line.text}"
    else:
        parts.advice.setdefault(key, []).append(text)


def _text(parts: _Parts, line: Line, item: re.Match[str] | None) -> None:
    label = named(line.text)
    key = label_of(label[0], line.section) if label else None
    text = (item[3] if item else line.text).strip()
    if not text:
        return
    if line.section == "first_value" and "date" not in parts.fields and moments(fold(text)):
        parts.fields["date"] = text
        parts.places.setdefault("date", line.number)
    if not (label and key):
        for one in named_in(parts.heading) if line.section in _PROSE else ():
            parts.fields.setdefault(one, text)
            parts.places.setdefault(one, line.number)
    if not (item or label):
        return
    if line.section == "questions":
        _question(parts, line, item)
        return
    if label and key and label[1] and (line.section not in _LISTS or key == "update"):
        parts.fields[key] = label[1]
        parts.places[key] = line.number
    if line.section == "milestones" and item:
        _listed_milestone(parts, line, text)
    elif line.section == "expansion":
        parts.expansion.append(text)
        parts.places.setdefault("expansion/1", line.number)
    elif line.section in parts.lists and item and not (label and key == "update"):
        parts.lists[line.section].append(text)
        parts.places[f"{line.section}/{len(parts.lists[line.section])}"] = line.number
    elif line.section == "risks" and item:
        parts.risks.append(Risk(name=text, basis="", counter=""))
        parts.places[f"risks/{len(parts.risks)}"] = line.number
    elif line.section == "people" and item and not label:
        name, _, title = text.replace("（", "(").rstrip(")）").partition("(")
        parts.people.append(KeyPerson(name=name.strip(), title=title.strip()))
        parts.places[f"people/{len(parts.people)}"] = line.number
    elif line.section == "scenario" and item and not label:
        parts.fields.setdefault("scenario", text)


def _question(parts: _Parts, line: Line, item: re.Match[str] | None) -> None:
    if item is None or not item[2]:
        return
    field_name, *rest = (part.strip() for part in _COLON.split(item[3], maxsplit=1))
    parts.questions.append(Question(number=int(item[2]), field=field_name, text=rest[0] if rest else item[3]))
    parts.places[f"questions/{item[2]}"] = line.number


def columns(cells: Sequence[str]) -> dict[str, int]:
    """Return which cell of a table's head is which column of milestones."""
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        folded = fold(cell)
        for key, words in COLUMNS.items():
            if key not in found and any(word in folded for word in words):
                found[key] = index
                break
    return found


def _row(parts: _Parts, line: Line, cells: Sequence[str], head: Mapping[str, int]) -> None:
    def cell(name: str) -> str:
        index = head.get(name)
        return cells[index] if index is not None and index < len(cells) else ""

    if line.section == "milestones":
        step = Milestone(
            client=cell("client"),
            product=cell("product"),
            trigger=cell("trigger"),
            action=cell("action"),
            owner=cell("owner"),
            due=day_in(cell("due") if "due" in head else " ".join(cells)),
        )
        parts.milestones.append(step)
        parts.places[f"milestones/{len(parts.milestones)}"] = line.number
    elif line.section == "scenario" and len(cells) >= 6:
        _scenario(parts, line, cells)
    elif line.section == "people":
        parts.people.append(KeyPerson(name=cells[0], title=cells[1] if len(cells) > 1 else ""))
        parts.places[f"people/{len(parts.people)}"] = line.number
    elif line.section == "risks" and len(cells) >= 3:
        parts.risks.append(Risk(name=cells[0], basis=cells[1], counter=cells[2]))
        parts.places[f"risks/{len(parts.risks)}"] = line.number


def _scenario(parts: _Parts, line: Line, cells: Sequence[str]) -> None:
    scores = [_score(cell) for cell in cells[1:4]]
    impact, effort, probability = (score or Score(value=3) for score in scores)
    parts.scenarios.append(
        Scenario(name=cells[0], impact=impact, effort=effort, probability=probability, basis=cells[5])
    )
    parts.places[f"scenario/{len(parts.scenarios)}"] = line.number


def _score(cell: str) -> Score | None:
    match = _SCORE.match(cell)
    if match is None or not LEAST <= int(match[1]) <= MOST:
        return None
    # Whether a number that is no default came from a fact or a person, the text does not say.
    origin: Origin = "default" if match[2] else "input"
    return Score(value=int(match[1]), origin=origin)


def _listed_milestone(parts: _Parts, line: Line, text: str) -> None:
    owner = re.search(r"(?:责任人|负责人?|owner|responsible)\s*[:：]?\s*([^,,;;。()()]+)", text, re.IGNORECASE)
    trigger = re.search(r"(?:当|一旦|when|once)\s*([^,,;;→。]+)", text, re.IGNORECASE)
    parts.milestones.append(
        Milestone(
            client=MARKER.sub("", text).strip(),
            product="",
            trigger=trigger[1].strip() if trigger else "",
            action="",
            owner=owner[1].strip() if owner else "",
            due=day_in(text),
        )
    )
    parts.places[f"milestones/{len(parts.milestones)}"] = line.number


def _plan(parts: _Parts) -> Plan:
    fields, lists = parts.fields, {key: tuple(texts) for key, texts in parts.lists.items()}
    scenarios = tuple(parts.scenarios)
    if not scenarios and (said := fields.get("scenario")):
        scenarios = (
            Scenario(name=said, impact=Score(value=3), effort=Score(value=3), probability=Score(value=3), basis=""),
        )
    return Plan(
        name=parts.name,
        facts=lists["facts"],
        scenarios=scenarios,
        quick_wins=lists["quick_wins"],
        phases=lists["phases"],
        outcome=fields.get("outcome", ""),
        measure=fields.get("measure", ""),
        boss_measure=fields.get("boss_measure", ""),
        experience=fields.get("experience", ""),
        first_value=fields.get("value", fields.get("first_value", "")),
        first_value_date=day_in(fields.get("date", "")),
        first_value_owner=fields.get("owner", ""),
        milestones=tuple(parts.milestones),
        people=tuple(parts.people),
        sponsor=fields.get("sponsor", ""),
        meaning=fields.get("meaning", ""),
        kp_meaning=fields.get("kp_meaning", ""),
        risks=tuple(parts.risks),
        calendar=lists["calendar"],
        promises=lists["promises"],
        values=lists["values"],
        update=fields.get("update", ""),
        review=fields.get("review", ""),
        data_hook=fields.get("data_hook", ""),
        effort=lists["effort"],
        expansion="; ".join(parts.expansion),
        steps=lists["steps"],
        avoid=lists["avoid"],
        questions=tuple(parts.questions),
        advice={key: tuple(texts) for key, texts in parts.advice.items()},
        places=parts.places,
    )
