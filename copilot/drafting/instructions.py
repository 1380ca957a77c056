"""What a person asks to have changed in a draft, in Chinese or English → one typed change. No model takes part.

What is not understood is never guessed: it comes back with examples to pick from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from copilot.drafting.composer import Language
from copilot.drafting.instruction_words import (
    FIELDS,
    LANGUAGES,
    LISTS,
    examples,
    ordinal,
    unclear,
)
from copilot.drafting.moving import When, when_of
from knowledge.text import fold, is_chinese


@dataclass(frozen=True, kw_only=True)
class MoveMilestone:
    """Another date for a milestone; `number` counts from 1, -1 is the last one, None was not said."""

    number: int | None
    when: When | None


@dataclass(frozen=True, kw_only=True)
class MoveFirstValue:
    """Another date for first value, and for the milestone of that day."""

    when: When


@dataclass(frozen=True, kw_only=True)
class SetOwner:
    """Another owner: of a milestone, or of everything that is ours."""

    name: str
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class SwitchLanguage:
    """The whole text in another language."""

    language: Language


@dataclass(frozen=True, kw_only=True)
class SetField:
    """Another text for a field that stands behind a label."""

    key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class AddLine:
    """One more item in a part; `section` None: at the end."""

    section: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class RemoveLine:
    """An item by its number in a part, or the one line that holds a text."""

    section: str | None
    number: int | None = None
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerQuestion:
    """What only a person could say (C2)."""

    number: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Shorten:
    """Say less."""


@dataclass(frozen=True, kw_only=True)
class Formal:
    """Say it more formally."""


Instruction = (
    MoveMilestone
    | MoveFirstValue
    | SetOwner
    | SwitchLanguage
    | SetField
    | AddLine
    | RemoveLine
    | AnswerQuestion
    | Shorten
    | Formal
)

_N = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3}|first|second|third|fourth|fifth|last|1st|2nd|3rd|[4-9]th)"
_MILESTONE = re.compile(
    rf"第\s*(?P<a>{_N})\s*(?:个|条)?\s*里程碑|里程碑\s*(?P<b>{_N})|(?P<c>最后)(?:一个)?里程碑"
    rf"|\bmilestone\s*#?\s*(?P<d>\d+)|\b(?P<e>{_N})\s+milestone|(?P<f>里程碑|\bmilestone)"
)
_FIRST_VALUE = re.compile(r"第一价值|首次价值|下一个价值|first value|next value")
_MOVES = re.compile(
    r"提前|推迟|延后|延期|推后|[改挪移调放推]到|定[在到]|(?:改|换|设|定)[为成]|\b(?:move|postpone|delay|push|bring|reschedule|set|shift|change)\b"
)
_TO = r"(?:换成|换为|改成|改为|改由|变成|设为|定为|写成|写为|填成|填|是|->|→|[:：=]|\bto be\b|\bto\b|\bis\b|\bas\b)"
_OWNER = re.compile(
    rf"(?:负责人|责任人|\bowner\b)(?:\s*(?:of|for)\s+(?:the\s+)?milestone\s*\d+)?\s*{_TO}\s*(?P<name>[^,,。;;!!?？\n]{{1,60}})",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:请)?(?:改)?(?:由|让|换)\s*(?P<name>[^,,。;;\n]{1,20}?)\s*(?:来)?(?:负责|做负责人)")
_ASSIGN = re.compile(
    r"\bassign\s+(?:it|this|the plan|(?:the\s+)?milestone\s*\d+|everything)?\s*to\s+(?P<name>[^,.;\n]{1,60})",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    r"^(?:请|麻烦)?(?:把?(?:它|全文|计划|草稿|这份|整份)?)?\s*"
    r"(?:换成|改成|改为|换为|转成|译成|翻译成|翻成|用|写成|要"
    r"|(?:please\s+)?(?:switch|translate|write|put|make)?\s*(?:it|this|the draft|the plan)?\s*(?:in|into|to)?)\s*"
    r"(?P<language>英文|英语|中文|汉语|简体中文|english|chinese)\s*(?:版本?|写|的?吧|来写|please)?[。.!！]?$"
)
_ANSWER = re.compile(
    r"^(?:请)?(?:回答|填|确认)?\s*(?:问题|question|q|answer(?:\s+(?:to\s+)?question)?|slot|确认|空)\s*#?\s*(?P<n>\d{1,2})\s*"
    r"(?:的?(?:答案|答复|回答))?\s*(?:[:：=]|是|为|->|→|\bis\b|填|,|,)\s*(?P<text>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ADD = re.compile(
    r"^(?:请|再|please\s+)*(?:增加|添加|新增|补充|补上|加上|加入|加|add)\s*"
    r"(?:一|1|上|an?\b|another\b|one more\b)?\s*(?:个|条|项|行|句)?\s*"
    r"(?P<what>[^:：\n]{0,24}?)\s*[:：]\s*(?P<text>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_REMOVE = re.compile(
    r"^(?:请|把|please\s+)*(?:删掉|删除|删去|去掉|移除|拿掉|去除|(?:remove|delete|drop|take out)\b)\s*(?:the\s+)?"
    r"(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_REMOVE_AFTER = re.compile(r"^(?:请)?把(?P<what>.+?)(?:删掉|删除|删去|去掉|移除|拿掉)[。!]?$")
_NUMBERED = re.compile(rf"第\s*(?P<a>{_N})|(?P<b>{_N})(?:st|nd|rd|th)?\b|(?P<c>最后)", re.IGNORECASE)
_SHORT = re.compile(r"短一?[点些]|简短|精简|缩短|太长|简洁|\bshort(?:er|en)?\b|\bconcise\b|\btoo long\b|\bbriefer\b")
_FORMAL = re.compile(r"正式|\bformal(?:ly)?\b")
_LONGEST = 2_000
#: 「能不能短一点?」 asks for a change, 「怎么写短一点?」 asks how.
_POLITE = re.compile(
    r"^(?:能不能|可不可以|可以|能|麻烦你?|请你|帮我|(?:can|could|would) you(?: please)?)\s*"
    r"(?P<rest>.+?)\s*(?:吗|呢|please)?[??？。]*$",
    re.IGNORECASE | re.DOTALL,
)
_QUESTION = re.compile(
    r"[?？]\s*$|^(?:怎么|怎样|如何|为什么|为啥|什么|哪|谁|(?:how|what|why|when|which|who|should|does|is|are)\b)"
)
#: A longer text speaks of tone, but asks for none.
_LONGEST_TONE = 40


def understand(said: str, *, today: date) -> Instruction:
    """Read one instruction; the first reading that fits, from the most particular to the most general.

    Raises:
        InstructionUnclear: it is none that is known; with examples in the language it was written in.
    """
    text = " ".join(said.split()) if "\n" not in said.strip() else said.strip()
    language: Language = "zh" if is_chinese(text) else "en"
    if not text or len(text) > _LONGEST:
        raise unclear("empty" if not text else "long", language, examples(language))
    polite = _POLITE.match(text)
    text = polite["rest"].strip() if polite else text
    if not polite and _QUESTION.search(fold(text)):
        raise unclear("unknown", language, examples(language), said=text[:60])
    found = (
        _language(text)
        or _answer(text)
        or _add(text)
        or _remove(text)
        or _owner(text)
        or _moved(text, today)
        or _field(text)
        or _tone(text)
    )
    if found is not None:
        return found
    raise unclear("unknown", language, examples(language), said=text[:60])


def _language(text: str) -> Instruction | None:
    match = _LANGUAGE.match(fold(text))
    return SwitchLanguage(language=LANGUAGES[match["language"]]) if match else None


def _answer(text: str) -> Instruction | None:
    match = _ANSWER.match(text)
    return AnswerQuestion(number=int(match["n"]), text=match["text"].strip()) if match else None


def _add(text: str) -> Instruction | None:
    match = _ADD.match(text)
    if match is None or not match["text"].strip():
        return None
    return AddLine(section=_list_of(match["what"]), text=match["text"].strip())


def _remove(text: str) -> Instruction | None:
    match = _REMOVE_AFTER.match(text) or _REMOVE.match(text)
    if match is None:
        return None
    what = match["what"].strip().strip("。.!")
    quoted = re.search(r"[「“\"'『](.+?)[」”\"'』]", what)
    if quoted:
        return RemoveLine(section=None, text=quoted[1])
    section, number = _list_of(what), _NUMBERED.search(fold(what))
    if section is not None:
        said = next((one for one in number.groups() if one), None) if number else None
        return RemoveLine(section=section, number=ordinal(said) if said else None)
    _, colon, rest = what.replace("：", ":").partition(":")
    return RemoveLine(section=None, text=(rest if colon else what).strip())


def _owner(text: str) -> Instruction | None:
    match = _OWNER.search(text) or _BY.search(text) or _ASSIGN.search(text)
    if match is None or not match["name"].strip():
        return None
    said = _milestone(text)
    return SetOwner(name=match["name"].strip(" .。"), number=said[0] if said else None)


def _moved(text: str, today: date) -> Instruction | None:
    folded = fold(text)
    if not _MOVES.search(folded):
        return None
    said = _milestone(text)
    when = when_of(_MILESTONE.sub(" ", folded), today)
    if said is not None and (when is not None or not re.search(_TO, folded)):
        return MoveMilestone(number=said[0], when=when)
    return MoveFirstValue(when=when) if when is not None and _FIRST_VALUE.search(folded) else None


def _field(text: str) -> Instruction | None:
    match = re.match(
        rf"^(?:请|please\s+)*(?:把|将|set\s+|change\s+|make\s+)?(?:the\s+)?(?P<label>[^:：=\n]{{1,40}}?)\s*{_TO}\s*(?P<text>.+)$",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return None
    label = fold(match["label"]).strip()
    for key, words in FIELDS.items():
        if any(word in label for word in words) and len(label) <= max(map(len, words)) + 16:
            return SetField(key=key, text=match["text"].strip(" 。") if key != "measure" else match["text"].strip())
    return None


def _tone(text: str) -> Instruction | None:
    folded = fold(text)
    if len(folded) > _LONGEST_TONE:
        return None
    if _SHORT.search(folded):
        return Shorten()
    return Formal() if _FORMAL.search(folded) else None


def _milestone(text: str) -> tuple[int | None] | None:
    match = _MILESTONE.search(fold(text))
    if match is None:
        return None
    said = next((one for name, one in match.groupdict().items() if one and name != "f"), None)
    return (ordinal(said) if said else None,)


def _list_of(what: str) -> str | None:
    folded = fold(what)
    return next((key for key, words in LISTS.items() if any(word in folded for word in words)), None)
