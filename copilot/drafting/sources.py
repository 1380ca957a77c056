"""Quotes for what a draft says, and the numbers they get in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from copilot.answering.answer import AbstentionReason
from copilot.answering.answerability import Answerability
from copilot.answering.evidence import EvidenceFinder
from copilot.answering.question import Question
from copilot.drafting.draft import SourceQuote
from knowledge.document import DocumentKind
from knowledge.errors import NothingIngested
from knowledge.passage import Citation, Passage, cite
from knowledge.reader import Reader
from knowledge.retriever import Retriever
from knowledge.text import sentence_spans

#: A line of a draft is read at a glance, so only the first sentences of a longer quote are taken.
_GLANCE = 120
_ITEM = re.compile(r"(?:[-*+•]|\d{1,2}[.)、])\s")
_LEADS_ON = re.compile(r"[:：]\s*$")
Accept = Callable[[Citation], bool]


class Sources:
    """Finds the best quote for a question among what a reader may see."""

    def __init__(self, *, retriever: Retriever, evidence: EvidenceFinder, answerability: Answerability) -> None:
        self._retriever = retriever
        self._evidence = evidence
        self._answerability = answerability

    def find(
        self,
        asked: str,
        reader: Reader,
        *,
        kinds: frozenset[DocumentKind] | None = None,
        accept: Accept = lambda _: True,
    ) -> Citation | None:
        """Return the best quote, of a document of these kinds; None where nothing is about the question.

        Raises:
            IndexUnavailable: the index cannot be read now.
        """
        question = Question(text=asked, person="", reader=reader)
        try:
            found = self._retriever.retrieve(question.query())
        except NothingIngested:
            return None
        passages = [one for one in found if reader.may_read(one.metadata) and _is(one, kinds)]
        if self._answerability.judge(question, passages).reason is AbstentionReason.OUT_OF_SCOPE:
            return None
        return next(
            filter(
                lambda one: accept(one) and not _LEADS_ON.search(one.quote),
                map(shortened, self._evidence.find(question, passages)),
            ),
            None,
        )


class Numbered:
    """Gives the quotes of one draft their numbers, the same quote always the same."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int, int], int] = {}
        self._quotes: list[SourceQuote] = []

    def number(self, citation: Citation) -> int:
        """Return the number of a quote, from 1."""
        passage = citation.passage
        chunk = passage.chunk
        place = (chunk.document_id, chunk.version, citation.start, citation.end)
        if place not in self._numbers:
            self._numbers[place] = len(self._numbers) + 1
            self._quotes.append(
                SourceQuote(
                    number=self._numbers[place],
                    document_id=chunk.document_id,
                    version=chunk.version,
                    source=passage.source,
                    title=passage.title,
                    heading_path=citation.heading_path,
                    quote=citation.quote,
                    start=citation.start,
                    end=citation.end,
                )
            )
        return self._numbers[place]

    @property
    def quotes(self) -> tuple[SourceQuote, ...]:
        """All quotes in the order of their numbers."""
        return tuple(self._quotes)


def shortened(citation: Citation) -> Citation:
    """Keep the sentences before any list that fit a line, and at least the first."""
    spans = sentence_spans(citation.quote)
    if len(spans) < 2:
        return citation
    list_at = next((start for start, _ in spans[1:] if _ITEM.match(citation.quote[start:])), len(citation.quote))
    ends = [end for _, end in spans[1:] if end <= min(_GLANCE, list_at)]
    start = citation.start - citation.passage.chunk.span.start
    return cite(citation.number, citation.passage, start, start + (ends[-1] if ends else spans[0][1]))


def _is(passage: Passage, kinds: frozenset[DocumentKind] | None) -> bool:
    return kinds is None or passage.metadata.kind in kinds
