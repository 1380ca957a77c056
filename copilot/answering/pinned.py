"""A question that somebody has pinned an answer to → that answer, word for word, with its citation.

Who pinned it has looked at one version of one section, for one question. So it is returned for that question alone, to
those who may read the section, while this version is the current one and its last day has not passed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Protocol

from copilot.answering.answer import Answer, Composition, GroundedSentence, Reply
from copilot.answering.composer import explain
from copilot.answering.inert import inert
from copilot.answering.pin import Pin, PinStore
from copilot.answering.polarity import denials
from copilot.answering.question import Language
from knowledge.chunk import same_words
from knowledge.document import Audience, DocumentId, StoredDocument
from knowledge.errors import UnknownDocument
from knowledge.outline import section_span
from knowledge.passage import Citation, Passage, cite
from knowledge.question_store import QuestionedDocument
from knowledge.reader import Reader
from knowledge.text import fold, sentence_spans

COMPOSER = "curated"
#: Cosine from which a question is the pinned one in other words. Figures and denials, which cosines do not see, have to
#: be the same besides (decisions/0034 has the measurement).
SURE = 0.98
_LOOKED_AT = 5
_HAN = frozenset("一二三四五六七八九十百千万亿半")
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")
_NOTES: dict[Language, str] = {
    "zh": "这是对这个问题的固定答案,{day} 由 {person} 核定,原样给出。",
    "en": "This is the answer pinned to this question by {person} on {day}, as it stands.",
}
_FOR_CUSTOMERS: dict[Language, str] = {
    "zh": "这是对这个问题的固定答案,原样给出。",
    "en": "This is the answer pinned to this question, as it stands.",
}


class Documents(Protocol):
    """Port: the current documents; every `KnowledgeStore` is one."""

    def find(self, source_or_id: str, reader: Reader) -> StoredDocument:
        """Return the current version, if this reader may read it.

        Raises:
            UnknownDocument: there is none such.
        """
        ...


class Chunks(Protocol):
    """Port: the chunks of current documents; every `QuestionStore` is one."""

    def current(self, document: DocumentId) -> QuestionedDocument | None:
        """Return the current version."""
        ...


class PinnedAnswers:
    """Answers the questions that a person has answered once and for all."""

    def __init__(
        self,
        *,
        pins: PinStore,
        documents: Documents,
        chunks: Chunks,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._pins = pins
        self._documents = documents
        self._chunks = chunks
        self._today = today

    def reply(self, reply: Reply, *, whole: bool = True) -> Answer | None:
        """Return the pinned answer; None for every other question.

        `whole`: the passages were found by the question as a whole, so that what is near to it is near to all of it.
        """
        asked = reply.standalone_question
        for pin in self._pinned(asked, reply, whole=whole):
            citations = self._citations(pin, reply.question.reader)
            if citations:
                language = reply.question.language
                note = _note(pin, language, reply.question.reader.audience)
                return Answer(**vars(reply) | {"confidence": 1.0}, composition=_composition(citations, language, note))
        return None

    def _pinned(self, asked: str, reply: Reply, *, whole: bool) -> Iterator[Pin]:
        same = self._pins.of_words(same_words(asked))
        # Comparing words leaves points and signs out: 1.5 is not 15.
        if same is not None and _figures(fold(asked)) == _figures(fold(same.question)):
            yield same
        for passage in reply.passages[:_LOOKED_AT] if whole else ():
            if (passage.question_similarity or 0.0) < SURE:
                continue
            for pin in self._pins.of_document(passage.chunk.document_id):
                # A chunk of several short sections does not tell which of them is asked for.
                if set(passage.chunk.span.sections) == {pin.section} and _says_as_much(asked, pin.question):
                    yield pin

    def _citations(self, pin: Pin, reader: Reader) -> list[Citation]:
        """Return the section as quotes of its chunks; empty where the pin does not hold for this reader now."""
        if pin.valid_until is not None and self._today() > pin.valid_until:
            return []
        try:
            stored = self._documents.find(pin.document_id, reader)
        except UnknownDocument:
            return []
        current = self._chunks.current(pin.document_id)
        span = section_span(stored.document.text, pin.section)
        if current is None or span is None or not pin.version == current.version == stored.version:
            return []
        return list(_quotes(current, *span))


def _says_as_much(asked: str, pinned: str) -> bool:
    one, other = fold(asked), fold(pinned)
    return denials(one) == denials(other) and _figures(one) == _figures(other)


def _figures(text: str) -> list[str]:
    return sorted([*_NUMERAL.findall(text), *(character for character in text if character in _HAN)])


def _quotes(document: QuestionedDocument, start: int, end: int) -> Iterator[Citation]:
    number = 0
    for chunk in document.chunks:
        first, last = max(start, chunk.span.start), min(end, chunk.span.end)
        quoted = chunk.span.text[first - chunk.span.start : last - chunk.span.start] if first < last else ""
        if not quoted.strip():
            continue
        number += 1
        passage = Passage(
            chunk=chunk,
            source=document.source,
            title=document.title,
            metadata=document.metadata,
            score=1.0,
            similarity=1.0,
            found_by=("question",),
        )
        at = first - chunk.span.start + len(quoted) - len(quoted.lstrip())
        yield cite(number, passage, at, at + len(quoted.strip()))


def _note(pin: Pin, language: Language, audience: Audience) -> str:
    """Say that an answer is pinned; who did it is nothing for customers."""
    if audience is Audience.CUSTOMER:
        return _FOR_CUSTOMERS[language]
    return _NOTES[language].format(day=pin.pinned_at.date(), person=inert(pin.pinned_by))


def _composition(citations: list[Citation], language: Language, note: str) -> Composition:
    return Composition(
        text="\n\n".join(f"{inert(one.quote)} [{one.number}]" for one in citations),
        explanation=explain(language, citations, note),
        citations=citations,
        grounding=[
            GroundedSentence(text=sentence, status="grounded", citations=(one.number,))
            for one in citations
            for start, end in sentence_spans(one.quote)
            if (sentence := inert(one.quote[start:end]).strip())
        ],
        composer=COMPOSER,
    )
