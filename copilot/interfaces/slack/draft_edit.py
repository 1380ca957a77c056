"""A draft in a modal, and back out of it without a lost character.

A field takes 3,000 characters, and Slack may trim what it gives back. So a draft is cut at its headings, then at
paragraphs and sentences; white space between the pieces stays with us in the modal's metadata and never goes through a
field. Line ends are plain ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from copilot.interfaces.slack.limits import INPUT_TEXT, PRIVATE_METADATA, VIEW_JSON, length
from copilot.interfaces.slack.mrkdwn import characters

#: Leaves room below the 100 blocks of a view for what stands around the fields.
MOST_FIELDS = 90
#: More fields than this are hard to find one's way in: neighbours are put together.
_MANY = 24
#: JSON may write a character as \uXXXX; half of the view is left for labels and structure.
_ALL_TEXT = VIEW_JSON // 12
_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[。！？!?；;])|(?<=\.)(?=\s)"), re.compile(r"\s+"))


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a draft that fits into a field: no white space at either end."""

    title: str  #: the heading it begins with; empty without one
    text: str


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """`gaps` is the white space before the first piece, between pieces, and after the last."""

    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]

    def joined(self, texts: Sequence[str | None]) -> str:
        """Put texts in the places of the pieces; one that is None or blank goes, with the white space before it."""
        befores = ["", *self.gaps[1:-1]]
        kept = [(text, gap) for text, gap in zip(texts, befores, strict=True) if text is not None and text.strip()]
        body = "".join(gap + text if number else text for number, (text, gap) in enumerate(kept))
        return self.gaps[0] + body + self.gaps[-1]


def pieces_of(content: str) -> Pieces | None:
    """Cut a draft into pieces; None when it is too long or too broken up for a modal."""
    if length(content) > _ALL_TEXT:
        return None
    spans = [(start, end) for part in _sections(content) for start, end in _short(content, *part)]
    spans = [trimmed for span in spans if (trimmed := _trimmed(content, *span))]
    if len(spans) > _MANY:
        spans = _filled(content, spans)
    if len(spans) > MOST_FIELDS:
        return None
    if not spans:
        return Pieces(pieces=(Piece(title="", text=""),), gaps=(content, ""))
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(content)]
    found = Pieces(
        pieces=tuple(Piece(title=_title(content[start:end]), text=content[start:end]) for start, end in spans),
        gaps=tuple(content[end:start] for end, start in zip(ends, starts, strict=True)),
    )
    return found if length(metadata("x" * 64, 2**31 - 1, found)) <= PRIVATE_METADATA else None


def metadata(draft_id: str, revision: int, pieces: Pieces) -> str:
    """Write what the modal has to remember: the draft, the revision that was read, and the white space."""
    runs = [[[text, len(list(same))] for text, same in groupby(gap)] for gap in pieces.gaps]
    alike = sorted({json.dumps(run) for run in runs})
    kinds = [json.loads(one) for one in alike]
    order = [alike.index(json.dumps(run)) for run in runs]
    return json.dumps({"draft": draft_id, "revision": revision, "space": kinds, "gaps": order}, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Edit:
    """An edited draft: its text, and the revision that it was made from."""

    draft_id: str
    based_on: int
    content: str


def edited_content(view_state: Mapping[str, Mapping[str, Mapping[str, object]]], private_metadata: str) -> Edit:
    """Put the fields of the modal together again.

    Args:
        view_state: `view["state"]["values"]` of the `view_submission`.
        private_metadata: `view["private_metadata"]`, as `metadata` wrote it.

    Raises:
        ValueError: the metadata are not ours.
    """
    kept = json.loads(private_metadata)
    spaces = ["".join(text * count for text, count in run) for run in kept["space"]]
    gaps = tuple(spaces[number] for number in kept["gaps"])
    texts = [_field(view_state, number) for number in range(len(gaps) - 1)]
    blank = Pieces(pieces=tuple(Piece(title="", text="") for _ in texts), gaps=gaps)
    return Edit(draft_id=kept["draft"], based_on=kept["revision"], content=blank.joined(texts))


def field_id(number: int) -> str:
    """Return the block_id of a field."""
    return f"piece_{number:03}"


def _field(view_state: Mapping[str, Mapping[str, Mapping[str, object]]], number: int) -> str | None:
    value = view_state.get(field_id(number), {}).get("value", {}).get("value")
    return value.replace("\r\n", "\n") if isinstance(value, str) else None


def _sections(content: str) -> list[tuple[int, int]]:
    starts = [found.start() for found in _HEADING.finditer(content)]
    bounds = sorted({0, *starts, len(content)})
    return list(pairwise(bounds))


def _short(content: str, start: int, end: int, level: int = 0) -> list[tuple[int, int]]:
    """Cut a span into spans that fit, at the best kind of place that makes them fit."""
    if length(content[start:end]) <= INPUT_TEXT:
        return [(start, end)]
    if level == len(_CUTS):
        return _hard(content, start, end)
    places = [start, *(start + found.start() for found in _CUTS[level].finditer(content[start:end])), end]
    spans = _filled(content, [(first, last) for first, last in pairwise(places) if last > first])
    return [piece for span in spans for piece in _short(content, *span, level + 1)]


def _hard(content: str, start: int, end: int) -> list[tuple[int, int]]:
    visible = characters(content[start:end])
    places = [start, *(start + at for at in accumulate(len(one) for one in visible))]
    return _filled(content, list(pairwise(places)))


def _filled(content: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put neighbours together while they fit, with what is between them."""
    filled: list[tuple[int, int]] = []
    size = 0
    for start, end in spans:
        more = length(content[filled[-1][1] if filled else start : end])
        if filled and size + more <= INPUT_TEXT:
            filled[-1] = (filled[-1][0], end)
            size += more
        else:
            filled.append((start, end))
            size = length(content[start:end])
    return filled


def _trimmed(content: str, start: int, end: int) -> tuple[int, int] | None:
    text = content[start:end]
    left = len(text) - len(text.lstrip())
    right = len(text.rstrip())
    return (start + left, start + right) if left < right else None


def _title(text: str) -> str:
    found = _HEADING.match(text)
    return found[0].lstrip("#").strip() if found else ""
