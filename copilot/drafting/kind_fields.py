"""What a draft of a kind with parts lacks: a part, its owner, its day, a meaning or an action. It refuses nothing.

The text is read as people edit it: a part stands under its heading, in a letter behind its label, in either language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from copilot.accounts.account import Account
from copilot.answering.moments import moments
from copilot.drafting.account_facts import plain
from copilot.drafting.composer import Language
from copilot.drafting.document import QUESTIONS
from copilot.drafting.draft import DraftKind, Finding
from copilot.drafting.kinds import KINDS, Kind, Part
from knowledge.text import fold, is_chinese, sentence_spans

_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*)$")
#: Of a line without blanks around it; those inside are bounded, so that a line of nothing else takes no minutes.
_LABEL = re.compile(r"^\*{0,4}([^-|>\s*][^。!?！？|]{0,40}?)\*{0,4}\s{0,8}[:：]\*{0,4}$")
_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")
_OWNER = re.compile(
    r"(?:责任人|负责人|牵头人|owner)\*{0,4}\s{0,8}(?:[:：]\s*|是\s*|is\s+)(?P<name>[^\s,，;；。|][^,，;；。|]*)",
    re.IGNORECASE,
)
_OWNER_HEAD = re.compile(r"责任人|负责人|owner", re.IGNORECASE)
#: Columns of a table of numbers without which a row says nothing (J1, J2).
_MEANT = (
    (re.compile(r"说明|分析|what it means|meaning|analysis", re.I), "analysis"),
    (re.compile(r"行动|action", re.I), "action"),
)
#: How we judge an account, in words.
_JUDGED = re.compile(
    r"\bNPS\b|净推荐值|客情|健康(?:度|分)|流失(?:风险|概率|预警)|续(?:约|费)概率|关系(?:强度|评级)"
    r"|\bhealth score|\bchurn (?:risk|probability)|\brenewal probability|\brelationship (?:score|strength)",
    re.IGNORECASE,
)
#: Shorter pieces of a note are everyday words.
_SHORTEST_NOTE = 8


@dataclass
class _Read:
    """A part as it stands in a text."""

    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)

    def rows(self) -> list[tuple[int, list[str]]]:
        found = []
        for number, text in self.lines:
            match = _ROW.match(text)
            if match and not _RULE.match(text):
                found.append((number, [one.strip() for one in match[1].split("|")]))
        return found


def field_findings(kind: DraftKind, content: str) -> Iterator[Finding]:
    """Yield what is missing, in the language of the draft."""
    spec = KINDS[kind]
    language: Language = "zh" if is_chinese(content) else "en"
    read = _parts(spec, content)
    if _titles_in(read, content, spec, "en") > _titles_in(read, content, spec, "zh"):
        language = "en"
    for part in spec.parts:
        there = read.get(part.key)
        if there is None or not _says(there):
            if part.required:
                yield _missing(part, "part", language, None)
            continue
        if part.owner and not _has_owner(there):
            yield _missing(part, "owner", language, there.line)
        if part.date and not moments(fold(there.text)):
            yield _missing(part, "date", language, there.line)
        yield from _rows(part, there, language)


def judgement_findings(content: str, account: Account | None) -> Iterator[Finding]:
    """Yield where a text for customers tells how we judge them: scores by name, or a piece of our notes."""
    note = plain((account.text("notes") if account else None) or "")
    pieces = [note[start:end].strip(" 。.,，;；") for start, end in sentence_spans(note)]
    pieces = [one for one in pieces if len(one) >= _SHORTEST_NOTE]
    for number, line in enumerate(content.split("\n"), start=1):
        said = [match.group() for match in _JUDGED.finditer(line)]
        said += [one[:20] for one in pieces if fold(one) in fold(line)]
        for one in said:
            message = f"{one!r} is how we judge the client, which is not for customers. Take it out."
            yield Finding(code="internal_judgement", severity="error", message=message, place=f"line {number}")


def _parts(spec: Kind, content: str) -> dict[str, _Read]:
    titles = {fold(title): part.key for part in spec.parts for title in part.title.values()}
    ends = {fold(one) for one in QUESTIONS.values()}
    found: dict[str, _Read] = {}
    held: _Read | None = None
    for number, line in enumerate(content.split("\n"), start=1):
        head = _HEADING.match(line) or _LABEL.match(line.strip())
        name = fold(head[1]).strip().rstrip("#").rstrip() if head else ""
        key = titles.get(name)
        if key is not None:
            held = found.setdefault(key, _Read(line=number))
        elif name in ends or _HEADING.match(line) or line.strip() == "---":
            held = None
        elif held is not None and line.strip():
            held.lines.append((number, line))
    return found


def _titles_in(read: Mapping[str, _Read], content: str, spec: Kind, language: Language) -> int:
    lines = content.split("\n")
    return sum(fold(spec.part(key).title[language]) in fold(lines[one.line - 1]) for key, one in read.items())


def _says(part: _Read) -> bool:
    rows = part.rows()
    others = [text for _, text in part.lines if not _ROW.match(text)]
    return len(rows) > 1 or any(text.strip(" -*•>\t") for text in others)


def _has_owner(part: _Read) -> bool:
    if _OWNER.search(part.text):
        return True
    rows = part.rows()
    at = next((n for n, cell in enumerate(rows[0][1]) if _OWNER_HEAD.search(cell)), None) if rows else None
    return at is not None and len(rows) > 1 and all(at < len(cells) and cells[at] for _, cells in rows[1:])


def _rows(part: Part, there: _Read, language: Language) -> Iterator[Finding]:
    rows = there.rows()
    if part.key != "numbers" or len(rows) < 2:
        return
    for pattern, what in _MEANT:
        at = next((n for n, cell in enumerate(rows[0][1]) if pattern.search(cell)), None)
        lacking = [number for number, cells in rows[1:] if at is None or at >= len(cells) or not cells[at]]
        if lacking:
            yield _missing(part, what, language, lacking[0])


def _missing(part: Part, what: str, language: Language, line: int | None) -> Finding:
    message = _MESSAGES[what][language].format(title=part.title[language])
    place = part.key if line is None else f"line {line}"
    return Finding(code="field_missing", severity="error", message=message, place=place)


_MESSAGES: Mapping[str, Mapping[Language, str]] = {
    "part": {"zh": "缺少「{title}」。请加上这一节。", "en": "“{title}” is missing. Add that part."},
    "owner": {
        "zh": "「{title}」没有责任人。写上“责任人:姓名”。",
        "en": "“{title}” names no owner. Write “Owner: name”.",
    },
    "date": {"zh": "「{title}」没有日期。写上是哪一天。", "en": "“{title}” has no date. Write the day."},
    "analysis": {
        "zh": "「{title}」里有一个数字没有说明。写上它说明什么。",
        "en": "A number under “{title}” has no meaning. Say what it tells.",
    },
    "action": {
        "zh": "「{title}」里有一个数字没有行动。写上做什么、谁做。",
        "en": "A number under “{title}” has no action. Say what follows, and who does it.",
    },
}
