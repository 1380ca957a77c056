"""A draft as a PDF that screen readers can read (PDF/UA-1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Literal

import typst

from copilot.errors import FontMissing
from copilot.interfaces.export.blocks import Block, ChartText, Heading, ListItem, Paragraph, Rule, Runs, Table
from copilot.interfaces.export.charts import svg
from knowledge.text import is_chinese

MEDIA_TYPE = "application/pdf"
#: Chinese fonts of Linux, macOS and Windows, the best first; whichever are installed are used.
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimSun",
)
#: For what the first fonts lack; they come with the typesetter or with nearly every system.
_OTHER_FONTS = ("Libertinus Serif", "DejaVu Sans", "Noto Color Emoji")
#: How the typesetter names what no font can show.
_NOT_SHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')


def pdf(blocks: Sequence[Block], *, title: str, language: Literal["zh", "en"], at: datetime) -> bytes:
    """Set the blocks on A4 pages with page numbers; the same blocks and time give the same bytes.

    The text reaches the template as data: nothing in it is taken for a command of the typesetter.

    Raises:
        FontMissing: it is Chinese and no font of this machine can show it.
    """
    found = fonts()
    installed = set(found.families())
    data = {
        "title": title,
        "language": language,
        "fonts": [name for name in (*_CHINESE_FONTS, *_OTHER_FONTS) if name in installed],
        "blocks": [_plain(block, language) for block in _outlined(blocks)],
    }
    page = resources.files("copilot.interfaces.export").joinpath("page.typ").read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        return _set(page, inputs, found, at, "ua-1")
    except typst.TypstError as error:
        missing = "".join(_NOT_SHOWN.findall(error.message + error.diagnostic))
        if is_chinese(missing):
            raise FontMissing(
                f"No font of this machine can show {missing[:10]!r}. Install a Chinese font (Debian: the package "
                "`fonts-noto-cjk`) and restart, or export `docx` or `md`."
            ) from error
        # A rare sign that no font has: the page shows a box in its place, which the standard does not allow.
        return _set(page, inputs, found, at, "1.7")


def _set(
    page: bytes, inputs: dict[str, str], fonts: typst.Fonts, at: datetime, standard: Literal["ua-1", "1.7"]
) -> bytes:
    compiler = typst.Compiler(page, font_paths=fonts, sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards=standard, timestamp=at.replace(microsecond=0))
    if not isinstance(made, bytes):  # a list is what formats of one file per page give
        raise TypeError(f"the typesetter returned {type(made).__name__}")
    return made


def chinese_fonts() -> list[str]:
    """Return the Chinese fonts of this machine that are used, the best first."""
    installed = set(fonts().families())
    return [name for name in _CHINESE_FONTS if name in installed]


@cache
def fonts() -> typst.Fonts:
    """Look through the fonts once; that takes longer than a page."""
    return typst.Fonts()


def _outlined(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give headings the levels of an outline, as the standard wants: the first is of level 1 and none is left out."""
    first, before = 0, 0
    for block in blocks:
        if isinstance(block, Heading):
            first = first or block.level
            before = min(max(1, block.level - first + 1), before + 1)
            block = replace(block, level=before)
        yield block


def _plain(block: Block, language: Literal["zh", "en"]) -> dict[str, object]:
    match block:
        case Heading():
            return {"type": "heading", "level": block.level, "runs": _shown(block.runs)}
        case Paragraph():
            return {"type": "paragraph", "runs": _shown(block.runs)}
        case ListItem():
            return {"type": "item", "mark": block.mark, "depth": block.depth, "runs": _shown(block.runs)}
        case Table():
            return {"type": "table", "rows": [[_shown(cell) for cell in row] for row in block.rows]}
        case ChartText():
            return {"type": "chart", "svg": svg(block.text, "chart", language), "text": block.text}
        case Rule():
            return {"type": "rule"}


def _shown(runs: Runs) -> list[dict[str, object]]:
    # Controls and halves of characters have no shape on paper.
    return [
        {"text": "".join(c for c in run.text if c.isprintable() or c == "\n"), "strong": run.strong} for run in runs
    ]
