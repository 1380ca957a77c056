"""Query → passages: vectors, full text and written questions, fused; words alone when embedder or vectors are down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from statistics import pstdev

from knowledge.account_fit import account_fit
from knowledge.chunk import ChunkId, embedded_text
from knowledge.document import DocumentId
from knowledge.embedder import Embedder, Vectors
from knowledge.errors import (
    DatabaseUnavailable,
    EmbedderDown,
    IndexModelMismatch,
    IndexUnavailable,
    NothingIngested,
    ReportableError,
)
from knowledge.fusion import Evidence, Weights, fuse
from knowledge.index import LexicalIndex, SearchedVectors
from knowledge.passage import Passage, distinct
from knowledge.query import Query
from knowledge.reader import AccessLabel, Reader
from knowledge.reranker import Reranker
from knowledge.respelling import Respeller
from knowledge.sounds import SoundTable
from knowledge.store import KnowledgeStore
from knowledge.text import is_chinese, sentence_spans

#: How deep each index is read before fusing; the right chunk is rarely beyond (measured on the development sets).
CANDIDATES = 100
#: Cosine by which a corrected question must be nearer. On 430 own questions this keeps 67 of 86 right corrections of a
#: character put in at random, and none of six where nothing was wrong (decisions/0015).
_NEARER = 0.005
#: How many passages a reranker reads at least; a model of useful size takes tens of milliseconds for each.
RERANKED = 30

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """Best cosines of a text; None where the index has no such entry."""

    chunk: float | None
    question: float | None

    @property
    def best(self) -> float:
        """The better of the two; -1 where there is no entry at all."""
        return max((cosine for cosine in (self.chunk, self.question) if cosine is not None), default=-1.0)


def is_partial(error: ReportableError) -> bool:
    """Tell whether only the embedder or the vectors failed: words can still be searched."""
    return isinstance(error, IndexUnavailable | EmbedderDown) and not isinstance(error, DatabaseUnavailable)


class Retriever:
    """One retrieval path for search, answers, evaluation and every surface."""

    def __init__(
        self,
        *,
        embedder: Embedder,
        vectors: SearchedVectors,
        lexical: LexicalIndex,
        store: KnowledgeStore,
        weights: Weights | None = None,
        sounds: SoundTable | None = None,
        reranker: Reranker | None = None,
        words: Embedder | None = None,
        steady: Callable[[], AbstractContextManager[None]] = nullcontext,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """While `steady()` is held, embedder and vectors stay those of one model (`knowledge/reading.py`).

        With `sounds`, questions typed as pinyin or with characters that only sound right are understood. With `words`,
        an embedder that needs no model, a search whose embedder or vectors fail is made by words alone.
        """
        self._embedder = embedder
        self._vectors = vectors
        self._lexical = lexical
        self._store = store
        self._weights = weights or Weights()
        self._steady = steady
        self._sounds = sounds
        self._reranker = reranker
        self._words = words
        self._today = today
        self._respeller: tuple[str, Respeller] | None = None

    def strict(self) -> Retriever:
        """Return the same, which fails rather than look for words alone: for those who judge or measure."""
        same = copy(self)
        same._words = None
        return same

    def retrieve(self, query: Query) -> list[Passage]:
        """Return at most `query.limit` passages, best first, texts distinct; empty when nothing may be read.

        Where `by_words` of the passages is set, they were found by words alone.

        Raises:
            NothingIngested: there is no index yet.
            IndexUnavailable: the stores cannot be read.
            IndexModelMismatch: the index was built with another model.
            IndexRebuilding: it is just being rebuilt, and the model it was built with is gone.
            RerankerUnavailable: the reranker of the settings cannot be used.
        """
        with self._steady():
            if self._words is None:
                return self._retrieve(query)
            if not query.by_words:
                try:
                    return self._retrieve(query)
                except ReportableError as error:
                    if not is_partial(error):
                        raise
                    _log.warning("searched by words alone: %s", error.message)
            return self._retrieve_by_words(query, self._words)

    def meant(self, text: str, reader: Reader) -> str:
        """Return the question as it is searched: corrected where it was typed as pinyin or by sound, else as it is.

        A correction counts only where the index comes nearer to it than to what was typed: rare names and new words
        look like slips too.

        Raises:
            What `retrieve` raises.
        """
        if self._sounds is None:
            return text
        revision = self._store.revision()
        known = self._respeller  # one look, since other threads may put a newer one in its place
        if known is None or known[0] != revision:
            known = self._respeller = revision, Respeller(self._sounds, self._lexical.words)
        corrected = known[1].respell(text)
        if corrected is None:
            return text
        try:
            self._check_identity()
            typed, better = (one.best for one in self.nearness([text, corrected], reader))
        except ReportableError as error:
            if self._words is None or not is_partial(error):
                raise
            return text  # nothing can tell which is nearer
        return corrected if better > typed + _NEARER else text

    def _retrieve(self, query: Query) -> list[Passage]:
        self._check_identity()
        query = replace(query, text=self.meant(query.text, query.reader))
        vector = self._embedder.embed_queries([query.text])[0]
        evidence, found_by = self._gather(query, vector)
        return self._passages(query, evidence, found_by)

    def _passages(
        self,
        query: Query,
        evidence: Mapping[ChunkId, Evidence],
        found_by: Mapping[str, Mapping[ChunkId, float]],
        *,
        by_words: bool = False,
    ) -> list[Passage]:
        scores = fuse(evidence, self._weights)
        ranked = sorted(scores, key=lambda chunk: (-scores[chunk], chunk))
        # Twice the limit leaves room for duplicated texts, which are collapsed below.
        shown = ranked[: 2 * max(query.limit, RERANKED if self._reranker else 0) + 10]
        homes = self._store.chunks(shown)
        passages = [
            Passage(
                chunk=home.chunk,
                source=home.source,
                title=home.title,
                metadata=home.metadata,
                score=scores[chunk],
                similarity=evidence[chunk].similarity,
                question_similarity=evidence[chunk].question_similarity,
                sentence_similarities=evidence[chunk].sentences,
                found_by=tuple(name for name, chunks in found_by.items() if chunk in chunks),
                by_words=by_words,
            )
            for chunk in shown
            # The index has been asked as this reader; who may read may have changed since its entries were written.
            if (home := homes.get(chunk)) is not None and query.reader.may_read(home.metadata)
        ]
        return self._reranked(query, distinct(passages))[: query.limit]

    def _retrieve_by_words(self, query: Query, words: Embedder) -> list[Passage]:
        """Rank what holds the words of the query; cosines are of the words too."""
        self._check_filled()
        worded = self._lexical.search_text("chunk", query.text, CANDIDATES, query.reader)
        asked = self._lexical.search_text("question", query.text, CANDIDATES, query.reader)
        similarity, sentences = self._alike(query.text, {*worded, *asked}, words)
        fitting, stale = self._fitting(query, list(similarity)), self._store.stale(list(similarity), self._today())
        evidence = {
            chunk: Evidence(
                similarity=cosine,
                sentences=sentences[chunk],
                lexical=worded.get(chunk, 0.0),
                question_lexical=asked.get(chunk, 0.0),
                fitting_facts=fitting.get(chunk, 0),
                stale=chunk in stale,
            )
            for chunk, cosine in similarity.items()
        }
        return self._passages(query, evidence, {"lexical": worded, "question": asked}, by_words=True)

    def _alike(
        self, text: str, chunks: Collection[ChunkId], words: Embedder
    ) -> tuple[dict[ChunkId, float], dict[ChunkId, tuple[float, ...]]]:
        """Return how much of its words each chunk, and each sentence of it, shares with a text, as cosines."""
        homes = self._store.chunks(list(chunks))
        if not homes:
            return {}, {}
        vector = words.embed_queries([text])[0]
        whole = [embedded_text(home.title, home.metadata.context, home.chunk.span) for home in homes.values()]
        parts = [
            [home.chunk.span.text[start:end] for start, end in sentence_spans(home.chunk.span.text)]
            for home in homes.values()
        ]
        return (
            dict(zip(homes, map(float, words.embed_passages(whole) @ vector), strict=True)),
            {
                chunk: tuple(map(float, words.embed_passages(texts) @ vector))
                for chunk, texts in zip(homes, parts, strict=True)
            },
        )

    def _reranked(self, query: Query, passages: list[Passage]) -> list[Passage]:
        """Put the best in the order of the reranker, if there is one, with its scores."""
        if self._reranker is None:
            return passages
        best = passages[: max(RERANKED, query.limit)]
        texts = [embedded_text(one.title, one.metadata.context, one.chunk.span) for one in best]
        scores = self._reranker.scores(query.text, texts)
        stale = self._store.stale([one.chunk.id for one in best], self._today())
        off = self._weights.stale * pstdev(scores or [0.0])  # what `fuse` takes off, on the reranker's scale
        rescored = [
            replace(passage, score=score - off * (passage.chunk.id in stale))
            for passage, score in zip(best, scores, strict=True)
        ]
        return sorted(rescored, key=lambda passage: -passage.score)

    def nearness(self, texts: Sequence[str], reader: Reader) -> list[Nearness]:
        """Tell how near the index comes to each text, without ranking anything."""
        with self._steady():
            return self._nearness(texts, reader)

    def _nearness(self, texts: Sequence[str], reader: Reader) -> list[Nearness]:
        vectors, among = self._embedder.embed_queries(texts), self._among(reader)
        chunks = self._vectors.nearest("chunk", vectors, reader, among)
        questions = self._vectors.nearest("question", vectors, reader, among)
        return [Nearness(chunk=one, question=other) for one, other in zip(chunks, questions, strict=True)]

    def revision(self) -> str:
        """Return a value that changes whenever what can be found changes."""
        return self._store.revision()

    def labels(self) -> Collection[AccessLabel]:
        """Return the labels there are documents with."""
        return self._store.labels()

    def _check_filled(self) -> None:
        if self._store.count() == 0:
            raise NothingIngested("Nothing has been ingested yet. Run `copilot ingest` first.")

    def _check_identity(self) -> None:
        self._check_filled()
        stored = self._vectors.identity()
        if stored is None:
            raise IndexUnavailable("The vectors of the index are gone. Run `copilot ingest` to make them anew.")
        if stored != self._embedder.identity:
            raise IndexModelMismatch(
                f"The index was built with {stored.model!r} ({stored.dimension} dimensions, normal form "
                f"{stored.normal_form}), but the settings name {self._embedder.identity.model!r} "
                f"({self._embedder.identity.dimension}, {self._embedder.identity.normal_form}). Run `copilot ingest`, "
                "which rebuilds the index for that model, or restore the setting."
            )

    def _among(self, reader: Reader) -> Collection[DocumentId] | None:
        """Return the documents to look at, for a reader who wants only verified ones; None: all."""
        return None if reader.verified_on is None else self._store.verified(reader.verified_on)

    def _fitting(self, query: Query, chunks: Sequence[ChunkId]) -> Mapping[ChunkId, int]:
        if query.account is None:
            return {}
        homes = self._store.chunks(chunks)
        return {chunk: account_fit(query.account, home.metadata) for chunk, home in homes.items()}

    def _gather(
        self, query: Query, vector: Vectors
    ) -> tuple[dict[ChunkId, Evidence], Mapping[str, Mapping[ChunkId, float]]]:
        reader, among = query.reader, self._among(query.reader)
        near = self._vectors.search("chunk", vector, CANDIDATES, reader, among)
        asked = self._vectors.search("question", vector, CANDIDATES, reader, among)
        worded = self._lexical.search_text("chunk", query.text, CANDIDATES, reader)
        asked_worded = self._lexical.search_text("question", query.text, CANDIDATES, reader)
        candidates = {*near, *asked, *worded, *asked_worded}
        # Chunks found only by words or questions still need their own cosine, or they would compete unequally.
        missing = self._vectors.vectors([chunk for chunk in candidates if chunk not in near])
        similarity = dict(near) | {chunk: float(vector @ stored) for chunk, stored in missing.items()}
        sentences = self._store.sentences([chunk for chunk in candidates if chunk in similarity])
        fitting = self._fitting(query, [chunk for chunk in candidates if chunk in similarity])
        stale = self._store.stale(list(similarity), self._today())
        chinese = is_chinese(query.text)
        evidence = {
            chunk: Evidence(
                similarity=similarity[chunk],
                sentences=tuple(map(float, sentences[chunk].vectors @ vector)) if chunk in sentences else (),
                same_language=chunk not in sentences or sentences[chunk].chinese == chinese,
                question_similarity=asked.get(chunk),
                lexical=worded.get(chunk, 0.0),
                question_lexical=asked_worded.get(chunk, 0.0),
                fitting_facts=fitting.get(chunk, 0),
                stale=chunk in stale,
            )
            for chunk in candidates
            if chunk in similarity
        }
        return evidence, {"vector": near, "lexical": worded, "question": {**asked, **asked_worded}}
