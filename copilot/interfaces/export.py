"""A draft as a file: Markdown always, Word where python-docx is installed."""

from __future__ import annotations

import importlib.util
import io
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from copilot.answering.inert import inert
from copilot.drafting.draft import Draft, Revision, SourceQuote
from copilot.errors import FormatUnavailable


class ExportFormat(StrEnum):
    """The formats of the contract."""

    MARKDOWN = "md"
    WORD = "docx"
    PDF = "pdf"


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file."""

    name: str
    media_type: str
    data: bytes


_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SOURCES = {"zh": "来源", "en": "Sources"}
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_ITEM = re.compile(r"^\s*(?:([-*+•])|(\d{1,2})[.)、])\s+(.*)$")
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:-]+$")


def exported(draft: Draft, revision: Revision, format: ExportFormat) -> Exported:
    """Write a revision with its sources.

    Raises:
        FormatUnavailable: this installation cannot write the format.
    """
    name = f"{draft.kind.value}-{draft.id[:8]}-r{revision.number}.{format.value}"
    if format is ExportFormat.MARKDOWN:
        data = markdown(draft, revision).encode("utf-8", "replace")
        return Exported(name=name, media_type="text/markdown; charset=utf-8", data=data)
    if format is ExportFormat.WORD and importlib.util.find_spec("docx") is not None:
        return Exported(name=name, media_type=_WORD_TYPE, data=_word(markdown(draft, revision)))
    raise FormatUnavailable(f"{format.value!r} cannot be written by this installation. Export `md` instead.")


def markdown(draft: Draft, revision: Revision) -> str:
    """Return the text, and under it where each marker stands."""
    if not revision.quotes:
        return revision.content.rstrip("\n") + "\n"
    lines = [f"[{quote.number}] {_place(quote)}" for quote in revision.quotes]
    return f"{revision.content.rstrip()}\n\n---\n\n## {_SOURCES[draft.language]}\n\n" + "\n\n".join(lines) + "\n"


def _place(quote: SourceQuote) -> str:
    title = " › ".join([quote.title, *(part for part in quote.heading_path if part != quote.title)])
    return f"{inert(title)} · {inert(quote.source)} · v{quote.version}: 「{inert(' '.join(quote.quote.split()))}」"


def _word(text: str) -> bytes:
    """Write headings, lists, tables and paragraphs; everything else stays as it is written."""
    from docx import Document  # type: ignore[import-not-found,unused-ignore]  # an optional package

    document: Any = Document()
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        row = _ROW.match(line)
        if row:
            if not _RULE.match(line):
                rows.append([cell.strip() for cell in row[1].split("|")])
            continue
        if rows:
            _table(document, rows)
            rows = []
        _paragraph(document, line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _paragraph(document: Any, line: str) -> None:
    heading, item = _HEADING.match(line), _ITEM.match(line)
    # Word's XML knows no control characters.
    line = "".join(character for character in line if character.isprintable() or character == "\t")
    if heading:
        document.add_heading(heading[2], level=min(len(heading[1]), 4))
    elif item:
        document.add_paragraph(item[3], style="List Bullet" if item[1] else "List Number")
    elif line.strip() and line.strip() != "---":
        document.add_paragraph(line)


def _table(document: Any, rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    table = document.add_table(rows=len(rows), cols=width)
    for r, cells in enumerate(rows):
        for c, text in enumerate(cells):
            table.cell(r, c).text = "".join(character for character in text if character.isprintable())
