"""Small changes to the Markdown of a draft: a cell, a label, an item. Everything else stays as people left it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.drafting.plan_fields import HEADING, label_of, named, section_of
from copilot.drafting.plan_reading import COLUMNS, columns, lines_of
from copilot.drafting.plan_rendering import table_cell
from knowledge.text import fold

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_ITEM = re.compile(r"^(\s*)([-*+•]|\d{1,3}[.)、])(\s+)(.*)$")
#: A question that the text points to: 「见问题 3」, "(question 3)".
_POINTED = r"(?:\s?[(（]\s*(?:问题|question)\s*{n}\s*[)）]|(?:见|see)\s*(?:问题|question)\s*{n}(?!\d))"
_ANY_POINTED = re.compile(_POINTED.format(n=r"(\d{1,4})"))


def set_cell(content: str, place: int, column: str, text: str) -> str:
    """Replace a cell of the table row in a line; a table without that column stays as it is."""
    lines = content.split("\n")
    head = next((at for at in range(place - 2, -1, -1) if not _ROW.match(lines[at])), -1)
    heads = columns(_cells(lines[head + 1]))
    cells = _cells(lines[place - 1])
    index = heads.get(column)
    if index is not None and index < len(cells):
        cells[index] = table_cell(text)
        lines[place - 1] = f"| {' | '.join(cells)} |"
    return "\n".join(lines)


def has_cell(content: str, place: int) -> bool:
    """Tell whether a line is a row of a table."""
    return _ROW.match(content.split("\n")[place - 1]) is not None


def set_label(content: str, place: int, text: str) -> str:
    """Replace what stands behind the label of a line; a line without one is replaced behind its bullet."""
    lines = content.split("\n")
    line = lines[place - 1]
    label = named(line)
    if label is not None:
        at = re.search(r"[:：]\s*", line)
        lines[place - 1] = f"{line[: at.end() if at else len(line)]}{text}"
    else:
        item = _ITEM.match(line)
        lines[place - 1] = f"{item[1]}{item[2]}{item[3]}{text}" if item else text
    return "\n".join(lines)


def labelled_line(content: str, key: str, words: tuple[str, ...]) -> int | None:
    """Return the line (from 1) with a label for this field: by its key in a plan, else by its words."""
    lines = lines_of(content)
    for line in lines:
        label = named(line.text)
        if label and line.section != "questions" and label_of(label[0], line.section) == key:
            return line.number
    for line in lines:
        label = named(line.text)
        if label and line.section != "questions" and any(word in fold(label[0]) for word in words):
            return line.number
    return None


def add_item(content: str, section: str | None, text: str) -> str | None:
    """Add an item behind the last one of a part, in its form; None when there is no such part."""
    lines = content.rstrip("\n").split("\n")
    if section is None:
        last = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()), 0)
        item = _ITEM.match(lines[last])
        return "\n".join(
            [*lines[: last + 1], *(() if item else ("",)), f"- {text}" if item else text, *lines[last + 1 :]]
        )
    span = section_lines(lines, section)
    if span is None:
        return None
    start, end = span
    rows = [at for at in range(start, end) if _ROW.match(lines[at])]
    if rows:
        heads = columns(_cells(lines[rows[0]]))
        size = len(_cells(lines[rows[0]]))
        cells = _row_cells(text, heads, size, len(rows) - 1)
        lines.insert(rows[-1] + 1, f"| {' | '.join(map(table_cell, cells))} |")
        return "\n".join(lines)
    items = [at for at in range(start, end) if _ITEM.match(lines[at])]
    if not items:
        lines.insert(start, f"\n- {text}")
        return "\n".join(lines)
    last = items[-1]
    mark = _ITEM.match(lines[last])
    numbered = mark is not None and mark[2][0].isdigit()
    while last + 1 < end and lines[last + 1][:1].isspace() and lines[last + 1].strip():
        last += 1
    lines.insert(last + 1, f"{len(items) + 1}. {text}" if numbered else f"- {text}")
    return "\n".join(lines)


def remove_line(content: str, place: int) -> str:
    """Take a line out with what goes on from it, and count the items or rows after it anew."""
    lines = content.split("\n")
    end = place
    while end < len(lines) and lines[end][:1].isspace() and lines[end].strip():
        end += 1
    taken = lines[place - 1]
    del lines[place - 1 : end]
    if _ROW.match(taken):
        _recount_rows(lines, place - 1)
    elif (item := _ITEM.match(taken)) and item[2][0].isdigit():
        _recount_items(lines, place - 1, int(re.sub(r"\D", "", item[2])))
    return "\n".join(lines)


def remove_line_only(content: str, place: int) -> str:
    """Take a line out and leave every number as it is."""
    lines = content.split("\n")
    del lines[place - 1]
    return "\n".join(lines)


def section_lines(lines: list[str], section: str) -> tuple[int, int] | None:
    """Return (first, end) of the lines under a part's heading, counted from 0."""
    start = None
    for at, line in enumerate(lines):
        heading = HEADING.match(line)
        if start is not None and (heading or line.strip() == "---"):
            return start, at
        if heading and at > 0 and section_of(heading[1]) == section:
            start = at + 1
    return None if start is None else (start, len(lines))


