"""Which of very many questions may be touched at all: a filter in bulk, before any of them is searched for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from copilot.curating.changes.asked import Asked
from copilot.curating.changes.trial import Side, Trial
from knowledge.chunk import ChunkId
from knowledge.embedder import Vectors
from knowledge.question_store import QuestionedDocument
from knowledge.text import terms

#: A question stays when fewer chunks of other documents than this come nearer to it than an edited one.
_DEPTH = 50
#: Or when an edited document has this share of its words, the rare ones counting for more.
_SHARE = 0.4
_AT_ONCE = 256


class Nearby:
    """Tells which questions an edit can touch.

    It ranks by vectors of chunks and written questions, and by shared words; sentences and BM25 are left out. So it can
    miss a question for which an edited document is beyond the first fifty by vectors, shares less than two fifths of
    its words, and is still among the first ten when everything is fused (decisions/0035 has what it missed).
    """

    def __init__(self, trial: Trial) -> None:
        edited = {document.id for document in trial.documents}
        before = list(_documents(trial.before))
        after = [one for one in _documents(trial.after) if one.id in edited]
        others = [one for one in before if one.id not in edited]
        changed = [(trial.before, one) for one in before if one.id in edited] + [(trial.after, one) for one in after]
        embed = trial.before.embedder.embed_queries
        self._embed = embed
        self._others = _Entries.of([(trial.before, one) for one in others], trial.before)
        self._changed = _Entries.of(changed, trial.before)
        frequency = Counter(word for one in before for chunk in one.chunks for word in set(terms(chunk.span.text)))
        total = 1 + sum(len(one.chunks) for one in before)
        self._weight = {word: log(total / count) for word, count in frequency.items()}
        self._rarest = log(total)
        self._words = [_words(one) for _, one in changed]

    def among(self, questions: Sequence[Asked]) -> set[int]:
        """Return the positions of those that may be touched."""
        found: set[int] = set()
        for start in range(0, len(questions), _AT_ONCE):
            some = questions[start : start + _AT_ONCE]
            vectors = self._embed([asked.text for asked in some])
            best = self._changed.semantic(vectors).max(axis=1, initial=-2.0)
            nearer = (self._others.semantic(vectors) > best[:, None]).sum(axis=1)
            found |= {
                start + i for i, asked in enumerate(some) if nearer[i] < _DEPTH or self._share(asked.text) >= _SHARE
            }
        return found

    def _share(self, text: str) -> float:
        words = set(terms(text))
        whole = sum(self._weight.get(word, self._rarest) for word in words)
        shared = max((self._told(words & known) for known in self._words), default=0.0)
        return shared / whole if whole else 1.0

    def _told(self, words: Iterable[str]) -> float:
        return sum(self._weight.get(word, self._rarest) for word in words)


@dataclass(frozen=True, kw_only=True)
class _Entries:
    """Chunks, and the written questions that lead to them, sorted by chunk."""

    chunks: Vectors  #: (m, dimension)
    questions: Vectors  #: (k, dimension)
    starts: npt.NDArray[np.intp]  #: where the questions of each questioned chunk start
    homes: npt.NDArray[np.intp]  #: the rows of those chunks

    @classmethod
    def of(cls, documents: Sequence[tuple[Side, QuestionedDocument]], embedding: Side) -> _Entries:
        rows: dict[ChunkId, int] = {}
        vectors: list[Vectors] = []
        asked: list[tuple[int, str]] = []
        for side, document in documents:
            stored = side.vectors.vectors([chunk.id for chunk in document.chunks])
            for chunk in document.chunks:
                if chunk.id in stored:
                    rows[chunk.id] = len(vectors)
                    vectors.append(stored[chunk.id])
            asked += [(rows[one.chunk_id], one.text) for one in document.questions if one.chunk_id in rows]
        asked.sort(key=lambda one: one[0])
        homes, starts = np.unique(np.array([row for row, _ in asked], dtype=np.intp), return_index=True)
        size = embedding.embedder.identity.dimension
        texts = [text for _, text in asked]
        made = [
            embedding.embedder.embed_queries(texts[start : start + _AT_ONCE])
            for start in range(0, len(texts), _AT_ONCE)
        ]
        return cls(
            chunks=np.vstack(vectors) if vectors else np.zeros((0, size), dtype=np.float32),
            questions=np.vstack(made) if made else np.zeros((0, size), dtype=np.float32),
            starts=starts,
            homes=homes,
        )

    def semantic(self, asked: Vectors) -> Vectors:
        """Return how near each chunk is to each question, as `fuse` counts it without sentences: (n, m)."""
        near = asked @ self.chunks.T
        if len(self.questions):
            led = np.maximum.reduceat(asked @ self.questions.T, self.starts, axis=1)
            own = near[:, self.homes]
            near[:, self.homes] = np.maximum(own, (own + led) / 2)
        semantic: Vectors = near
        return semantic


def _documents(side: Side) -> Iterable[QuestionedDocument]:
    for summary in side.store.summaries():
        document = side.questions.current(summary.id)
        if document is not None and document.chunks:
            yield document


def _words(document: QuestionedDocument) -> set[str]:
    texts = [document.title, *(chunk.span.text for chunk in document.chunks), *(q.text for q in document.questions)]
    return {word for text in texts for word in terms(text)}
