"""Lines that a document carries at the edge of its pages: running heads, footers, page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

#: Lines at the top and at the bottom of a page that may be running ones.
_EDGE = 2
#: A line is running when it stands at the edge of so many pages, and of this part of those that have text.
_PAGES = 3
_SHARE = 0.6
_LONGEST = 80
_DIGITS = re.compile(r"\d+")


def running_lines(text: str, pages: Sequence[int]) -> frozenset[int]:
    """Return where such lines start; page numbers count as equal. Documents of few pages have none."""
    places: dict[str, set[int]] = defaultdict(set)
    starts: dict[str, list[int]] = defaultdict(list)
    filled = 0
    for page, (start, end) in enumerate(_spans(pages, len(text))):
        lines = list(_lines(text, start, end))
        filled += bool(lines)
        # A page of hardly more than its edges, a title page or a slide, would lose all it says.
        for at, line in [*lines[:_EDGE], *lines[max(_EDGE, len(lines) - _EDGE) :]] if len(lines) > _EDGE else []:
            if len(line) <= _LONGEST:
                form = _DIGITS.sub("0", line)
                places[form].add(page)
                starts[form].append(at)
    enough = max(_PAGES, _SHARE * filled)
    return frozenset(at for form, found in places.items() if len(found) >= enough for at in starts[form])


def _spans(pages: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    yield from zip(pages, [*pages[1:], length], strict=True) if pages else ()


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    for line in text[start:end].split("\n"):
        if line.strip():
            yield start, line.strip()
        start += len(line) + 1
