"""The parts of a success plan and the words that its headings and labels are known by, in either language.

People rename headings, so any heading or label that holds one of the words is the part (C1, C3, C4, C11, C14, C15, I1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.text import fold

HEADING = re.compile(r"^#{1,6}\s+(.*)$")
#: Blanks are bounded: a line of nothing else must not take minutes.
_NAMED = re.compile(
    r"^(?:[-*+•]\s{1,8}|\d{1,2}[.)、]\s{0,8})?\*{0,4}\s{0,8}([^:：\n*|]{1,40}?)\*{0,4}\s{0,8}[:：]\s*\**\s*(.*)$"
)


@dataclass(frozen=True, kw_only=True)
class PlanField:
    """A part, its title in both languages and the words, folded, that tell it."""

    key: str
    zh: str
    en: str
    words: tuple[str, ...]


#: Every plan has these (C1); more special words first, since the first part that fits is taken.
REQUIRED = (
    PlanField(key="quick_wins", zh="快赢场景", en="quick wins", words=("快赢", "quick win")),
    PlanField(key="milestones", zh="里程碑", en="milestones", words=("里程碑", "milestone")),
    PlanField(
        key="first_value",
        zh="第一价值",
        en="first value",
        words=("第一价值", "首次价值", "下一个价值", "first value", "next value"),
    ),
    PlanField(
        key="outcome",
        zh="预期成果",
        en="desired outcome",
        words=("预期成果", "必要的结果", "期望结果", "desired outcome", "required outcome", "outcome"),
    ),
    PlanField(key="measure", zh="衡量办法", en="how it is measured", words=("衡量", "measure")),
    PlanField(key="experience", zh="合适的体验", en="appropriate experience", words=("体验", "experience")),
    PlanField(
        key="meaning", zh="对客户与KP的意义", en="meaning for the client and the key person", words=("意义", "meaning")
    ),
    PlanField(key="promises", zh="承诺", en="promises", words=("承诺", "promise")),
    PlanField(key="expansion", zh="扩张假设", en="expansion hypothesis", words=("扩张", "expansion")),
    PlanField(key="scenario", zh="已界定场景", en="defined scenario", words=("场景", "scenario")),
)
#: Parts that a plan may have besides.
_FURTHER = (
    PlanField(key="facts", zh="现状", en="where things stand", words=("现状", "where things stand")),
    PlanField(
        key="questions", zh="确认清单", en="to confirm", words=("确认清单", "待确认", "to confirm", "open questions")
    ),
    PlanField(key="phases", zh="分期", en="phases", words=("分期", "阶段", "phase")),
    PlanField(key="calendar", zh="30/90 天安排", en="days 30 and 90", words=("30/90", "30 and 90", "days 30")),
    PlanField(
        key="people", zh="关键人与赞助人", en="key people and sponsor", words=("关键人", "赞助人", "people", "sponsor")
    ),
    PlanField(key="risks", zh="风险与对策", en="risks", words=("风险", "risk")),
    PlanField(key="values", zh="价值记录", en="value log", words=("价值记录", "value log")),
    PlanField(key="review", zh="回顾与数据抓手", en="review and data view", words=("回顾", "review")),
    PlanField(
        key="effort",
        zh="服务档位与投入上限",
        en="level of service",
        words=("投入上限", "服务档位", "level of service", "effort cap"),
    ),
    PlanField(
        key="steps",
        zh="接下来两周",
        en="next two weeks",
        words=("接下来两周", "下一步", "next two weeks", "next steps"),
    ),
    PlanField(key="avoid", zh="先不做", en="not now", words=("先不做", "不要做", "not now")),
)
_SECTIONS = (*_FURTHER, *REQUIRED)
_LABELS = (
    PlanField(key="boss_measure", zh="", en="", words=("老板怎样衡量", "上级怎样衡量", "老板怎么衡量", "boss measure")),
    PlanField(key="boss_measure", zh="", en="", words=("boss",)),
    PlanField(key="sponsor", zh="", en="", words=("赞助人", "sponsor")),
    PlanField(key="kp_meaning", zh="", en="", words=("本人", "for the key person")),
    PlanField(key="meaning", zh="", en="", words=("对公司", "对客户公司", "for the company")),
    PlanField(key="data_hook", zh="", en="", words=("数据抓手", "data view")),
    PlanField(key="review", zh="", en="", words=("90 天回顾", "90天回顾", "review of day")),
    PlanField(key="update", zh="", en="", words=("同步给", "update to")),
)
#: Of the section of first value alone.
_VALUE_LABELS = (
    PlanField(key="date", zh="", en="", words=("日期", "最晚", "date", "by when")),
    PlanField(key="owner", zh="", en="", words=("责任人", "负责", "owner", "responsible")),
    PlanField(key="value", zh="", en="", words=("内容", "what")),
)
_FOR = re.compile(r"^(?:for (?!the company)|对(?!公司|客户公司))")


def section_of(heading: str) -> str | None:
    """Return the key of the part that a heading begins."""
    return _key(heading, _SECTIONS)


def label_of(label: str, section: str | None) -> str | None:
    """Return the key of the field that a label names, in a section."""
    if section == "first_value" and (found := _key(label, _VALUE_LABELS)):
        return found
    found = _key(label, _LABELS)
    if found:
        return found
    if section == "meaning" and _FOR.search(fold(label).strip()):
        return "kp_meaning"
    return _key(label, REQUIRED)


def named(line: str) -> tuple[str, str] | None:
    """Return (label, text) of a line that begins with a label and a colon."""
    match = _NAMED.match(line.strip())
    return (match[1].strip(), match[2].strip()) if match else None


def named_in(heading: str) -> list[str]:
    """Return the keys of all parts that a heading names, as 「预期成果与衡量」 names two."""
    folded = fold(heading)
    found = [field.key for field in REQUIRED if any(word in folded for word in field.words)]
    return [key for key in found if key != "scenario" or found == ["scenario"]]


def title_of(key: str, language: str) -> str:
    """Return what a part is called."""
    field = next(one for one in _SECTIONS if one.key == key)
    return field.zh if language == "zh" else field.en


def _key(name: str, fields: tuple[PlanField, ...]) -> str | None:
    folded = fold(name)
    return next((field.key for field in fields if any(word in folded for word in field.words)), None)
