"""Does each sentence of an answer follow from what it cites?

Two tests. What can be checked word by word (numbers, units, dates, names, denial, direction) is, by `claims`. The rest
is meaning: how near the sentence comes to the sentences it cites, on a scale that holds for any embedder and either
language, because it starts at what the same sentence gets from everyday sentences about nothing of the kind.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from copilot.answering.answer import GroundedSentence
from copilot.answering.claims import denied_otherwise, mismatches, unsupported
from copilot.answering.relevance import BACKGROUND
from knowledge.embedder import Embedder, Vectors
from knowledge.passage import Passage
from knowledge.text import fold, is_chinese, sentence_spans, terms

#: A sentence is held against this many neighbouring sentences at once, since a paraphrase may join them.
_WINDOW = 3
#: Windows this much less near than the nearest are read too for whether they deny.
_AS_NEAR = 0.02
#: Vectors remembered: a few answers, some megabytes.
_REMEMBERED = 2000
_MARK = re.compile(r"^\s*(?:[-*+>•]\s+|#+\s)*")
_SPACE = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Least support, 0 to 1, chosen on the shipped corpus (`tests/evaluation/grounding_rates.py`).

    Faithful paraphrases have 0.50-0.98 within a language (lowest twentieth 0.63) and 0.24-0.56 across languages;
    sentences of another section up to 0.55 (nine in ten below 0.42) and up to 0.41.
    """

    related: float = 0.35  #: below it the sentence is about something else
    same: float = 0.55  #: from here on it says what it cites
    related_across: float = 0.23  #: the same for a sentence and a source in two languages
    same_across: float = 0.30


#: Which of these sentences, whose citations number the passages from 1, are borne out by what they cite.
SentenceCheck = Callable[[Sequence[GroundedSentence], Sequence[Passage]], list[GroundedSentence]]


class GroundingCheck:
    """Checks sentences against the passages they cite. Its `supported` is a `SentenceCheck`."""

    def __init__(self, embedder: Embedder, thresholds: Thresholds | None = None) -> None:
        self._embedder = embedder
        self._thresholds = thresholds or Thresholds()
        self._lock = threading.Lock()
        self._everyday: Vectors | None = None
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def check(self, sentences: Sequence[GroundedSentence], passages: Sequence[Passage]) -> list[GroundedSentence]:
        """Return every sentence with its status and where in each cited passage it stands.

        `citations` are numbers of `passages`, from 1; unknown ones are left out, and a sentence that cites nothing
        known is ungrounded.
        """
        cited = [
            tuple(n for n in dict.fromkeys(sentence.citations) if 1 <= n <= len(passages)) for sentence in sentences
        ]
        windows = {n: _windows(passages[n - 1].text) for n in sorted({n for numbers in cited for n in numbers})}
        vectors = {n: self._embed([passages[n - 1].text[slice(*w)] for w in spans]) for n, spans in windows.items()}
        said = self._embed([sentence.text for sentence in sentences])
        return [
            self._judge(sentence, numbers, passages, vector, windows, vectors)
            for sentence, numbers, vector in zip(sentences, cited, said, strict=True)
        ]

    def supported(self, sentences: Sequence[GroundedSentence], passages: Sequence[Passage]) -> list[GroundedSentence]:
        """Return the sentences that are at least partly grounded."""
        return [one for one in self.check(sentences, passages) if one.status != "ungrounded"]

    def support(self, sentence: str, evidence: str) -> float:
        """Return how far the meaning of a sentence is borne out: about 0 unrelated, 1 the same."""
        spans = _windows(evidence)
        if not spans:
            return 0.0
        vectors = self._embed([evidence[slice(*span)] for span in spans])
        scores = self._scores(sentence, self._embed([sentence])[0], [evidence[slice(*s)] for s in spans], vectors)
        return float(scores.max())

    def _judge(
        self,
        sentence: GroundedSentence,
        numbers: tuple[int, ...],
        passages: Sequence[Passage],
        vector: Vectors,
        windows: dict[int, list[tuple[int, int]]],
        vectors: dict[int, Vectors],
    ) -> GroundedSentence:
        cited = [passages[n - 1] for n in numbers if windows[n]]
        numbers = tuple(n for n in numbers if windows[n])
        if not cited or not sentence.text.strip():
            return replace(sentence, status="ungrounded", citations=numbers)
        scores = [
            self._scores(sentence.text, vector, [passages[n - 1].text[slice(*w)] for w in windows[n]], vectors[n])
            for n in numbers
        ]
        spans = tuple(windows[n][int(own.argmax())] for n, own in zip(numbers, scores, strict=True))
        found = replace(sentence, citations=numbers, spans=spans)
        if any(verbatim(sentence.text, passage.text) for passage in cited):
            return replace(found, status="grounded")
        evidence = "\n".join(passage.text for passage in cited)
        doubts = mismatches(sentence.text, evidence, "\n".join(map(context, cited)))
        related, same = self._least(sentence.text, evidence)
        best = max(float(own.max()) for own in scores)
        if any(doubt.certain for doubt in doubts) or best < related:
            return replace(found, status="ungrounded")
        nearest = [
            passages[n - 1].text[slice(*window)]
            for n, own in zip(numbers, scores, strict=True)
            for window, score in zip(windows[n], own, strict=True)
            if score >= best - _AS_NEAR
        ]
        doubtful = bool(doubts) or best < same or denied_otherwise(sentence.text, nearest)
        return replace(found, status="partly" if doubtful else "grounded")

    def _least(self, sentence: str, evidence: str) -> tuple[float, float]:
        if is_chinese(sentence) == is_chinese(evidence):
            return self._thresholds.related, self._thresholds.same
        return self._thresholds.related_across, self._thresholds.same_across

    def _scores(self, sentence: str, vector: Vectors, texts: list[str], vectors: Vectors) -> Vectors:
        """Cosines above the background, spread to 0-1, raised by the share of the sentence's own words."""
        # Everyday sentences in the language of the source: across languages every cosine is lower.
        everyday = self._background() @ vector
        floors = np.array([everyday[int(is_chinese(text))] for text in texts], dtype=np.float32)
        near = (vectors @ vector - floors) / np.maximum(1e-6, 1.0 - floors)
        said = set(terms(sentence))
        shared = np.array([len(said & set(terms(text))) / max(1, len(said)) for text in texts], dtype=np.float32)
        scores: Vectors = np.maximum(near, (near + shared) / 2)
        return scores

    def _background(self) -> Vectors:
        """Return the mean everyday sentence in English (row 0) and Chinese (row 1)."""
        everyday = self._everyday
        if everyday is None:
            everyday = np.stack([self._embed(BACKGROUND[one]).mean(axis=0) for one in ("en", "zh")])
            self._everyday = everyday
        return everyday

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """Embed, remembering: the sentences of one answer come one by one and cite the same passages."""
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= dict(zip(new, self._embedder.embed_passages(new), strict=True))
            with self._lock:
                self._known |= {text: known[text] for text in new}
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        if not texts:
            return self._embedder.embed_passages([])
        vectors: Vectors = np.stack([known[text] for text in texts])
        return vectors


