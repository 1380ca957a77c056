"""Markdown as runs of text with a look each: what mrkdwn is written from, and cut at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: HTML is text here, a definition a line like any other, an image its text and address.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("reference")
#: Bold that CommonMark does not see, because a Chinese letter stands right behind its mark.
_LEFT_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_BULLETS = ("•", "◦", "▪")
_INDENT = "    "


@dataclass(frozen=True, kw_only=True)
class Span:
    """Text in one look."""

    text: str
    strong: bool = False
    code: bool = False
    address: str | None = None  #: where a link of the Markdown led; shown as text unless it is known


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Lines of text; spans hold their line ends."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, kw_only=True)
class CodeBlock:
    """Lines kept as they are."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of cells as plain text, the first row being the head."""

    rows: tuple[tuple[str, ...], ...]


Part = Prose | CodeBlock | Table


def parts(markdown: str) -> list[Part]:
    """Return what a text consists of, in its order; nothing that it says is left out."""
    return list(_joined(_walk(_MARKDOWN.parse(markdown))))


@dataclass(kw_only=True)
class _Place:
    """Where the walk stands."""

    lists: list[int | None] = field(default_factory=list)  #: the next number of each list, None for bullets
    mark: str = ""
    quotes: int = 0
    heading: bool = False
    tight: bool = False
    rows: list[list[str]] | None = None

    def lead(self) -> str:
        """Return what stands before a line here, and use the mark of the item up."""
        depth = max(0, len(self.lists) - 1)
        mark, self.mark = self.mark, ""
        lead = "> " * self.quotes + _INDENT * depth
        return lead + (f"{mark} " if mark else "   " if self.lists else "")


def _walk(tokens: Sequence[Token]) -> Iterator[Part]:
    place = _Place()
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                place.lists.append(None)
            case "ordered_list_open":
                place.lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                place.lists.pop()
                if not place.lists:
                    yield Prose(spans=(Span(text="\n"),))
            case "list_item_open":
                number = place.lists[-1]
                place.mark = _BULLETS[(len(place.lists) - 1) % 3] if number is None else f"{number}."
                place.lists[-1] = None if number is None else number + 1
            case "blockquote_open":
                place.quotes += 1
            case "blockquote_close":
                place.quotes -= 1
            case "heading_open" | "heading_close":
                place.heading = token.type == "heading_open"
            case "table_open":
                place.rows = []
            case "tr_open" if place.rows is not None:
                place.rows.append([])
            case "table_close" if place.rows is not None:
                yield Table(rows=tuple(tuple(row) for row in place.rows))
                place.rows = None
            case "hr":
                yield Prose(spans=(Span(text="———\n\n"),))
            case "fence" | "code_block":
                yield CodeBlock(text=token.content.rstrip("\n"))
            case "html_block":
                yield Prose(spans=(Span(text=place.lead() + token.content.rstrip("\n") + "\n\n"),))
            case "inline":
                yield from _inline(token, place)


def _inline(token: Token, place: _Place) -> Iterator[Prose]:
    spans = tuple(_spans(token.children or ()))
    if place.rows is not None:
        place.rows[-1].append("".join(span.text for span in spans).strip())
        return
    if place.heading:
        spans = tuple(replace(span, strong=True) for span in spans)
    lead = place.lead()
    if place.quotes:
        further = "> " * place.quotes
        spans = tuple(replace(span, text=span.text.replace("\n", f"\n{further}")) for span in spans)
    end = "\n" if place.lists or place.heading else "\n\n"
    yield Prose(spans=(*([Span(text=lead)] if lead else []), *spans, Span(text=end)))


def _spans(tokens: Iterable[Token]) -> Iterator[Span]:
    strong = 0
    links: list[str] = []
    for token in tokens:
        match token.type:
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "link_open":
                links.append(str(token.attrs.get("href", "")))
            case "link_close":
                links.pop()
            case "softbreak" | "hardbreak":
                yield Span(text="\n", strong=strong > 0)
            case "code_inline":
                yield Span(text=token.content, code=True)
            case "image":
                yield Span(text=token.content, strong=strong > 0, address=str(token.attrs.get("src", "")))
            case _ if token.content:
                address = links[-1] if links else None
                yield from _with_left_bold(Span(text=token.content, strong=strong > 0, address=address))


def _with_left_bold(span: Span) -> Iterator[Span]:
    at = 0
    for found in _LEFT_BOLD.finditer(span.text):
        if found.start() > at:
            yield replace(span, text=span.text[at : found.start()])
        yield replace(span, text=found[1], strong=True)
        at = found.end()
    if at < len(span.text):
        yield replace(span, text=span.text[at:])


def _joined(found: Iterable[Part]) -> Iterator[Part]:
    """Put neighbouring prose together, so that it is cut where it is best to, and not where Markdown has a block."""
    spans: list[Span] = []
    for part in found:
        if isinstance(part, Prose):
            spans += part.spans
            continue
        if spans:
            yield Prose(spans=tuple(spans))
            spans = []
        yield part
    if spans:
        yield Prose(spans=tuple(spans))
