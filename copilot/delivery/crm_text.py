"""The text of a note for a CRM: Markdown without tables, with its sources, in pieces that fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from copilot.approval.approved import ApprovedRevision
from copilot.delivery.wording import subject
from copilot.drafting.draft import SourceQuote
from knowledge.text import sentence_spans

_ROW = re.compile(r"^\s*\|(.*)\|\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"^[\s|:-]+$")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: Where a text may be cut, the best first.
_SEAMS = ("\n\n", "\n", "sentences", "signs")
_SOURCES = {"zh": "来源", "en": "Sources"}


def note_text(approved: ApprovedRevision) -> str:
    """Return the revision with its sources by number, title and version; no table, since CRMs drop or flatten them."""
    content = listed(approved.revision.content.replace("\r\n", "\n").strip())
    first, _, rest = content.partition("\n")
    if first.startswith("#") and " ".join(first.lstrip("# ").split()) == subject(approved):
        content = rest.strip()  # it is the subject of the note
    sources = [_source(one) for one in sorted(approved.revision.quotes, key=lambda one: one.number)]
    if not sources:
        return content
    return f"{content}\n\n**{_SOURCES[approved.draft.language]}**\n\n" + "\n".join(f"- {one}" for one in sources)


def listed(content: str) -> str:
    """Return Markdown with every row of a table as an item that names its columns."""
    lines: list[str] = []
    head: list[str] | None = None
    for line in content.split("\n"):
        row = _ROW.match(line)
        if row is None:
            head = None
            lines.append(line)
        elif not _RULE.match(line):
            cells = [cell.replace("\\|", "|").strip() for cell in _CELL.split(row[1])]
            if head is None:
                head = cells
                if lines and lines[-1].strip():
                    lines.append("")
            else:
                named = zip([*head, *[""] * len(cells)], cells, strict=False)
                told = [f"{name}: {cell}" if name else cell for name, cell in named if cell]
                lines.append(f"- {'; '.join(told)}")
    return "\n".join(lines)


def untagged(text: str) -> str:
    """Return text for a field without marks: what could be taken for a tag wherever it is shown is none any more."""
    return _TAG.sub("‹", text)


def pieces(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Cut a text into pieces that fit: between paragraphs, else lines, else sentences, else where it must be.

    Nothing is left out; a text that fits is one piece.
    """
    return [one for one in _packed(text, _SEAMS, fits) if one.strip()] or [text]


def _packed(text: str, seams: Sequence[str], fits: Callable[[str], bool]) -> Iterator[str]:
    if fits(text) or len(text) < 2:
        yield text
        return
    seam, *finer = seams
    between = seam if seam in ("\n\n", "\n") else ""
    units = _units(text, seam)
    while units:
        size = _most(units, between, fits)
        if size == 0 and finer:
            *whole, rest = _packed(units[0], finer, fits)
            yield from whole
            if whole:
                units[0] = rest
                continue
        size = max(size, 1)  # one sign that does not fit alone never will
        yield between.join(units[:size])
        units = units[size:]


def _most(units: Sequence[str], between: str, fits: Callable[[str], bool]) -> int:
    """Return how many of the units fit together, by halving: measuring a note means writing it."""
    low, high = 0, len(units)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(between.join(units[:middle])) else (low, middle - 1)
    return low


def _units(text: str, seam: str) -> list[str]:
    if seam == "signs":
        return list(text)
    if seam != "sentences":
        return text.split(seam)
    ends = [end for _, end in sentence_spans(text)]
    starts = [0, *ends[:-1]] if ends else [0]
    return [text[start:end] for start, end in zip(starts, [*ends[:-1], len(text)], strict=True)]


def _source(one: SourceQuote) -> str:
    # Titles come from documents of anybody: they are words here and no marks.
    title = " › ".join(" ".join(part.split()) for part in (one.title, *one.heading_path))
    return f"[{one.number}] {title} · v{one.version}"
