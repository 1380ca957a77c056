"""What a success plan must hold (C1, C3, C4, C11, C14, C15, I1), and where it stands in its Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.answering.moments import moments
from knowledge.text import fold

_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_RECOMMENDATION = re.compile(
    r"^\s*(?:[-*+•]\s+|\d{1,2}[.)、]\s*)?(?:建议|推荐|recommendations?|we recommend)\s*[:：]", re.IGNORECASE
)
_RECOMMENDATIONS = re.compile(r"建议|推荐|recommendation", re.IGNORECASE)
_NAMED = re.compile(r"^\s*(?:[-*+•]\s+)?\**\s*([^:：\n*|]{1,24}?)\**\s*[:：]\s*\**\s*(.*)$")


@dataclass(frozen=True, kw_only=True)
class PlanField:
    """A field and the words, in either language, that its heading or label begins with or holds."""

    key: str
    title: str
    words: tuple[str, ...]


FIELDS = (
    PlanField(key="scenario", title="已界定场景 / defined scenario", words=("场景", "scenario")),
    PlanField(
        key="outcome",
        title="预期成果 / desired outcome",
        words=("预期成果", "必要的结果", "desired outcome", "required outcome"),
    ),
    PlanField(key="measure", title="衡量办法 / how it is measured", words=("衡量", "measure")),
    PlanField(key="experience", title="合适的体验 / appropriate experience", words=("体验", "experience")),
    PlanField(key="first_value", title="第一价值 / first value", words=("第一价值", "首次价值", "first value")),
    PlanField(key="milestones", title="里程碑 / milestones", words=("里程碑", "milestone")),
    PlanField(key="meaning", title="对客户与KP的意义 / meaning for client and KP", words=("意义", "meaning")),
    PlanField(key="quick_wins", title="快赢场景 / quick wins", words=("快赢", "quick win")),
    PlanField(key="promises", title="承诺 / promises", words=("承诺", "promise")),
    PlanField(key="expansion", title="扩张假设 / expansion hypothesis", words=("扩张", "expansion")),
)
_OWNER = re.compile(r"责任人|负责|owner|responsible", re.IGNORECASE)


def fields(content: str) -> Mapping[str, str]:
    """Return by key the text of each field that is there: of its section, or behind its label."""
    found: dict[str, str] = {}
    for name, text in [*_labels(content), *_sections(content)]:
        for field in FIELDS:
            if any(word in fold(name) for word in field.words) and text.strip():
                found[field.key] = f"{found.get(field.key, '')}\n{text}".strip()
    return found


def missing(content: str) -> list[tuple[str, str]]:
    """Return (key, what is missing) for everything a plan lacks."""
    there = fields(content)
    lacking = [(field.key, field.title) for field in FIELDS if field.key not in there]
    if "first_value" in there:
        if not moments(fold(there["first_value"])):
            lacking.append(("first_value_date", "第一价值的日期 / the date of first value"))
        if not _OWNER.search(there["first_value"]):
            lacking.append(("first_value_owner", "第一价值的责任人 / the owner of first value"))
    if "milestones" in there:
        lacking.extend(_milestones(there["milestones"]))
    return lacking


def recommendations(content: str) -> list[tuple[int, str]]:
    """Return (line number from 1, line) of every recommendation."""
    found, inside = [], False
    for number, line in enumerate(content.split("\n"), start=1):
        heading = _HEADING.match(line)
        if heading:
            inside = bool(_RECOMMENDATIONS.search(heading[1]))
        elif _RECOMMENDATION.match(line) or (inside and line.strip() and not _RULE.match(line)):
            found.append((number, line))
    return found


def _milestones(text: str) -> list[tuple[str, str]]:
    rows = [match[1] for line in text.split("\n") if (match := _ROW.match(line)) and not _RULE.match(line)]
    steps = rows[1:] or [line for line in text.split("\n") if re.match(r"^\s*(?:[-*+•]|\d{1,2}[.)、])\s*\S", line)]
    head = rows[0] if rows else text
    lacking = []
    if not any(moments(fold(step)) for step in steps):
        lacking.append(("milestone_dates", "里程碑的日期 / dates of the milestones"))
    if not _OWNER.search(head):
        lacking.append(("milestone_owners", "里程碑的责任人 / owners of the milestones"))
    return lacking


def _sections(content: str) -> list[tuple[str, str]]:
    """Return every heading with the lines up to the next heading."""
    found: list[tuple[str, list[str]]] = []
    for line in content.split("\n"):
        heading = _HEADING.match(line)
        if heading:
            found.append((heading[1], []))
        elif found:
            found[-1][1].append(line)
    # The title of the plan names no field, whatever words stand in it.
    return [(name, "\n".join(lines)) for name, lines in found[1:]]


def _labels(content: str) -> list[tuple[str, str]]:
    return [
        (match[1], line)
        for line in content.split("\n")
        if not _HEADING.match(line) and (match := _NAMED.match(line)) and match[2].strip()
    ]
