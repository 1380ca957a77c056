"""Sources that disagree are shown side by side, with what each holds for; none is silently chosen, none hidden.

Two ways to know of a disagreement: the sentences cited say different things about the same (`disagreement`), or
somebody wrote a page about it (sections 「一方怎么说」 and 「另一方怎么说」; REQUIREMENTS L1-L16) and the question led
to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Protocol

from copilot.answering.answer import Composition, Conflict, ConflictSide
from copilot.answering.disagreement import Statement, difference
from copilot.answering.inert import inert
from copilot.answering.question import Language, Question
from copilot.answering.scope import scope_of
from knowledge.document import DocumentId, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.outline import find_headings
from knowledge.passage import Citation, Passage, cite
from knowledge.text import fold, is_chinese, sentence_spans, terms

#: Passages read for a sentence that says otherwise, and conflicts shown.
_PASSAGES = 5
_CONFLICTS = 2
#: A page about a disagreement is on the topic of the question when the answer cites it, when its title shares a word
#: with the question and it is near the top, or when it is at the very top.
_ON_TOPIC = 3
_NEAR_TOPIC = 6
#: Words that nearly every question and title share.
_EVERYWHERE = frozenset(
    "客户 什么 怎么 还是 多少 能不 不能 要不 不要 是不 我们 可以 如何 哪些 为什 公司 说法 到底 应该".split()  # noqa: SIM905
    + "the and for how what who does should are can you not why when which with from our their never".split()  # noqa: SIM905
)
_SIDE = re.compile(
    r"^(?:一方|另一方|第[三四五]种)|^(?:one|the other|another) side\b|^a (?:third|fourth) (?:view|side)\b"
)
_CONDITIONS = re.compile(r"^各自在什么条件下成立|^when each holds")
_ADVICE = re.compile(r"^遇到时怎么办|^what to do")
_LEADS_ON = re.compile(r"[:：]$")


class Versions(Protocol):
    """Where the whole text of a version is read; a `KnowledgeStore` is one."""

    def find_version(self, document: DocumentId, version: int) -> StoredDocument:
        """Return one version.

        Raises:
            UnknownDocument: there is no such version.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class _Claim:
    text: str
    passage: Passage
    start: int
    end: int


