"""The Markdown of a draft as blocks, which every format with a layout of its own writes in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from copilot.insight.text_chart import FENCE, read_chart


@dataclass(frozen=True, kw_only=True)
class Run:
    """Text in one weight."""

    text: str
    strong: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading; `level` counts from 1."""

    level: int
    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Text outside lists and tables."""

    runs: Runs


@dataclass(frozen=True, kw_only=True)
class ListItem:
    """One item, or one more paragraph of it; `mark` is its bullet or number, empty when it goes on."""

    mark: str
    depth: int  #: 0 for an item of a list that is in no other
    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells, the first row being the head; every row has the same number of cells."""

    rows: Sequence[Sequence[Runs]]


@dataclass(frozen=True, kw_only=True)
class ChartText:
    """A chart as lines of text (copilot/insight/text_chart.py), which every format draws."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A line across the page."""


Block = Heading | Paragraph | ListItem | Table | ChartText | Rule

#: HTML is text here. `[n]: …` is a line of a draft and no definition, which would vanish with what it says.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("reference")


def blocks(markdown: str) -> list[Block]:
    """Return what a text consists of, in its order; nothing that it says is left out."""
    return list(_walk(_MARKDOWN.parse(markdown)))


def _walk(tokens: Sequence[Token]) -> Iterator[Block]:
    lists: list[int | None] = []  # the next number of each list we are in, None for bullets
    mark = ""
    rows: list[list[Runs]] = []
    level = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            mark = "•" if number is None else f"{number}."
            lists[-1] = None if number is None else number + 1
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(())
        elif token.type == "table_close":
            yield Table(rows=rows)
            rows = []
        elif token.type == "hr":
            yield Rule()
        elif token.type == "fence" and token.info.strip() == FENCE and read_chart(token.content) is not None:
            yield ChartText(text=token.content)
        elif token.type in ("fence", "code_block", "html_block", "inline"):
            runs = _runs(token.children) if token.children is not None else (Run(text=token.content.rstrip("\n")),)
            if rows:
                rows[-1][-1] = runs
            elif level:
                if runs:
                    yield Heading(level=level, runs=runs)
                level = 0
            elif lists:
                yield ListItem(mark=mark, depth=len(lists) - 1, runs=runs)
                mark = ""
            else:
                yield Paragraph(runs=runs)


def _runs(tokens: Sequence[Token]) -> Runs:
    runs: list[Run] = []
    strong = 0
    links: list[str] = []
    for token in tokens:
        if token.type == "strong_open":
            strong += 1
        elif token.type == "strong_close":
            strong -= 1
        elif token.type == "link_open":
            links.append(str(token.attrs.get("href", "")))
        else:
            said = _said(token, links)
            if said:
                runs.append(Run(text=said, strong=strong > 0))
    return tuple(runs)


def _said(token: Token, links: list[str]) -> str:
    """Return the text of a token; an address is written out, because paper has no links."""
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "link_close":
        address = links.pop()
        return f" ({address})" if address else ""
    if token.type == "image":
        return f"{token.content} ({token.attrs.get('src', '')})"
    return token.content
