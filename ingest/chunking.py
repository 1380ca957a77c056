"""Document text → chunks: by heading first, then by size, never inside a sentence when it can be avoided."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from knowledge.chunk import Span
from knowledge.document import WrittenQuestion
from knowledge.outline import Heading, find_headings
from knowledge.text import sentence_spans

#: Changes whenever parsing, cleaning or chunking would cut the same bytes differently; unchanged files are then redone.
RECIPE = "4"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Characters. Evidence is judged and read in its first 600 characters, so no chunk is longer."""

    target: int = 500
    limit: int = 600  #: a section up to this long stays whole
    small: int = 120  #: neighbouring sections shorter than this share a chunk


def chunk_text(text: str, sizes: Sizes | None = None, pages: Sequence[int] = ()) -> list[Span]:
    """Cut a text into spans that cover every non-blank character once, in order.

    `pages` says where each page starts: a span knows its page and where the next ones begin in it; it is not cut there.
    """
    sizes = sizes or Sizes()
    pieces = [piece for section in _sections(text) for piece in _pieces(text, section, sizes)]
    spans = [_span(text, piece) for piece in _merged(pieces, sizes)]
    return [_paged(span, pages) for span in spans] if pages else spans


def _paged(span: Span, pages: Sequence[int]) -> Span:
    page = bisect_right(pages, span.start)
    last = bisect_right(pages, span.end - 1)
    return replace(span, page=page, page_breaks=tuple(start - span.start for start in pages[page:last]))


@dataclass(frozen=True, kw_only=True)
class _Piece:
    start: int
    end: int
    path: tuple[str, ...]
    slugs: tuple[str, ...]
    markdown: bool


@dataclass(frozen=True, kw_only=True)
class _Section:
    start: int
    end: int
    heading: Heading | None
    markdown: bool


def _sections(text: str) -> list[_Section]:
    headings = find_headings(text)
    markdown = bool(headings) and text[headings[0].start :].lstrip().startswith("#")
    cuts = [0, *(heading.start for heading in headings if heading.start > 0), len(text)]
    by_start = {heading.start: heading for heading in headings}
    return [
        _Section(start=start, end=end, heading=by_start.get(start), markdown=markdown)
        for start, end in pairwise(cuts)
        if text[start:end].strip()
    ]


def _pieces(text: str, section: _Section, sizes: Sizes) -> Iterator[_Piece]:
    """Keep a short section whole; else pack lines up to the target, cutting long lines at sentence ends."""
    path = section.heading.path if section.heading else ()
    slugs = (section.heading.slug,) if section.heading else ()
    start = end = section.start
    whole = len(text[start : section.end].strip()) <= sizes.limit
    for unit_start, unit_end in _units(text, section.start, section.end, sizes):
        if not whole and end > start and unit_end - start > sizes.target and text[start:end].strip():
            yield _Piece(start=start, end=end, path=path, slugs=slugs, markdown=section.markdown)
            start = unit_start
        end = unit_end
    if text[start : section.end].strip():
        yield _Piece(start=start, end=section.end, path=path, slugs=slugs, markdown=section.markdown)


def _units(text: str, start: int, end: int, sizes: Sizes) -> Iterator[tuple[int, int]]:
    line_start = start
    for line in text[start:end].splitlines(keepends=True):
        line_end = line_start + len(line)
        if len(line.strip()) <= sizes.target:
            yield line_start, line_end
        else:
            yield from _sentences(text, line_start, line_end, sizes)
        line_start = line_end


def _sentences(text: str, start: int, end: int, sizes: Sizes) -> Iterator[tuple[int, int]]:
    ends = [start + stop for _, stop in sentence_spans(text[start:end])]
    at = start
    for stop in [*ends[:-1], end]:
        while len(text[at:stop].strip()) > sizes.limit:
            yield at, at + sizes.target
            at += sizes.target
        yield at, stop
        at = stop


def _merged(pieces: list[_Piece], sizes: Sizes) -> list[_Piece]:
    """Join a short section to its neighbour: a lone heading or one-line section says too little to be found."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last and _belong_together(last, piece, sizes):
            merged[-1] = _Piece(
                start=last.start,
                end=piece.end,
                path=last.path,
                slugs=tuple(dict.fromkeys(last.slugs + piece.slugs)),
                markdown=last.markdown,
            )
        else:
            merged.append(piece)
    return merged


def _belong_together(last: _Piece, piece: _Piece, sizes: Sizes) -> bool:
    if piece.end - last.start > sizes.target:
        return False
    if not piece.markdown:  # recovered headings are guesses: they give context, they do not keep text apart
        return True
    inside = piece.path[: len(last.path)] == last.path
    return (inside or last.path[:-1] == piece.path[:-1]) and (
        last.end - last.start < sizes.small or (inside and piece.end - piece.start < sizes.small)
    )


def _span(text: str, piece: _Piece) -> Span:
    start, end = piece.start, piece.end
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return Span(start=start, end=end, text=text[start:end], heading_path=piece.path, sections=piece.slugs)


def answering(question: WrittenQuestion, spans: Sequence[Span]) -> list[int]:
    """Return the chunks of the section that a question names; without a name, those of the first section."""
    if question.section is not None:
        return [i for i, span in enumerate(spans) if question.section in span.sections]
    named = list(chain.from_iterable(span.sections for span in spans))
    first = named[0] if named else None
    return [i for i, span in enumerate(spans) if not span.sections or span.sections[0] == first]