class ConflictFinder:
    """Adds to an answer what its sources disagree about."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def side_by_side(self, question: Question, passages: Sequence[Passage], composition: Composition) -> Composition:
        """Return the composition with its conflicts, their citations, and both sides in its text."""
        shown = _Shown(question.language, composition.citations)
        written = list(self._written(question, passages, composition.citations))
        documents = {passage.chunk.document_id for page in written for passage in page.speakers}
        for page in written[:_CONFLICTS]:
            shown.add(page.topic, page.sides, page.conditions)
        for topic, claims in _found(question, passages, composition.citations):
            if len(shown.conflicts) < _CONFLICTS and not documents & {c.passage.chunk.document_id for c in claims}:
                shown.add(topic, claims, None)
        if not shown.conflicts:
            return composition
        return replace(
            composition,
            text="\n\n".join([composition.text, *shown.blocks]),
            explanation="\n".join(filter(None, [composition.explanation, shown.verified()])),
            citations=shown.citations,
            conflicts=tuple(shown.conflicts),
        )

    def _written(
        self, question: Question, passages: Sequence[Passage], citations: Sequence[Citation]
    ) -> Iterator[_Page]:
        """Yield the pages about a disagreement that a cited document takes part in."""
        cited = [citation.passage for citation in citations]
        seen: set[DocumentId] = set()
        for rank, passage in enumerate(passages):
            document = passage.chunk.document_id
            if document in seen:
                continue
            seen.add(document)  # its best passage tells what of the page the question is about
            quoted = any(one.chunk.document_id == document for one in cited)
            involved = quoted or (
                (rank < _ON_TOPIC or (rank < _NEAR_TOPIC and _names_topic(question, passage)))
                and any(_related(passage, one) for one in cited)
            )
            if not involved or not _about_sides(passage):
                continue
            if not question.reader.may_read(passage.metadata):
                continue
            try:
                text = self._versions.find_version(document, passage.chunk.version).document.text
            except UnknownDocument:  # deleted between the search and now
                continue
            page = _page(question.language, passage, text, [one for one in cited if _related(passage, one)])
            if page is not None:
                yield page


@dataclass(frozen=True, kw_only=True)
class _Page:
    topic: str
    sides: list[_Claim]
    conditions: _Claim | None
    speakers: list[Passage]


class _Shown:
    """Numbers citations on from those of the answer and words the blocks."""

    def __init__(self, language: Language, citations: Sequence[Citation]) -> None:
        self.citations = list(citations)
        self.conflicts: list[Conflict] = []
        self.blocks: list[str] = []
        self._sides: set[int] = set()
        self._language = language

    def verified(self) -> str:
        """Say when each side was verified: beside the text, whose every figure stands in a quote."""
        zh = self._language == "zh"
        dates = [
            f"[{citation.number}] {verified_on}"
            for citation in self.citations
            if citation.number in self._sides and (verified_on := citation.passage.metadata.verified_on)
        ]
        return ("核对日期:" if zh else "Verified: ") + ("；" if zh else "; ").join(dates) if dates else ""

    def add(self, topic: str, claims: Sequence[_Claim], conditions: _Claim | None) -> None:
        """Take in one conflict."""
        topic = topic if _figures(topic) <= _figures(" ".join(c.text for c in claims)) else re.split("[:：]", topic)[0]
        sides = tuple(ConflictSide(claim=claim.text, citation=self._cite(claim)) for claim in claims)
        self._sides |= {side.citation for side in sides}
        lines = [
            f"- {_one_line(side.claim)} [{side.citation}]{_beside(self._language, claim)}"
            for side, claim in zip(sides, claims, strict=True)
        ]
        if conditions is not None:
            lead = "各自适用:" if self._language == "zh" else "When each holds: "
            lines.append(f"- {lead}{_one_line(conditions.text)} [{self._cite(conditions)}]")
        head = f"**说法不一:{inert(topic)}**" if self._language == "zh" else f"**Sources disagree: {inert(topic)}**"
        self.conflicts.append(Conflict(topic=topic, sides=sides))
        self.blocks.append("\n".join([head, *lines]))

    def _cite(self, claim: _Claim) -> int:
        offset = claim.passage.chunk.span.start
        start, end = offset + claim.start, offset + claim.end
        for citation in self.citations:
            same = citation.passage.chunk.document_id == claim.passage.chunk.document_id
            if same and citation.start <= start and end <= citation.end:
                return citation.number
        self.citations.append(cite(len(self.citations) + 1, claim.passage, claim.start, claim.end))
        return self.citations[-1].number


def _found(
    question: Question, passages: Sequence[Passage], citations: Sequence[Citation]
) -> Iterator[tuple[str, list[_Claim]]]:
    """Yield cited sentences and those of other documents that say otherwise, newest and most specific first."""
    asked = set(terms(question.text))
    cited = [claim for citation in citations for claim in _claims(citation.passage, citation)]
    others = [
        (claim, Statement(text=claim.text, scope=scope_of(claim.text, passage)))
        for passage in passages[:_PASSAGES]
        for claim in _claims(passage)
    ]
    told: set[str] = set()
    for claim in cited:
        ours = Statement(text=claim.text, scope=scope_of(claim.text, claim.passage))
        if is_chinese(question.text) == is_chinese(claim.text) and not asked & set(terms(claim.text)):
            continue
        against: dict[DocumentId, _Claim] = {}
        for other, theirs in others:
            document = other.passage.chunk.document_id
            if document != claim.passage.chunk.document_id and document not in against and difference(ours, theirs):
                against[document] = other
        if against and claim.text not in told:
            told |= {claim.text, *(one.text for one in against.values())}
            sides = sorted([claim, *against.values()], key=_newest_then_most_specific)
            yield _topic(question.language, [one.text for one in sides]), sides


def _claims(passage: Passage, citation: Citation | None = None) -> list[_Claim]:
    """Return the sentences of a passage, only those within the citation when there is one."""
    offset = passage.chunk.span.start
    low, high = (citation.start - offset, citation.end - offset) if citation else (0, len(passage.text))
    return [
        _Claim(text=passage.text[start:end], passage=passage, start=start, end=end)
        for start, end in ((max(s, low), min(e, high)) for s, e in sentence_spans(passage.text))
        if start < end
    ]


def _newest_then_most_specific(claim: _Claim) -> tuple[int, int]:
    verified = claim.passage.metadata.verified_on or date.min
    return -verified.toordinal(), -len(scope_of(claim.text, claim.passage))


def _topic(language: Language, texts: Sequence[str]) -> str:
    """Name what the statements share: the longest run of characters common to both, else a general word."""
    first, second = texts[0], texts[1]
    shared = max(_runs(first, second), key=len, default="").strip(" ,，。:：、的了是")
    if len(shared) >= (3 if language == "zh" else 8):
        return shared
    return "同一件事的数字或做法" if language == "zh" else "the same point"


def _runs(one: str, other: str) -> Iterator[str]:
    pieces = re.split(r"[\d,，。;；:：()（）\s%]+" if is_chinese(one) else r"[\d,.;:()%]+", one)
    for piece in pieces:
        for start in range(len(piece)):
            for end in range(len(piece), start, -1):
                if piece[start:end] in other:
                    yield piece[start:end]
                    break


def _about_sides(passage: Passage) -> bool:
    """Tell whether a passage belongs to a disagreement itself, not to a section about something beside it."""
    return any(
        pattern.match(fold(heading)) for heading in _headings(passage) for pattern in (_SIDE, _CONDITIONS, _ADVICE)
    )


def _headings(passage: Passage) -> tuple[str, ...]:
    inside = [heading.path[-1] for heading in find_headings(passage.text)]
    return (*passage.chunk.span.heading_path, *inside)


def _related(page: Passage, other: Passage) -> bool:
    """Tell whether the page names the other document, or is named by it."""
    return _stem(other) in page.metadata.related or _stem(page) in other.metadata.related


def _names_topic(question: Question, page: Passage) -> bool:
    title = f"{page.title}\n{page.metadata.title_en or ''}"
    shared = set(terms(question.text)) & set(terms(title)) - _EVERYWHERE
    return any((not word.isascii() and len(word) > 1) or len(word) > 2 for word in shared)


def _stem(passage: Passage) -> str:
    return PurePosixPath(passage.source).stem


def _page(language: Language, found: Passage, text: str, speakers: list[Passage]) -> _Page | None:
    """Read both sides of a page: the first sentence of each section that states one."""
    headings = find_headings(text)
    ends = [heading.start for heading in headings[1:]] + [len(text)]
    sides, conditions = [], None
    for heading, end in zip(headings, ends, strict=True):
        title = fold(heading.path[-1])
        claim = _first_sentence(found, text, heading.end, end, heading.path)
        if claim is not None and _SIDE.match(title):
            sides.append(claim)
        elif claim is not None and _CONDITIONS.match(title):
            conditions = claim
    if len(sides) < 2:
        return None
    topic = (found.metadata.title_en if language == "en" else None) or found.title
    return _Page(topic=topic, sides=sides, conditions=conditions, speakers=[found, *speakers])


def _first_sentence(found: Passage, text: str, start: int, end: int, path: tuple[str, ...]) -> _Claim | None:
    spans = sentence_spans(text[start:end])
    if not spans:
        return None
    last = next((i for i, span in enumerate(spans) if not _LEADS_ON.search(text[start + span[0] : start + span[1]])), 0)
    first = spans[0][0]
    # The section as a passage of its own: the one found may be another part of the page.
    span = replace(found.chunk.span, start=start, end=end, text=text[start:end], heading_path=path)
    passage = replace(found, chunk=replace(found.chunk, span=span))
    return _Claim(text=text[start + first : start + spans[last][1]], passage=passage, start=first, end=spans[last][1])


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", fold(text)))


def _beside(language: Language, claim: _Claim) -> str:
    """Say what a side holds for, as far as its document says."""
    metadata = claim.passage.metadata
    facts = ["、".join(values) for values in (metadata.segments, metadata.industries, metadata.cities) if values]
    if not facts:
        return ""
    facts = [inert(fact) for fact in facts]
    # An ASCII bracket right behind [1] would make a link of it.
    return f"（{';'.join(facts)}）" if language == "zh" else f" ({'; '.join(facts)})"


def _one_line(text: str) -> str:
    return inert(" ".join(re.sub(r"^\s*(?:[-*+•>]|\d{1,2}[.)、](?!\d))\s+", "", text, flags=re.MULTILINE).split()))