def pointing(content: str, number: int) -> list[int]:
    """Return the lines (from 1) outside the list of questions that point to a question."""
    pattern = re.compile(_POINTED.format(n=number))
    return [line.number for line in lines_of(content) if line.section != "questions" and pattern.search(line.text)]


def pointed(content: str, place: int) -> set[int]:
    """Return the numbers of the questions that a line (from 1) outside the list of questions points to."""
    line = lines_of(content)[place - 1]
    if line.section == "questions":
        return set()
    return {int(number) for match in _ANY_POINTED.findall(line.text) for number in match if number}


def without_pointer(text: str, number: int, answer: str = "") -> str:
    """Return a text that points to a question no more; `answer` takes the place of a bare 「见问题」."""
    pattern = re.compile(_POINTED.format(n=number))
    return pattern.sub(lambda match: answer if re.match(r"见|see", match.group()) else "", text)


def _row_cells(text: str, heads: Mapping[str, int], size: int, number: int) -> list[str]:
    given = [one.strip() for one in re.split(r"\s*[|；;]\s*", text)]
    cells = [""] * size
    if "client" in heads and size >= len(COLUMNS):  # milestones: the first cell counts
        cells[0] = str(number)
        order = [heads[name] for name in ("client", "product", "trigger", "action", "owner", "due") if name in heads]
        for index, one in zip(order, given, strict=False):
            cells[index] = one
        return cells
    return [*given, *cells][:size]


def _recount_rows(lines: list[str], start: int) -> None:
    top = start
    while top > 0 and _ROW.match(lines[top - 1]):
        top -= 1
    rows = [at for at in range(top, len(lines)) if _ROW.match(lines[at]) and at - top < 200]
    number = 0
    for at in rows:
        if at > top and not _ROW.match(lines[at - 1]):
            break
        cells = _cells(lines[at])
        if cells and cells[0].isdigit():
            number += 1
            cells[0] = str(number)
            lines[at] = f"| {' | '.join(cells)} |"


def _recount_items(lines: list[str], start: int, number: int) -> None:
    for at in range(start, len(lines)):
        item = _ITEM.match(lines[at])
        if item is None or not item[2][0].isdigit():
            if lines[at].strip() and not lines[at][:1].isspace():
                return
            continue
        lines[at] = f"{item[1]}{number}{item[2][-1]}{item[3]}{item[4]}"
        number += 1


def _cells(row: str) -> list[str]:
    match = _ROW.match(row)
    return [cell.strip() for cell in match[1].split("|")] if match else []
