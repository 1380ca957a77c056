"""Two texts → the lines that differ, with a little of what stands around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

#: Equal lines shown before and after a difference.
_AROUND = 2
#: Of a side; comparing takes time that grows with their square at worst.
_MOST_LINES = 6_000
_MOST_SHOWN = 600


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a comparison; `skipped` says how many equal ones were left out there."""

    kind: Literal["same", "added", "removed", "skipped"]
    text: str = ""
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Lines in order; empty: the texts are the same."""

    lines: Sequence[Line]
    complete: bool


def compared(before: str, after: str) -> Comparison:
    """Compare two texts line by line."""
    if before == after:
        return Comparison(lines=(), complete=True)
    old, new = before.split("\n"), after.split("\n")
    cut = len(old) > _MOST_LINES or len(new) > _MOST_LINES
    lines = list(_lines(old[:_MOST_LINES], new[:_MOST_LINES]))
    return Comparison(lines=lines[:_MOST_SHOWN], complete=not cut and len(lines) <= _MOST_SHOWN)


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=len(old) > 1_000).get_opcodes():
        if kind == "equal":
            yield from _around(old[start:end], first=start == 0, last=end == len(old))
            continue
        yield from (Line(kind="removed", text=line) for line in old[start:end])
        yield from (Line(kind="added", text=line) for line in new[begin:stop])


def _around(lines: Sequence[str], *, first: bool, last: bool) -> Iterator[Line]:
    head, tail = 0 if first else _AROUND, 0 if last else _AROUND
    if len(lines) <= head + tail:
        yield from (Line(kind="same", text=line) for line in lines)
        return
    yield from (Line(kind="same", text=line) for line in lines[:head])
    yield Line(kind="skipped", count=len(lines) - head - tail)
    yield from (Line(kind="same", text=line) for line in lines[len(lines) - tail :])