def verbatim(sentence: str, text: str) -> bool:
    """Tell whether a sentence is one or several whole sentences of a text, apart from spaces and marks of a list."""
    wanted = _plain(sentence)
    if not wanted:
        return False
    pieces = [_plain(text[start:end]) for start, end in sentence_spans(text)]
    return any(
        _plain("\n".join(pieces[first : last + 1])) == wanted
        for first in range(len(pieces))
        for last in range(first, min(first + 12, len(pieces)))
    )


def context(passage: Passage) -> str:
    """Return what names a source beside its text: titles, headings and its English summary."""
    metadata = passage.metadata
    parts = [passage.title, metadata.title_en, metadata.summary, metadata.summary_en, *passage.chunk.span.heading_path]
    return "\n".join(part for part in parts if part)


def quote_span(claims: Sequence[str], passage: Passage, start: int, end: int) -> tuple[int, int]:
    """Widen a span by whole sentences, as little as needed, until it holds all that the passage holds of the claims."""
    lost = _lost(claims, passage.text[start:end])
    if not lost or not lost - _lost(claims, passage.text):
        return start, end
    unattainable = _lost(claims, passage.text)
    spans = sentence_spans(passage.text)
    wider = sorted(
        ((low, high) for low, _ in spans for _, high in spans if low <= start and high >= end),
        key=lambda span: span[1] - span[0],
    )
    return next((s for s in wider if _lost(claims, passage.text[slice(*s)]) <= unattainable), (start, end))


def _lost(claims: Sequence[str], text: str) -> set[tuple[str, str]]:
    return {(doubt.kind, doubt.text) for claim in claims for doubt in unsupported(claim, text)}


def _windows(text: str) -> list[tuple[int, int]]:
    spans = sentence_spans(text)
    return [
        (spans[first][0], spans[last][1])
        for first in range(len(spans))
        for last in range(first, min(first + _WINDOW, len(spans)))
    ]


def _plain(text: str) -> str:
    """Fold, and drop marks of a list and every space that keeps no two words or numbers apart."""
    lines = (_MARK.sub("", line) for line in fold(text).split("\n"))
    return _SPACE.sub("", " ".join(lines)).rstrip("。.!?;； ")
