"""A draft as parts with lines, each of which tells where it comes from; and its Markdown.

What is open stands in one list at the end (C2); lines point there by the number of the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.drafting.composer import Language

#: Where a line comes from. Only what is ours may be reworded by a chat model.
Origin = Literal["fact", "cited", "slot", "ours"]
#: An item of a list, or a paragraph of its own.
Shape = Literal["item", "paragraph"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of Markdown without its bullet."""

    text: str
    origin: Origin = "ours"
    shape: Shape = "item"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table: every row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part under its title; without a title its lines stand alone."""

    title: str
    body: tuple[Line | Grid, ...]


@dataclass(frozen=True, kw_only=True)
class Open:
    """A question that only a person can answer, and the part it belongs to."""

    number: int
    part: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole draft; `closing` is what ends a letter."""

    title: str  #: empty: a letter
    status: str
    sections: tuple[Section, ...]
    questions: tuple[Open, ...] = ()
    closing: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """The Markdown, and which of its lines (from 1) may be reworded."""

    content: str
    wordable: tuple[int, ...]


def written(document: Document, language: Language) -> Page:
    """Write a document as the Markdown that people edit."""
    lines: list[str] = []
    wordable: list[int] = []
    for text, may in _lines(document, language):
        lines.append(text)
        if may:
            wordable.append(len(lines))
    while lines and not lines[-1]:
        lines.pop()
    return Page(content="\n".join(lines), wordable=tuple(wordable))


def cell(text: str) -> str:
    """Return text as it may stand in a table."""
    return " ".join(text.replace("|", "/").split())


def _lines(document: Document, language: Language) -> Iterator[tuple[str, bool]]:
    if document.title:
        yield from ((f"# {document.title}", False), ("", False))
    if document.status:
        yield from ((document.status, False), ("", False))
    for section in document.sections:
        if not section.body:
            continue
        if section.title:
            yield from (
                (f"## {section.title}", False) if document.title else (_label(section.title), False),
                ("", False),
            )
        yield from _body(section.body)
    yield from _body(document.closing)
    if document.questions:
        if not document.title:
            yield from (("---", False), ("", False))
        yield from ((f"## {QUESTIONS[language]}", False), ("", False))
        if not document.title:
            yield from ((BEFORE_SENDING[language], False), ("", False))
        for one in document.questions:
            yield f"{one.number}. {one.part}{':' if language == 'zh' else ': '}{one.text}", False


def _body(body: Sequence[Line | Grid]) -> Iterator[tuple[str, bool]]:
    for at, one in enumerate(body):
        if isinstance(one, Grid):
            yield f"| {' | '.join(map(cell, one.head))} |", False
            yield f"|{' --- |' * len(one.head)}", False
            for row in one.rows:
                yield f"| {' | '.join(map(cell, row))} |", False
            yield "", False
            continue
        for number, text in enumerate(one.text.split("\n")):
            bullet = "- " if one.shape == "item" and number == 0 else ""
            yield f"{bullet}{text}", one.origin == "ours" and "\n" not in one.text
        after = body[at + 1] if at + 1 < len(body) else None
        if not (isinstance(after, Line) and after.shape == one.shape == "item"):
            yield "", False


def _label(title: str) -> str:
    return f"{title}:"


QUESTIONS: dict[Language, str] = {"zh": "确认清单", "en": "To confirm"}
#: Stands above the list of a letter, which is below a rule.
BEFORE_SENDING: dict[Language, str] = {
    "zh": "发出前补上,再删去这一节。",
    "en": "Fill these in before sending, then delete this part.",
}
