"""The stored text of a document as a page shows it: rendered, in parts, with a quoted span marked in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest

from markdown_it.token import Token
from markupsafe import Markup

from copilot.interfaces.web.markup import parser, sanitised

#: Where a part ends at the latest, in characters: a longer text would keep the browser and the server busy.
PART = 40_000
#: Of a private use area: no text means anything by them. They survive rendering and are exchanged for `<mark>`.
_BEGIN, _END = "\ue5f0", "\ue5f1"
_TAG = re.compile(r"(<[^>]*>)")
_MARKS = re.compile(f"([{_BEGIN}{_END}])")
#: What makes a line a heading, quotation, list item or row: a sign before it would make it none.
_LEADING = re.compile(r"(?:[ \t]*(?:#{1,6}(?=[ \t])|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|\|))*[ \t]*")
_RULE = re.compile(r"[ \t]*(?:\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?|`{3,}.*|~{3,}.*)[ \t]*")

_PARSER = parser()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the table of contents."""

    level: int  #: 2 to 6
    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ShownText:
    """A part of a text; `quoted` tells whether the span is marked in it."""

    html: Markup
    outline: Sequence[Entry]
    part: int  #: from 1
    parts: int
    quoted: bool


def read_quote(text: str) -> tuple[int, int] | None:
    """Read `start-end`, code points of the stored text; None where it is none."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", text, re.ASCII)
    if found is None:
        return None
    start, end = int(found[1]), int(found[2])
    return (start, end) if start < end else None


def shown_text(text: str, title: str, *, quote: tuple[int, int] | None = None, part: int | None = None) -> ShownText:
    """Render a text under a heading of level 1 that says its title.

    Args:
        text: as it is stored.
        title: which the text may say again; once is enough.
        quote: span of the text; beyond its end, nothing is marked.
        part: which one; None: the one with the beginning of the quote, else the first.
    """
    spans = parts_of(text)
    if quote is not None and quote[1] > len(text):
        quote = None
    if part is None:
        part = 1 if quote is None else next(n for n, (_, end) in enumerate(spans, 1) if quote[0] < end)
    at = min(max(part, 1), len(spans))
    start, end = spans[at - 1]
    inside = None if quote is None else (max(quote[0], start) - start, min(quote[1], end) - start)
    if inside is not None and inside[0] >= inside[1]:
        inside = None
    html, outline = _rendered(text[start:end], title if at == 1 else "", inside)
    return ShownText(html=html, outline=outline, part=at, parts=len(spans), quoted=inside is not None)


def parts_of(text: str, most: int = PART) -> list[tuple[int, int]]:
    """Cut a text before a heading, else at an empty line, else at a line, else anywhere; at least one part."""
    spans, start = [], 0
    while len(text) - start > most:
        window = text[start : start + most]
        cut = next((at for mark in ("\n#", "\n\n", "\n") if (at := window.rfind(mark, most // 2)) > 0), most - 1) + 1
        spans.append((start, start + cut))
        start += cut
    return [*spans, (start, len(text))]


def _rendered(text: str, title: str, quote: tuple[int, int] | None) -> tuple[Markup, Sequence[Entry]]:
    if quote is not None:
        start, end = _inside_lines(text, *quote)
        usable = start < end and not _MARKS.search(text)
        marked = f"{text[:start]}{_BEGIN}{text[start:end]}{_END}{text[end:]}"
        html, outline = _html(marked, "") if usable else ("", [])
        painted = _painted(html)
        if painted is None:  # it begins or ends inside something that is not shown, as the address of a link
            return _plain(text, quote), []
        return sanitised(painted), outline
    html, outline = _html(text, title)
    return sanitised(html), outline


def _html(text: str, title: str) -> tuple[str, list[Entry]]:
    tokens = _PARSER.parse(text)
    if title and tokens and tokens[0].type == "heading_open" and tokens[1].content.strip() == title.strip():
        tokens = tokens[3:]
    outline: list[Entry] = []
    above = 1
    for token, inline in zip_longest(tokens, tokens[1:]):  # of a text that only says its title, nothing is left
        if token.type == "heading_open" and inline is not None:
            # The page has its own heading of level 1, and none may be skipped on the way down.
            above = min(int(token.tag[1:]) + 1, above + 1, 6)
            token.tag = f"h{above}"
            token.attrSet("id", f"s{len(outline) + 1}")
            outline.append(Entry(level=above, anchor=f"s{len(outline) + 1}", text=_said(inline)))
        elif token.type == "heading_close":
            token.tag = f"h{above}"
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {})), outline


def _said(inline: Token) -> str:
    return _MARKS.sub("", "".join(child.content for child in inline.children or ())) or "…"


def _inside_lines(text: str, start: int, end: int) -> tuple[int, int]:
    """Move the ends of a span off what makes its lines what they are."""
    while start < end:
        line = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", line)
        stop = len(text) if stop < 0 else stop
        if _RULE.fullmatch(text[line:stop]) or not text[start:stop].strip():
            start = stop + 1
            continue
        leading = _LEADING.match(text, line, stop)
        start = max(start, leading.end() if leading else line)
        break
    while start < end:
        kept = text[start:end].rstrip(" \t\n|")
        end = start + len(kept)
        line = text.rfind("\n", 0, end) + 1
        stop = text.find("\n", end)
        if line > start and _RULE.fullmatch(text[line : len(text) if stop < 0 else stop]):
            end = line
            continue
        break
    return start, end


def _painted(html: str) -> str | None:
    """Exchange the signs for `<mark>` around every run of text between them; None unless both are in the text."""
    seen, painted, inside, first = "", [], False, True
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            painted.append(piece)
            continue
        for run in _MARKS.split(piece):
            if run in (_BEGIN, _END):
                seen += run
                inside = run == _BEGIN
            elif inside and run.strip():
                painted.append(f'<mark id="quote">{run}</mark>' if first else f"<mark>{run}</mark>")
                first = False
            else:
                painted.append(run)
    return "".join(painted) if seen == _BEGIN + _END and not first else None


def _plain(text: str, quote: tuple[int, int]) -> Markup:
    start, end = quote
    return sanitised(
        f"<pre>{escape(text[:start])}<mark id=quote>{escape(text[start:end])}</mark>{escape(text[end:])}</pre>"
    )
