"""Tables: a short one as lines, a long or wide one as a preview and a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from copilot.interfaces.slack.elements import AsFile
from copilot.interfaces.slack.mrkdwn import bold, clean, fitted, plain
from copilot.interfaces.slack.spans import Table
from copilot.interfaces.slack.texts import Language, Texts

#: More than this is read in a file.
_ROWS, _CELL, _COLUMNS = 8, 120, 6
_PREVIEW_ROWS, _PREVIEW_CELL = 3, 40
_MORE: Texts = {
    "zh": "共 {rows} 行 {columns} 列,见附件 {name}",
    "en": "{rows} rows, {columns} columns: all in {name}",
}
_TITLE: Texts = {"zh": "表 {number}", "en": "Table {number}"}
#: What spreadsheets take for a formula at the start of a cell (OWASP, CSV injection), full-width forms included.
_FORMULA = re.compile(r"\A\s*[=@＝＠+\-＋－]")
_NUMBER = re.compile(r"[+-]?[\d,.]+%?")


@dataclass(frozen=True, kw_only=True)
class ShownTable:
    """A table as safe mrkdwn, and the file with all of it where the lines do not show all."""

    lines: str
    file: AsFile | None = None


def shown_table(table: Table, number: int, language: Language) -> ShownTable:
    """Show a table; `number` counts from 1 and names the file."""
    head, rows = (table.rows[0], table.rows[1:]) if table.rows else ((), ())
    small = len(rows) <= _ROWS and len(head) <= _COLUMNS
    if small and all(len(cell) <= _CELL for row in table.rows for cell in row):
        return ShownTable(lines="\n".join(_line(head, row, _CELL) for row in rows) or bold(" · ".join(head)))
    name = f"table-{number}.csv"
    file = AsFile(name=name, title=_TITLE[language].format(number=number), content=as_csv(table))
    told = _MORE[language].format(rows=len(rows), columns=len(head), name=name)
    preview = [_line(head[:_COLUMNS], row, _PREVIEW_CELL) for row in rows[:_PREVIEW_ROWS]]
    return ShownTable(lines="\n".join([*preview, f"_{plain(told)}_"]), file=file)


def _line(head: tuple[str, ...], row: tuple[str, ...], most: int) -> str:
    """Write a row as its first cell in bold, and the others each behind its head."""
    first = fitted(row[0], most) if row and row[0] else "—"
    others = [
        f"{fitted(name, most)}: {fitted(cell, most)}" if name else fitted(cell, most)
        for name, cell in zip(head[1:], row[1:], strict=False)
        if cell
    ]
    return "• " + " · ".join([f"*{first}*", *others])


def as_csv(table: Table) -> str:
    """Write a table for a spreadsheet: with a mark of its encoding, and with no cell that computes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_inert(cell) for cell in row] for row in table.rows)
    return "\ufeff" + out.getvalue()


def _inert(cell: str) -> str:
    text = clean(cell)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text.strip()) else text
