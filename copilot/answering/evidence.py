"""Which sentences of the passages answer the question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import pstdev

from copilot.answering.question import Question
from knowledge.passage import Citation, Passage, cite
from knowledge.text import fold, sentence_spans, terms

#: Passages read for evidence, and quotes shown.
_PASSAGES = 6
_QUOTES = 5
#: A quote longer than this is no longer an answer at a glance.
_LONGEST = 400
#: Scores are counted in the spread (standard deviation) of the cosines of all sentences read: decisions/0015.
#: Further quotes are shown only when nearly as good as the best.
_NEAR_BEST = 6.0
#: Neighbours of a chosen sentence are read with it when they are about the question too.
_NEIGHBOUR = 4.0
_TERM_WEIGHT = 3.75
_RANK_WEIGHT = 0.4  #: per rank of the passage: the retriever has seen more than the sentence shows
#: Somebody wrote this very question for the section, and sections of such documents begin with their answer.
_WRITTEN_LEAD = 1.9
_WRITTEN_BEST = 1.9  #: of the best passage such a question led to
_PLACEHOLDER = 2.5  #: a line of a template answers nothing by itself

_MARKER = re.compile(r"(?:[-*+>•]|\d{1,2}[.)、](?!\d))[ \t]*")
_HEADING = re.compile(r"^#{1,6}\s")
_NOT_A_SENTENCE = re.compile(r"^(?:\||[-*_=]{3,}$|```|!\[)")
_LOOSE_END = ",，、;； \t"
_LEADS_ON = re.compile(r"[:：]$")
_TEMPLATE = re.compile(r"\{[^{}]{1,20}\}")
_LEAST_SPREAD = 0.005  #: of alike or single sentences, so that the words of the question can still tell them apart
_MOST_SPREAD = 0.06  #: of a handful of unlike sentences, among which any other would count as nearly as good
#: Shorter than this, a sentence is a caption or half a thought.
_SHORT = 16


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    passage: Passage
    rank: int
    section: int  #: headings seen before it in its passage; a quote never runs across one
    position: int  #: among the sentences of its section
    start: int
    end: int
    similarity: float

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def plain(self) -> str:
        """Its letters and digits in normal form: what makes two sentences the same to a reader."""
        return "".join(character for character in fold(self.text) if character.isalnum())

    @property
    def written(self) -> bool:
        """Whether somebody's written question led to the passage."""
        return "question" in self.passage.found_by


class EvidenceFinder:
    """Picks one to five quotes, best first. A quote is one sentence and those of its neighbours that belong to it."""

    def find(self, question: Question, passages: list[Passage]) -> list[Citation]:
        """Return quotes numbered from 1, best first; empty only when the passages hold no sentence."""
        sentences = [s for rank, passage in enumerate(passages[:_PASSAGES]) for s in _sentences(rank, passage)]
        if not sentences:
            return []
        scores = self._scores(question, sentences)
        order = sorted(range(len(sentences)), key=lambda i: (-scores[i], i))
        taken: set[int] = set()
        windows: list[tuple[int, int]] = []
        for best in order:
            if len(windows) == _QUOTES or scores[best] < scores[order[0]] - _NEAR_BEST:
                break
            if best not in taken and not any(sentences[best].plain in sentences[i].plain for i in taken):
                first, last = _window(sentences, scores, best, taken)
                taken.update(range(first, last + 1))
                windows.append((first, last))
        return [
            cite(n, sentences[first].passage, sentences[first].start, sentences[last].end)
            for n, (first, last) in enumerate(windows, start=1)
        ]

    def _scores(self, question: Question, sentences: list[_Sentence]) -> list[float]:
        asked = set(terms(question.text))
        # Models and languages differ in how far they spread cosines; everything below is counted in that spread.
        unit = min(_MOST_SPREAD, max(_LEAST_SPREAD, pstdev(s.similarity for s in sentences)))
        return [
            s.similarity / unit
            + _TERM_WEIGHT * len(asked & set(terms(s.text))) / max(1, len(asked))
            - _RANK_WEIGHT * s.rank
            + (_WRITTEN_LEAD if s.position == 0 and s.written else 0.0)
            + (_WRITTEN_BEST if s.rank == 0 and s.written else 0.0)
            - (_PLACEHOLDER if _TEMPLATE.search(s.text) else 0.0)
            for s in sentences
        ]


def _window(sentences: list[_Sentence], scores: list[float], best: int, taken: set[int]) -> tuple[int, int]:
    """Widen a sentence to its neighbours: what it leads on to, what completes it, what is as much to the point."""
    first = last = best
    # Where somebody wrote that the best section answers such a question, it is read as a whole, as far as it fits.
    whole = sentences[best].written and sentences[best].rank == 0
    enough = float("-inf") if whole else scores[best] - _NEIGHBOUR

    def fits(low: int, high: int) -> bool:
        edge = low if low < first else high
        return (
            0 <= low <= high < len(sentences)
            and edge not in taken
            and sentences[edge].rank == sentences[best].rank
            and sentences[edge].section == sentences[best].section
            and sentences[high].end - sentences[low].start <= _LONGEST
        )

    while fits(first, last + 1) and (
        _LEADS_ON.search(sentences[first].text)
        or sentences[last].end - sentences[first].start < _SHORT
        or scores[last + 1] >= enough
    ):
        last += 1
    while fits(first - 1, last) and (_LEADS_ON.search(sentences[first - 1].text) or scores[first - 1] >= enough):
        first -= 1
    return first, last


def _sentences(rank: int, passage: Passage) -> list[_Sentence]:
    found: list[_Sentence] = []
    section = position = 0
    known = passage.sentence_similarities
    for index, (start, end) in enumerate(sentence_spans(passage.text)):
        if _HEADING.match(passage.text[start:end]):
            section, position = section + 1, 0
            continue
        span = _trimmed(passage, start, end)
        if span is not None:
            found.append(
                _Sentence(
                    passage=passage,
                    rank=rank,
                    section=section,
                    position=position,
                    start=span[0],
                    end=span[1],
                    similarity=known[index] if index < len(known) else passage.similarity,
                )
            )
            position += 1
    return found


def _trimmed(passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    """Leave list markers out of the quote; drop tables' rules, code fences and pictures."""
    text = passage.text[start:end]
    if _NOT_A_SENTENCE.match(text):
        return None
    marker = _MARKER.match(text)
    start += marker.end() if marker else 0
    while end > start and passage.text[end - 1] in _LOOSE_END:
        end -= 1
    return (start, end) if end - start >= 2 else None
