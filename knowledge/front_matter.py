"""The block between two `---` lines at the top of a Markdown file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from knowledge.document import Audience, DocumentKind, Metadata, WrittenQuestion
from knowledge.reader import NOBODY, group_name
from knowledge.text import is_storable

_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_SECTION = re.compile(r"^(.*\S)[ \t]+#(\S+)$")
_Closed = TypeVar("_Closed", bound=StrEnum)


#: What corpus documents may say of themselves; other keys are left alone.
_KEYS = frozenset(
    (
        *("id", "kind", "title", "title_en", "summary", "summary_en", "questions", "stages", "roles", "segments"),
        *("industries", "cities", "audience", "groups", "owner", "deputy", "verified_on", "review_by"),
        *("requirements", "sources", "related", "language", "url"),
    )
)
_ITEM = re.compile(r"^([ \t]*-[ \t]+)(?![\"'\[{|>&*!%@`])(.*\S)[ \t]*$")


class _TextLoader(yaml.SafeLoader):
    """Leaves dates and numbers as text: `2026-02-30` must not fail the file, nor a number of 5,000 digits."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases: a few of them can stand for more text than fits into memory."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read")
        return super().compose_node(parent, index)

    def construct_scalar(self, node: Any) -> Any:
        """Join the halves of characters that JSON writes as two escapes; what no store takes becomes U+FFFD."""
        value = super().construct_scalar(node)
        if not isinstance(value, str) or is_storable(value):
            return value
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int", ":float"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """What was read, and the text that follows it."""

    text: str
    title: str | None = None
    metadata: Metadata = field(default_factory=Metadata)
    questions: tuple[WrittenQuestion, ...] = ()
    warnings: tuple[str, ...] = ()


def split_front_matter(text: str) -> FrontMatter:
    """Take front matter off a text. A file whose block cannot be read is kept whole, with a warning."""
    match = _BLOCK.match(text)
    if match is None:
        return FrontMatter(text=text)
    try:
        values = yaml.load(_with_quoted_questions(match.group(1)), Loader=_TextLoader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 2}" if where else ""
        return FrontMatter(text=text, warnings=(f"front matter cannot be read{line}; kept as text",))
    except (RecursionError, ValueError):
        return FrontMatter(text=text, warnings=("front matter cannot be read; kept as text",))
    if not isinstance(values, dict) or not values.keys() & _KEYS:
        return FrontMatter(text=text, warnings=("front matter has no key we know; kept as text",))
    warnings: list[str] = []
    metadata = _metadata(values, warnings)
    return FrontMatter(
        text=text[match.end() :],
        title=_text(values.get("title")),
        metadata=metadata,
        questions=_questions(values.get("questions"), warnings),
        warnings=tuple(warnings),
    )


def read_block(text: str) -> tuple[dict[Any, Any], int] | None:
    """Return the keys of the block and the line its text begins on (from 1); None when there is none to read."""
    match = _BLOCK.match(text)
    if match is None:
        return None
    try:
        values = yaml.load(_with_quoted_questions(match.group(1)), Loader=_TextLoader)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return (values, text.count("\n", 0, match.end()) + 1) if isinstance(values, dict) else None


def _with_quoted_questions(block: str) -> str:
    """Quote the plain items of `questions`: YAML would take their ` #heading-slug` for a comment."""
    lines, inside = [], False
    for line in block.split("\n"):
        if line.strip() and not line.startswith((" ", "\t", "-")):
            inside = line.split(":")[0].strip() == "questions"
        item = _ITEM.match(line) if inside else None
        lines.append(item.group(1) + json.dumps(item.group(2), ensure_ascii=False) if item else line)
    return "\n".join(lines)


def _metadata(values: dict[Any, Any], warnings: list[str]) -> Metadata:
    return Metadata(
        kind=_closed(values, "kind", DocumentKind, DocumentKind.OTHER, warnings),
        # An audience that cannot be read must never widen who may see the document.
        audience=_closed(values, "audience", Audience, Audience.INTERNAL, warnings),
        groups=_groups(values.get("groups"), warnings),
        language=_text(values.get("language")),
        title_en=_text(values.get("title_en")),
        summary=_text(values.get("summary")),
        summary_en=_text(values.get("summary_en")),
        url=_text(values.get("url")),
        owner=_text(values.get("owner")),
        deputy=_text(values.get("deputy")),
        verified_on=_date(values, "verified_on", warnings),
        review_by=_date(values, "review_by", warnings),
        stages=_texts(values.get("stages")),
        roles=_texts(values.get("roles")),
        segments=_texts(values.get("segments")),
        industries=_texts(values.get("industries")),
        cities=_texts(values.get("cities")),
        related=_texts(values.get("related")),
        requirements=_texts(values.get("requirements")),
    )


def _questions(value: object, warnings: list[str]) -> tuple[WrittenQuestion, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        warnings.append("front matter key 'questions' is not a list; ignored")
        return ()
    found = []
    for entry in value:
        if not isinstance(entry, str) or not entry.strip():
            warnings.append(f"question {entry!r} is not text; ignored")
            continue
        match = _SECTION.match(entry.strip())
        text, section = (match.group(1), match.group(2)) if match else (entry.strip(), None)
        found.append(WrittenQuestion(text=text, section=section))
    return tuple(found)


def _closed(values: dict[Any, Any], key: str, closed: type[_Closed], default: _Closed, warnings: list[str]) -> _Closed:
    value = values.get(key)
    if value is None:
        return default
    try:
        return closed(str(value))
    except ValueError:
        allowed = ", ".join(closed)
        warnings.append(f"front matter {key} {value!r} is none of {allowed}; taken as {default.value!r}")
        return default


def _date(values: dict[Any, Any], key: str, warnings: list[str]) -> date | None:
    value = values.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        warnings.append(f"front matter {key} {value!r} is not a date such as 2026-11-23; ignored")
        return None


def _groups(value: object, warnings: list[str]) -> tuple[str, ...]:
    """Read who is let in. What cannot be read must never let everybody in: it is a group that nobody is in."""
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    names = [group_name(entry) if isinstance(entry, str) else "" for entry in entries]
    if not all(names):
        warnings.append(f"front matter groups {value!r} is no list of names; what is no name lets nobody in")
    return tuple(sorted({name or NOBODY for name in names}))


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
