"""Find the headings of a text: Markdown's own, or those that plain lines give away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark")
_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_ENUMERATED = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+[章节步部阶]|[一二三四五六七八九十]+[、.．]|[(（]?\d{1,2}[)）、.．]\s*(?!\d)|(?:阶段|阶\s*段|step|part)\s*\d)",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"[。！!；;，,、…]$")
_LONGEST_TITLE = 60
_SHORT = 32  # characters; longer lines without a full stop are usually list items or captions


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading line of a text: `text[start:end]` is the line without its line break."""

    start: int
    end: int
    path: tuple[str, ...]  #: its ancestors and itself
    slug: str


def find_headings(text: str) -> list[Heading]:
    """Return the headings in order; empty when the text gives none away."""
    return _markdown_headings(text) or _plain_headings(text)


def path_at(text: str, path: tuple[str, ...], position: int) -> tuple[str, ...]:
    """Return the headings over a position of a chunk, whose first text stands under `path`.

    A chunk may hold several short sections. Only marked headings count: guesses do not hold on a part.
    """
    above = [heading for heading in _markdown_headings(text) if heading.start <= position]
    return path[:-1] + above[-1].path if above else path


def section_span(text: str, section: str) -> tuple[int, int] | None:
    """Return where the words under a heading, named by its slug, begin and end, with all that stands deeper.

    None: there is no such heading, or nothing under it.
    """
    headings = find_headings(text)
    at = next((n for n, one in enumerate(headings) if one.slug == section), None)
    if at is None:
        return None
    path = headings[at].path
    after = (one.start for one in headings[at + 1 :] if one.path[: len(path)] != path)
    start, end = headings[at].end, next(after, len(text))
    body = text[start:end]
    start += len(body) - len(body.lstrip())
    return (start, start + len(body.strip())) if body.strip() else None


def title_of(text: str, source: str) -> str:
    """Return the first line when it reads like a title, else the name of the file."""
    first = text.lstrip().split("\n", 1)[0].strip()
    if first and len(first) <= _LONGEST_TITLE and not _ENDS_SENTENCE.search(first):
        return first
    return PurePosixPath(source).stem or source


def slug(heading: str) -> str:
    """Name a heading as links do: lower case, spaces to hyphens, letters, digits, `-` and `_` kept."""
    return "".join(c for c in heading.strip().lower().replace(" ", "-") if c.isalnum() or c in "-_")


def _markdown_headings(text: str) -> list[Heading]:
    if not re.search(r"^ {0,3}#{1,6}[ \t]", text, re.MULTILINE):
        return []
    starts = _line_starts(text)
    headings: list[Heading] = []
    stack: list[tuple[int, str]] = []
    for token in _MARKDOWN.parse(text):
        if token.type != "heading_open" or token.map is None or token.level != 0:
            continue
        start = starts[token.map[0]]
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        match = _ATX.match(line)
        if match is None:  # an underlined heading: too often a table or a rule in real files
            continue
        level, title = len(match.group(1)), match.group(2).strip()
        while stack and stack[-1][0] >= level:
            stack.pop()
        stack.append((level, title))
        path = tuple(name for _, name in stack if name)
        headings.append(Heading(start=start, end=start + len(line), path=path, slug=slug(title)))
    return headings


def _plain_headings(text: str) -> list[Heading]:
    """Short lines without a sentence end that stand before longer text; neighbours in a row nest."""
    lines = [(start, line) for start, line in _lines(text) if line.strip()]
    headings: list[Heading] = []
    above: tuple[str, ...] = ()
    for index, (start, line) in enumerate(lines):
        following = lines[index + 1][1].strip() if index + 1 < len(lines) else ""
        if not _looks_like_heading(line.strip(), following):
            above = ()
            continue
        above = (*above, line.strip())[-3:]
        headings.append(Heading(start=start, end=start + len(line), path=above, slug=slug(line)))
    return headings


def _looks_like_heading(line: str, following: str) -> bool:
    if len(line) > _SHORT or _ENDS_SENTENCE.search(line) or not following:
        return False
    if _ENUMERATED.match(line):
        return True
    return len(following) >= len(line) + 8 or len(following) > _SHORT


def _lines(text: str) -> list[tuple[int, str]]:
    lines = []
    start = 0
    for line in text.split("\n"):
        lines.append((start, line))
        start += len(line) + 1
    return lines


def _line_starts(text: str) -> list[int]:
    return [start for start, _ in _lines(text)]
