"""Which of very many questions may be touched at all: a filter in bulk, before any of them is searched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from copilot.curating.changes.asked import Asked
from copilot.curating.changes.trial import Side, Trial
from knowledge.embedder import Embedder, Vectors
from knowledge.fusion import Weights
from knowledge.question_store import QuestionedDocument
from knowledge.text import terms

#: A question stays when fewer chunks of other documents than this come nearer to it than an edited one.
_DEPTH = 50
#: Or when an edited document has this share of its words, the rare ones counting for more.
_SHARE = 0.4
#: Questions, and chunks of other documents, held against each other at once: some tens of megabytes.
_QUESTIONS = 512
_CHUNKS = 500
#: As `fuse` weighs sentences and written questions.
_WEIGHTS = Weights()


class Nearby:
    """Tells which questions an edit can touch, by all that is fused but BM25, and by shared words in its place.

    It can miss a question for which an edited document is beyond the first fifty by meaning, shares less than two
    fifths of its words, and is still among the first ten when everything is fused (decisions/0035 says how often).
    """

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        edited = {document.id for document in trial.documents}
        self._embedder = trial.before.embedder
        before = list(_documents(trial.before))
        self._others = [one for one in before if one.id not in edited]
        self._changed = [(trial.before, [one for one in before if one.id in edited])]
        self._changed += [(trial.after, [one for one in _documents(trial.after) if one.id in edited])]
        frequency = Counter(word for one in before for chunk in one.chunks for word in set(terms(chunk.span.text)))
        total = 1 + sum(len(one.chunks) for one in before)
        self._weight = {word: log(total / count) for word, count in frequency.items()}
        self._rarest = log(total)
        self._words = [_words(one) for _, documents in self._changed for one in documents]

    def among(self, questions: Sequence[Asked]) -> set[int]:
        """Return the positions of those that may be touched."""
        asked = _embedded(self._embedder, [one.text for one in questions])
        best = np.full(len(questions), -2.0, dtype=np.float32)
        for side, documents in self._changed:
            entries = Entries.of(side, documents)
            if len(entries.chunks):
                best = np.maximum(best, _by_rows(asked, lambda some, _, e=entries: e.semantic(some).max(axis=1)))  # type: ignore[misc]
        nearer = np.zeros(len(questions), dtype=np.float32)
        for documents in _portions(self._others):
            entries = Entries.of(self._trial.before, documents)
            nearer += _by_rows(
                asked,
                lambda some, rows, e=entries: (e.semantic(some) > best[rows][:, None]).sum(axis=1),  # type: ignore[misc]
            )
        return {i for i, one in enumerate(questions) if nearer[i] < _DEPTH or self._share(one.text) >= _SHARE}

    def _share(self, text: str) -> float:
        words = set(terms(text))
        whole = self._told(words)
        shared = max((self._told(words & known) for known in self._words), default=0.0)
        return shared / whole if whole else 1.0

    def _told(self, words: Iterable[str]) -> float:
        return sum(self._weight.get(word, self._rarest) for word in words)


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Chunks with their sentences and the written questions that lead to them."""

    chunks: Vectors  #: (m, dimension)
    sentences: Led
    questions: Led

    @classmethod
    def of(cls, side: Side, documents: Sequence[QuestionedDocument]) -> Entries:
        """Read the entries of some documents."""
        names = [chunk.id for one in documents for chunk in one.chunks]
        stored = side.vectors.vectors(names)
        rows = {name: row for row, name in enumerate(name for name in names if name in stored)}
        said = side.store.sentences(list(rows))
        size = side.embedder.identity.dimension
        asked = [(rows[q.chunk_id], q.text) for one in documents for q in one.questions if q.chunk_id in rows]
        asked.sort(key=lambda one: one[0])
        spoken = [(row, vector) for name, row in rows.items() if name in said for vector in said[name].vectors]
        return cls(
            chunks=_stacked([stored[name] for name in rows], size),
            sentences=Led.of([row for row, _ in spoken], _stacked([vector for _, vector in spoken], size)),
            questions=Led.of([row for row, _ in asked], _embedded(side.embedder, [text for _, text in asked])),
        )

    def semantic(self, asked: Vectors) -> Vectors:
        """Return the semantic score of each chunk for each question, as `fuse` has it: (n, m)."""
        own = asked @ self.chunks.T
        self.sentences.blend(own, asked, _WEIGHTS.sentence)
        led = own.copy()
        self.questions.blend(led, asked, _WEIGHTS.question)
        semantic: Vectors = np.maximum(own, led)
        return semantic


@dataclass(frozen=True, kw_only=True)
class Led:
    """Vectors that lead to chunks, several to one."""

    vectors: Vectors  #: (k, dimension), sorted by the row of their chunk
    starts: npt.NDArray[np.intp]  #: where those of each chunk start
    rows: npt.NDArray[np.intp]  #: the rows of these chunks

    @classmethod
    def of(cls, rows: Sequence[int], vectors: Vectors) -> Led:
        """`rows` are in order."""
        homes, starts = np.unique(np.array(rows, dtype=np.intp), return_index=True)
        return cls(vectors=vectors, starts=starts, rows=homes)

    def blend(self, scores: Vectors, asked: Vectors, weight: float) -> None:
        """Blend the best of what leads to a chunk into its score, in place."""
        if len(self.rows):
            best = np.maximum.reduceat(asked @ self.vectors.T, self.starts, axis=1)
            scores[:, self.rows] = (1 - weight) * scores[:, self.rows] + weight * best


def _documents(side: Side) -> Iterable[QuestionedDocument]:
    for summary in side.store.summaries():
        document = side.questions.current(summary.id)
        if document is not None and document.chunks:
            yield document


def _portions(documents: Sequence[QuestionedDocument]) -> Iterable[list[QuestionedDocument]]:
    some: list[QuestionedDocument] = []
    for one in documents:
        some.append(one)
        if sum(len(document.chunks) for document in some) >= _CHUNKS:
            yield some
            some = []
    if some:
        yield some


def _by_rows(asked: Vectors, measure: Callable[[Vectors, slice], Vectors]) -> Vectors:
    """Measure a portion of the questions at a time."""
    portions = [slice(start, start + _QUESTIONS) for start in range(0, len(asked), _QUESTIONS)]
    measured: Vectors = np.concatenate([measure(asked[rows], rows) for rows in portions]).astype(np.float32)
    return measured


def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    portions = [embedder.embed_queries(texts[start : start + _QUESTIONS]) for start in range(0, len(texts), _QUESTIONS)]
    return np.vstack(portions) if portions else np.zeros((0, embedder.identity.dimension), dtype=np.float32)


def _stacked(vectors: Sequence[Vectors], size: int) -> Vectors:
    return np.vstack(vectors) if vectors else np.zeros((0, size), dtype=np.float32)


def _words(document: QuestionedDocument) -> set[str]:
    texts = [document.title, *(chunk.span.text for chunk in document.chunks), *(q.text for q in document.questions)]
    return {word for text in texts for word in terms(text)}
