"""Rows of cells → text: every row says what its cells are called; a table of questions and answers becomes an FAQ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.document import WrittenQuestion
from knowledge.outline import slug
from knowledge.text import fold

Row = Sequence[str]

#: Remarks that templates put into headers: 问题（必填）.
_REMARK = re.compile(r"[(（].*?[)）]|[*:：]")
_QUESTION = re.compile(r"(?:标准|常见|客户|用户)?(?:问题|提问|问法|问句|问)|(?:question|faq|q)s?|标准问")
_SIMILAR = re.compile(r"(?:相似|扩展|其他|类似)(?:问题|问法|提问|问)|(?:similar|other|alternative) questions?|同义问")
_ANSWER = re.compile(r"(?:标准|参考)?(?:答案|回答|答复|回复|解答|答)|(?:answer|reply|response|a)s?")
_CONTENT = re.compile(r"(?:分段|段落)?内容|content|text|正文")
_HEADING = re.compile(r"(?:分段)?标题|title")
#: A header cell is a name: longer ones are data.
_LONGEST_NAME = 60
#: A row up to this long stands on one line.
_SHORT_ROW = 300
_NUMBER = re.compile(r"[\d.,:/%+\-\s]+")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The text of a table, and the questions it answers; without questions it is no FAQ."""

    text: str
    questions: tuple[WrittenQuestion, ...] = ()


def render(rows: Iterable[Row]) -> Rendered:
    """Return the table as text; blank rows are skipped and rows may be of any length."""
    kept = [cells for row in rows if any(cells := [cell.strip() for cell in row])]
    if not kept:
        return Rendered(text="")
    if not _is_header(kept):
        return Rendered(text="\n".join(" | ".join(cell for cell in row if cell) for row in kept))
    header, body = kept[0], kept[1:]
    return _faq(header, body) or Rendered(text="\n".join(_record(header, row) for row in body))


def _is_header(rows: Sequence[Row]) -> bool:
    names = [name for name in rows[0] if name]
    if len(rows) < 2 or len(names) < 2 or len(set(names)) < len(names):
        return False
    return all(len(name) <= _LONGEST_NAME and not _NUMBER.fullmatch(name) for name in names)


def _record(header: Row, row: Row, left_out: frozenset[int] = frozenset()) -> str:
    fields = []
    for place, cell in enumerate(row):
        if cell and place not in left_out:
            name = header[place] if place < len(header) else ""
            fields.append(f"{name}: {cell}" if name else cell)
    line = "; ".join(fields)
    return line if len(line) <= _SHORT_ROW and "\n" not in line else "\n".join([*fields, ""])


def _faq(header: Row, rows: Sequence[Row]) -> Rendered | None:
    """Return a section for each question, None when the table has no columns of questions and answers."""
    names = [fold(_REMARK.sub("", name)).strip() for name in header]
    question, answer = _place(names, _QUESTION), _place(names, _ANSWER)
    if answer is None and question is not None:
        answer = _place(names, _CONTENT)
    if question is None or answer is None:
        return None
    heading, similar = _place(names, _HEADING), _place(names, _SIMILAR)
    used = frozenset(place for place in (question, answer, heading, similar) if place is not None)
    sections: list[str] = []
    questions: list[WrittenQuestion] = []
    for row in rows:
        asked = [*_lines(row, question), *_lines(row, similar)]
        title = " ".join(_lines(row, heading)) or (asked[0] if asked else "")
        text = _cell(row, answer)
        if not title or not text:  # a remark, a category, a question that nobody has answered yet
            sections.append(_record(header, row))
            continue
        rest = _record(header, row, used)
        sections.append("\n\n".join(part for part in (f"## {title}", text, rest) if part))
        questions.extend(WrittenQuestion(text=one, section=slug(title)) for one in dict.fromkeys(asked))
    return Rendered(text="\n\n".join(sections), questions=tuple(questions)) if questions else None


def _place(names: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    return next((place for place, name in enumerate(names) if pattern.fullmatch(name)), None)


def _cell(row: Row, place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _lines(row: Row, place: int | None) -> list[str]:
    return [" ".join(line.split()) for line in _cell(row, place).split("\n") if line.strip()]
