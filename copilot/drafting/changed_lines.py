"""Two texts line by line, and inside a changed line word by word: what a person looks at before deciding. Pure.

A Han character is a word of its own, so that a changed figure or name is seen and not the whole sentence around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

_WORD = re.compile(r"[A-Za-z0-9_]+|\s+|.")
#: Lines that share less than this are two lines, one gone and one new.
_ALIKE = 0.4
#: Comparing takes the product of the lengths: beyond this, a line has changed as a whole.
_MOST_PAIRS = 400_000
_AROUND = 3

Mark = Literal["same", "gone", "new"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A run of text in a line."""

    mark: Mark
    text: str


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    """A line with its numbers before and after, None where it was not there; `skipped` lines stand in its place."""

    before: int | None
    after: int | None
    parts: tuple[Part, ...] = ()
    skipped: int = 0

    @property
    def changed(self) -> bool:
        """Tell whether something in it is gone or new."""
        return any(part.mark != "same" for part in self.parts) or (self.before is None) != (self.after is None)


def changed_lines(before: str, after: str, around: int = _AROUND) -> Sequence[ChangedLine]:
    """Return the lines of both texts in order; unchanged ones further than `around` from a change are counted only.

    Empty where nothing has changed.
    """
    if before == after:
        return ()
    return list(_shortened(list(_lines(before.split("\n"), after.split("\n"))), around))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangedLine]:
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            for place, text in enumerate(old[i:j]):
                yield ChangedLine(before=i + place + 1, after=k + place + 1, parts=(Part(mark="same", text=text),))
            continue
        for place, (gone, come) in enumerate(zip_longest(old[i:j], new[k:m])):
            first = None if gone is None else i + place + 1
            second = None if come is None else k + place + 1
            words = _words(gone, come) if gone is not None and come is not None else None
            if words is not None:
                yield ChangedLine(before=first, after=second, parts=words)
                continue
            if gone is not None:
                yield ChangedLine(before=first, after=None, parts=(Part(mark="gone", text=gone),))
            if come is not None:
                yield ChangedLine(before=None, after=second, parts=(Part(mark="new", text=come),))


def _words(gone: str, come: str) -> tuple[Part, ...] | None:
    """Return what has changed inside a line; None where too little of it stayed."""
    old, new = _WORD.findall(gone), _WORD.findall(come)
    if len(old) * len(new) > _MOST_PAIRS:
        return None
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return None
    parts: list[Part] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            parts.append(Part(mark="same", text="".join(old[i:j])))
            continue
        if i < j:
            parts.append(Part(mark="gone", text="".join(old[i:j])))
        if k < m:
            parts.append(Part(mark="new", text="".join(new[k:m])))
    return tuple(parts)


def _shortened(lines: Sequence[ChangedLine], around: int) -> Iterator[ChangedLine]:
    near = {place for at, line in enumerate(lines) if line.changed for place in range(at - around, at + around + 1)}
    skipped = 0
    for at, line in enumerate(lines):
        if at in near:
            if skipped:
                yield ChangedLine(before=None, after=None, skipped=skipped)
            skipped = 0
            yield line
        else:
            skipped += 1
    if skipped:
        yield ChangedLine(before=None, after=None, skipped=skipped)
