"""A draft as a Word document."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Literal

from docx import Document
from docx.shared import Cm

from copilot.interfaces.export.blocks import Block, ChartText, Heading, ListItem, Paragraph, Runs, Table
from copilot.interfaces.export.charts import png

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_INDENT_CM = 0.75
_CHART_CM = 13.0


def word(blocks: Sequence[Block], language: Literal["zh", "en"] = "zh") -> bytes:
    """Write every block with Word's own styles, so that a template can be laid over them."""
    document = Document()
    for block in blocks:
        match block:
            case Heading():
                _fill(document.add_heading(level=min(block.level, 4)), block.runs)
            case Paragraph():
                _fill(document.add_paragraph(), block.runs)
            case ListItem():
                _item(document, block)
            case Table():
                _table(document, block)
            case ChartText():
                _chart(document, block, language)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _item(document: Any, item: ListItem) -> None:
    if item.mark == "•" and item.depth == 0:
        _fill(document.add_paragraph(style="List Bullet"), item.runs)
        return
    # Word would count on through every numbered list of the document, so the numbers are written as they are.
    paragraph = document.add_paragraph(style="List")
    paragraph.paragraph_format.left_indent = Cm(_INDENT_CM * (item.depth + 1))
    if item.mark:
        paragraph.paragraph_format.first_line_indent = Cm(-_INDENT_CM)
        paragraph.add_run(f"{item.mark}\t")
    _fill(paragraph, item.runs)


def _table(document: Any, block: Table) -> None:
    table = document.add_table(rows=len(block.rows), cols=len(block.rows[0]), style="Table Grid")
    for r, row in enumerate(block.rows):
        for c, runs in enumerate(row):
            _fill(table.cell(r, c).paragraphs[0], runs)


def _chart(document: Any, block: ChartText, language: Literal["zh", "en"]) -> None:
    drawn = png(block.text, language)
    if drawn is not None:
        shape = document.add_picture(io.BytesIO(drawn), width=Cm(_CHART_CM))
        shape._inline.docPr.set("descr", block.text)  # what screen readers say


def _fill(paragraph: Any, runs: Runs) -> None:
    for run in runs:
        # Word's XML knows no control characters.
        text = "".join(character for character in run.text if character.isprintable() or character in "\t\n")
        paragraph.add_run(text).bold = run.strong or None
