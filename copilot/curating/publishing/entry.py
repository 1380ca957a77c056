"""An entry as a draft holds it: front matter that people can edit, and the answer under its heading."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from copilot.errors import KnowledgeUnreadable
from knowledge.document import Audience
from knowledge.front_matter import split_front_matter
from knowledge.outline import find_headings, slug
from knowledge.reader import AccessLabel, access_label

_HEADING = re.compile(r"\A\s*##[ \t](?P<title>[^\n]*)\n")
_INNER_HEADING = re.compile(r"^ {0,3}(#{1,4})(?=[ \t])")
_LOWERED_HEADING = re.compile(r"^##(#{1,4})(?=[ \t])")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
#: A longer answer is refused for its length (copilot/curating/publishing/refusals.py) and not read here.
_READ = 8_000
_LONGEST_TITLE = 160
_MOST_QUESTIONS, _LONGEST_QUESTION = 20, 200


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is published: one question with its wordings, and the answer as its expert gave it."""

    title: str  #: the heading of its section, and the title of a document of its own
    questions: Sequence[str]  #: the wordings it is found by, the main one first
    answer: str  #: Markdown
    language: Literal["zh", "en"]
    stages: Sequence[str] = ()
    roles: Sequence[str] = ()  #: empty: all
    audience: Audience = Audience.INTERNAL
    groups: Sequence[str] = ()
    owner: str
    review_by: date
    related: Sequence[str] = ()  #: ids of corpus documents

    @property
    def label(self) -> AccessLabel:
        """Who may read it."""
        return access_label(self.audience, self.groups)

    @property
    def section(self) -> str:
        """The slug of its heading."""
        return slug(self.title) or "answer"


def one_line(text: str) -> str:
    """Return a text as it may be a title or a wording: on one line, no `#` that would point at a section."""
    return " ".join(text.split()).replace("#", "＃")


def front_matter(entry: Entry, *more: tuple[str, object]) -> str:
    """Return the block; every value is written as JSON, which is YAML and can break out of nothing."""
    values: list[tuple[str, object]] = [
        ("kind", "faq"),
        ("title", entry.title),
        ("questions", list(entry.questions)),
        ("stages", list(entry.stages)),
        ("roles", list(entry.roles)),
        ("audience", entry.audience.value),
        ("groups", list(entry.groups)),
        ("owner", entry.owner),
        ("review_by", entry.review_by.isoformat()),
        ("related", list(entry.related)),
        ("language", "zh-Hans" if entry.language == "zh" else "en"),
        *more,
    ]
    lines = ["---"]
    for key, value in values:
        if key in ("questions", "answers") and isinstance(value, list):
            lines += [f"{key}:", *(f"  - {_quoted(one)}" for one in value)]
        else:
            lines.append(f"{key}: {_quoted(value)}")
    return "\n".join([*lines, "---"])


def draft_text(entry: Entry) -> str:
    """Return the entry as a draft."""
    return f"{front_matter(entry)}\n{section_text(entry)}\n"


def section_text(entry: Entry) -> str:
    """Return the section of an entry: headings of the answer stand below its own."""
    return f"## {entry.title}\n\n{_moved(entry.answer.strip(), _INNER_HEADING, '##')}"


def read_entry(content: str) -> Entry:
    """Read a draft as a person left it.

    Raises:
        KnowledgeUnreadable: the block cannot be read, or lacks what an entry must say; the message names it.
    """
    front = split_front_matter(content)
    if front.warnings or front.title is None:
        said = "; ".join(front.warnings) or "the front matter or its title is missing"
        raise KnowledgeUnreadable(f"The entry cannot be read: {said}. Keep the block between the two --- lines.")
    metadata = front.metadata
    heading = _HEADING.match(front.text)
    answer = front.text[heading.end() :] if heading else front.text
    questions = [one_line(one.text) for one in front.questions]
    lacking = [
        name
        for name, there in (
            ("questions", questions),
            ("owner", metadata.owner),
            ("review_by", metadata.review_by),
            ("an answer below the front matter", answer.strip()),
        )
        if not there
    ]
    if lacking or metadata.owner is None or metadata.review_by is None:
        raise KnowledgeUnreadable(f"The entry lacks {', '.join(lacking)}. Add it.")
    title = one_line(front.title)
    # Cut here and not in the pattern, which would look through a long line from each of its signs.
    headed = heading["title"].strip().rstrip(" \t#") if heading else None
    if headed is not None and one_line(headed) != title:
        raise KnowledgeUnreadable(f"The title says {title[:60]!r} and the heading {headed[:60]!r}. Make them the same.")
    if len(questions) > _MOST_QUESTIONS or any(len(one) > _LONGEST_QUESTION for one in questions):
        raise KnowledgeUnreadable(
            f"At most {_MOST_QUESTIONS} questions of {_LONGEST_QUESTION} characters fit. Leave the least usual out."
        )
    if len(title) > _LONGEST_TITLE:
        raise KnowledgeUnreadable(f"The title has {len(title)} characters; at most {_LONGEST_TITLE} fit. Shorten it.")
    entry = Entry(
        title=title,
        questions=questions,
        answer=_moved(answer.strip(), _LOWERED_HEADING),
        language="en" if metadata.language == "en" else "zh",
        stages=metadata.stages,
        roles=metadata.roles,
        audience=metadata.audience,
        groups=metadata.groups,
        owner=metadata.owner,
        review_by=metadata.review_by,
        related=metadata.related,
    )
    if len(entry.answer) <= _READ and not _stands_alone(entry):
        raise KnowledgeUnreadable(
            "The answer leaves a block of code open, or has a heading without words: what stands below it in the "
            "document would become part of it. Close the block, or give the heading words."
        )
    return entry


def _stands_alone(entry: Entry) -> bool:
    """Tell whether the section ends where another one begins; asked of what reads the document later."""
    found = find_headings(f"{section_text(entry)}\n\n## {entry.title}\n\n{entry.title}")
    return sum(len(one.path) == 1 for one in found) == 2


def _moved(answer: str, heading: re.Pattern[str], before: str = "") -> str:
    """Put something before the marks of headings, or take back what was put there; blocks of code stay as they are."""
    lines, fence = answer.split("\n"), ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if not fence:
            fence = mark[1] if mark else ""
            lines[number] = heading.sub(rf"{before}\1", line)
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
    return "\n".join(lines)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
