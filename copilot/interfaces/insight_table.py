"""Figures as CSV that a spreadsheet opens without running anything: numbers stay numbers, texts stay texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from copilot.interfaces.insight_contract import FigureBody, InsightBody

#: A spreadsheet takes a text that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "=", "+", "-", "@")
#: Tells Excel that the file is UTF-8.
_MARK = "\ufeff"
Cell = str | float | int | None


def figures_table(body: InsightBody) -> str:
    """Return one line for each figure of a report."""
    head = [
        "group",
        "key",
        "title",
        "value",
        "unit",
        "n",
        "low",
        "high",
        "previous",
        "analysis",
        "action",
        "owner",
        "link",
    ]
    lines: list[Sequence[Cell]] = [
        [
            group.title,
            figure.key,
            figure.title,
            figure.value,
            figure.unit,
            figure.n,
            *(figure.interval or (None, None)),
            figure.previous,
            figure.analysis,
            figure.action,
            figure.owner,
            figure.link,
        ]
        for group in body.groups
        for figure in group.figures
    ]
    return _table([head, *lines])


def rows_table(figure: FigureBody) -> str:
    """Return the breakdown of one figure."""
    return _table(
        [["name", "value", "n", "detail"], *([row.name, row.value, row.n, row.detail] for row in figure.rows)]
    )


def _table(lines: Sequence[Sequence[Cell]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([[_cell(value) for value in line] for line in lines])
    return _MARK + written.getvalue()


def _cell(value: Cell) -> Cell:
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
