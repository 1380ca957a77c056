"""A document of the shipped corpus: complete front matter, and sections that can be pointed at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from knowledge.document import Audience, Document, DocumentKind, WrittenQuestion
from knowledge.front_matter import read_block, split_front_matter
from knowledge.outline import Heading, find_headings
from knowledge.text import is_chinese

Stage = Literal[
    "lead", "opportunity", "onboarding", "adoption", "growth", "renewal", "expansion", "advocacy", "management"
]
Role = Literal["sales", "csm", "support", "manager", "marketing", "ops", "product"]
Owner = Literal["sales-enablement", "customer-success", "support", "marketing", "product", "finance", "management"]
Text = Annotated[str, Field(min_length=1)]

#: Fewer ways of asking than this find a document too rarely (decisions/0006).
_QUESTIONS_ZH, _QUESTIONS_EN = 5, 1
_SLUG = re.compile(r"\s#\S+$")
_ALIAS_PARTS = re.compile(r"[()（）/、,，]")


class CorpusFrontMatter(BaseModel):
    """What every corpus document says of itself; all keys are needed, none besides."""

    model_config = ConfigDict(extra="forbid", title="Front matter of a corpus document")

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", description="Unique; the name of the file.")]
    kind: DocumentKind = Field(description="Glossary and contradiction pages are `other`.")
    title: Text
    title_en: Text
    summary: Text = Field(description="One sentence: what the reader can do afterwards.")
    summary_en: Text
    questions: list[Text] = Field(
        min_length=_QUESTIONS_ZH + _QUESTIONS_EN,
        description="Ways people ask, at least five Chinese and one English; ` #heading-slug` names the section.",
    )
    stages: list[Stage] = Field(min_length=1)
    roles: list[Role] = Field(min_length=1)
    segments: list[Literal["大型", "中型", "中小", "小微"]] = Field(description="Empty: all.")
    industries: list[Text] = Field(description="Empty: all.")
    cities: list[Text] = Field(description="Empty: all.")
    audience: Audience = Field(description="`internal`: what customers must not see.")
    groups: list[Text]
    owner: Owner
    deputy: Owner
    verified_on: date
    review_by: date
    requirements: list[Annotated[str, Field(pattern=r"^[A-M]\d{1,2}$")]] = Field(
        max_length=8, description="The rules it truly serves."
    )
    sources: list[Text] = Field(min_length=1, description="`file / section` of what it rests on.")
    related: list[Text] = Field(description="Ids of other documents.")
    language: Literal["zh-Hans", "zh-Hant", "en"]

    @field_validator("questions")
    @classmethod
    def _both_languages(cls, questions: list[str]) -> list[str]:
        chinese = sum(is_chinese(_SLUG.sub("", question)) for question in questions)
        if chinese < _QUESTIONS_ZH or len(questions) - chinese < _QUESTIONS_EN:
            raise ValueError(
                f"{chinese} Chinese and {len(questions) - chinese} English questions; "
                f"at least {_QUESTIONS_ZH} and {_QUESTIONS_EN} are needed"
            )
        return questions

    @model_validator(mode="after")
    def _review_after_verification(self) -> CorpusFrontMatter:
        if self.review_by <= self.verified_on:
            raise ValueError("review_by must come after verified_on")
        return self


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a document, and where."""

    source: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}: {self.reason}"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and the text under it, up to the next heading."""

    heading: Heading
    text: str


@dataclass(frozen=True, kw_only=True)
class CorpusDocument:
    """A checked document: `document` is what is ingested, `front` what it says of itself."""

    front: CorpusFrontMatter
    document: Document
    sections: tuple[Section, ...]


class InvalidCorpusDocument(ValueError):
    """A document that must not be indexed; `problems` name every line that has to change."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def read_corpus_document(source: str, text: str) -> CorpusDocument:
    """Read and check one document on its own.

    Raises:
        InvalidCorpusDocument: with all problems, in the order of their lines.
    """
    text = text.replace("\r\n", "\n")
    block = read_block(text)
    if block is None:
        raise InvalidCorpusDocument([Problem(source=source, line=1, reason="front matter is missing or unreadable")])
    values, body_line = block
    try:
        front = CorpusFrontMatter.model_validate(values)
    except ValidationError as error:
        raise InvalidCorpusDocument([_problem(source, text, one) for one in error.errors()]) from error
    lenient = split_front_matter(text)
    sections = _sections(lenient.text)
    problems = [*_name_problems(source, front), *_section_problems(source, lenient.text, sections, body_line)]
    slugs = {section.heading.slug for section in sections}
    for question in lenient.questions:
        if question.section is not None and question.section not in slugs:
            line = _line_of(text, question.text)
            reason = f"question {question.text!r} points at #{question.section}, which is no heading"
            problems.append(Problem(source=source, line=line, reason=reason))
    if problems:
        raise InvalidCorpusDocument(sorted(problems, key=lambda problem: problem.line))
    document = Document(
        source=source,
        title=front.title,
        text=lenient.text,
        metadata=lenient.metadata,
        questions=lenient.questions,
    )
    return CorpusDocument(front=front, document=_with_aliases(front, document, sections), sections=sections)


def _with_aliases(front: CorpusFrontMatter, document: Document, sections: tuple[Section, ...]) -> Document:
    """Let every name of a glossary term lead to its section: 「NDR(净收入留存率)」 is asked for as either."""
    if not front.id.startswith("glossary-"):
        return document
    aliases = [
        WrittenQuestion(text=alias.strip(), section=section.heading.slug)
        for section in sections
        for alias in _ALIAS_PARTS.split(section.heading.path[-1])
        if len(alias.strip()) > 1
    ]
    return replace(document, questions=(*document.questions, *aliases))


def _sections(text: str) -> tuple[Section, ...]:
    headings = find_headings(text)
    ends = [*(heading.start for heading in headings[1:]), len(text)]
    return tuple(
        Section(heading=heading, text=text[heading.end : end].strip())
        for heading, end in zip(headings, ends, strict=True)
    )


def _name_problems(source: str, front: CorpusFrontMatter) -> list[Problem]:
    stem = PurePosixPath(source).stem
    if stem == front.id:
        return []
    return [Problem(source=source, line=2, reason=f"id {front.id!r} is not the name of the file, {stem!r}")]


def _section_problems(source: str, text: str, sections: tuple[Section, ...], body_line: int) -> list[Problem]:
    if not sections:
        return [Problem(source=source, line=body_line, reason="there is no section (## heading)")]
    problems = []
    seen: set[str] = set()
    followed = {one.heading.path: other.heading.path for one, other in pairwise(sections)}
    for section in sections:
        line = body_line + text.count("\n", 0, section.heading.start)
        name = section.heading.path[-1]
        parent = followed.get(section.heading.path, ())[: len(section.heading.path)] == section.heading.path
        if not section.text and not parent:
            problems.append(Problem(source=source, line=line, reason=f"section {name!r} is empty"))
        if section.heading.slug in seen:
            problems.append(Problem(source=source, line=line, reason=f"heading {name!r} stands twice"))
        seen.add(section.heading.slug)
    return problems


def _problem(source: str, text: str, error: Any) -> Problem:
    key = str(error["loc"][0]) if error["loc"] else ""
    match = re.search(rf"^{re.escape(key)}:", text, re.MULTILINE) if key else None
    line = text.count("\n", 0, match.start()) + 1 if match else 1
    shown = f"{key}: " if key else ""
    return Problem(source=source, line=line, reason=f"{shown}{error['msg'].removeprefix('Value error, ').lower()}")


def _line_of(text: str, part: str) -> int:
    at = text.find(part)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
