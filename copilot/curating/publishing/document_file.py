"""Entries → the file of a document: one entry of its own, or further ones under headings of theirs.

The file says which answer each section holds (`answers: GAP#section`), so that publishing again replaces a section and
never adds a second one. Everything else of the file is left as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from copilot.curating.publishing.entry import Entry, front_matter, section_text
from copilot.errors import KnowledgeUnreadable
from knowledge.front_matter import read_block, split_front_matter
from knowledge.outline import find_headings

#: The origin of everything that was approved here; ingestion keeps it as it keeps uploads.
ORIGIN = "approved"
_SAFE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class DocumentFile:
    """What is to be written, and the section in which the entry stands."""

    text: str
    section: str


def source_of(gap_id: str) -> str:
    """Return the name of the document that answers a gap: the same for every revision and attempt."""
    name = gap_id.lower()
    if not _SAFE.fullmatch(name):
        name = hashlib.sha256(gap_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"faq-{name}.md"


def document_file(before: str | None, entry: Entry, gap_id: str, verified_on: date) -> DocumentFile:
    """Return the file with this entry in it; None: there is no file yet.

    Raises:
        KnowledgeUnreadable: the file was changed by hand and cannot be read.
    """
    kept = _Kept.read(before) if before is not None else _Kept(head=entry)
    own = kept.answers.get(gap_id)
    founder = before is None or next(iter(kept.answers), None) == gap_id
    section = _free(entry.section, {name for gap, name in kept.answers.items() if gap != gap_id})
    heading = (
        entry if section == entry.section else replace(entry, title=f"{entry.title} ({section.rpartition('-')[2]})")
    )
    others = [one for one in kept.questions if own is None or not one.endswith(f" #{own}")]
    questions = [*others, *(f"{one} #{section}" for one in entry.questions)]
    # Who began a document says whom it is for; who adds to it says nothing of that.
    head = replace(entry if founder else kept.head, questions=tuple(dict.fromkeys(questions)))
    answers = {**kept.answers, gap_id: section}
    block = front_matter(
        head,
        ("verified_on", verified_on.isoformat()),
        ("answers", [f"{gap}#{name}" for gap, name in answers.items()]),
    )
    body = _with_section(kept.body, own, section_text(heading))
    return DocumentFile(text=f"{block}\n{body}\n", section=section)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A file as it is."""

    head: Entry
    answers: Mapping[str, str] = field(default_factory=dict)  #: gap → section, the founder first
    questions: Sequence[str] = ()  #: with their sections
    body: str = ""

    @classmethod
    def read(cls, text: str) -> _Kept:
        block, front = read_block(text), split_front_matter(text)
        metadata = front.metadata
        if block is None or front.title is None or metadata.owner is None or metadata.review_by is None:
            raise KnowledgeUnreadable(
                "The document that this is to join was changed and cannot be read. Correct its front matter first."
            )
        told = block[0].get("answers")
        pairs = [str(one).rpartition("#") for one in told] if isinstance(told, list) else []
        head = Entry(
            title=front.title,
            questions=(),
            answer="",
            language="en" if metadata.language == "en" else "zh",
            stages=metadata.stages,
            roles=metadata.roles,
            audience=metadata.audience,
            groups=metadata.groups,
            owner=metadata.owner,
            review_by=metadata.review_by,
            related=metadata.related,
        )
        questions = [one.text if one.section is None else f"{one.text} #{one.section}" for one in front.questions]
        return cls(
            head=head,
            answers={gap: section for gap, _, section in pairs},
            questions=questions,
            body=front.text.strip(),
        )


def _with_section(body: str, own: str | None, section: str) -> str:
    span = _span(body, own) if own is not None else None
    if span is None:
        return f"{body}\n\n{section}".strip()
    return f"{body[: span[0]]}{section}\n\n{body[span[1] :]}".strip()


def _span(body: str, section: str) -> tuple[int, int] | None:
    """Return where a section of the second level begins and ends."""
    tops = [one for one in find_headings(body) if re.match(r" {0,3}##[ \t]", body[one.start : one.end])]
    at = next((n for n, one in enumerate(tops) if one.slug == section), None)
    if at is None:
        return None
    return tops[at].start, tops[at + 1].start if at + 1 < len(tops) else len(body)


def _free(section: str, taken: set[str]) -> str:
    """Return a slug that no other answer has: its heading then carries the number too."""
    number, free = 1, section
    while free in taken:
        number += 1
        free = f"{section}-{number}"
    return free
