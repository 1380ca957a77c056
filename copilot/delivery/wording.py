"""What of an approved revision is written where: subject, text, sources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.approval.approved import ApprovedRevision
from copilot.drafting.draft import DraftKind, SourceQuote
from copilot.drafting.kinds import KINDS

#: Mail programs show about this much of a subject.
_LONGEST_SUBJECT = 120
#: Of a line, far more than a subject takes: a run of spaces is looked through from each of them.
_LOOKED_AT = 2000
_MARKS = re.compile(r"\s*\[\d+\]|[*_`#>]+|[\x00-\x1f\x7f\u2028\u2029]")
_SOURCES = {"zh": "来源", "en": "Sources"}
#: What a customer calls it; the other kinds go by their titles.
_LETTER = {"zh": "来信", "en": "Message"}


def subject(approved: ApprovedRevision) -> str:
    """Return the first line of the content without marks, on one line, never empty."""
    for line in approved.revision.content.splitlines():
        words = " ".join(_MARKS.sub(" ", line[:_LOOKED_AT]).split())
        if words:
            return words if len(words) <= _LONGEST_SUBJECT else words[: _LONGEST_SUBJECT - 1] + "…"
    kind = approved.draft.kind
    title = _LETTER if kind is DraftKind.CUSTOMER_MESSAGE else KINDS[kind].title
    return title[approved.draft.language]


def message(approved: ApprovedRevision) -> str:
    """Return the content with titles of its sources: for readers who have not our documents."""
    sources = [f"[{one.number}] {_place(one)}" for one in _numbered(approved)]
    return _with_sources(approved, sources)


def record(approved: ApprovedRevision) -> str:
    """Return the content with its sources word for word, to be checked by our own people."""
    sources = []
    for one in _numbered(approved):
        quoted = "\n".join(f"   > {line}" for line in one.quote.splitlines())
        sources.append(f"[{one.number}] {_place(one)} · {_line(one.source)} · v{one.version}\n\n{quoted}\n")
    return _with_sources(approved, sources)


def _with_sources(approved: ApprovedRevision, sources: Sequence[str]) -> str:
    content = approved.revision.content.replace("\r\n", "\n").strip()
    if not sources:
        return f"{content}\n"
    return f"{content}\n\n---\n\n{_SOURCES[approved.draft.language]}:\n\n" + "\n\n".join(sources).rstrip() + "\n"


def _numbered(approved: ApprovedRevision) -> list[SourceQuote]:
    return sorted(approved.revision.quotes, key=lambda one: one.number)


def _place(one: SourceQuote) -> str:
    return " › ".join(_line(part) for part in (one.title, *one.heading_path))


def _line(text: str) -> str:
    return " ".join(text.split())
