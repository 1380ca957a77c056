"""Fuse what the vector index, the lexical index and the written questions say of each chunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nlargest
from statistics import pstdev

from knowledge.chunk import ChunkId

#: The spread of cosines is measured among this many nearest chunks.
_NEAREST = 100
_LEAST_SPREAD = 0.003  #: so that words can still tell apart what vectors cannot
_MOST_SPREAD = 0.06  #: of a handful of unlike chunks, where words would overrule any vector


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is known of one chunk for one query; None where the chunk has no such entry."""

    similarity: float  #: cosine of query and chunk
    sentences: tuple[float, ...] = ()  #: cosine of query and each sentence of the chunk
    question_similarity: float | None = None  #: best cosine of query and a written question of the chunk
    lexical: float = 0.0  #: BM25 of the chunk
    same_language: bool = True  #: as the query
    question_lexical: float = 0.0  #: best BM25 of a written question of the chunk
    fitting_facts: int = 0  #: facts of the account in context that its document is made for
    stale: bool = False  #: the review date of its document has passed


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Where they come from: decisions/0003 and 0015."""

    sentence: float = 0.6  #: share of the best sentence in the semantic score
    question: float = 0.5  #: share of the best written question
    foreign: float = 0.25  #: of the lexical weight remains when query and chunk are in different languages
    lexical: float = 4.0  #: of BM25 / max BM25, in standard deviations of the nearest chunks' semantic scores
    question_lexical: float = 1.0  #: the same for written questions; a stray shared word weighs little
    account: float = 0.5  #: per fitting fact, in the same unit: decides between near-equals, never overrules a match
    stale: float = 0.25  #: taken off, in the same unit: a quarter of a deviation (decisions/0024)


def fuse(evidence: Mapping[ChunkId, Evidence], weights: Weights) -> dict[ChunkId, float]:
    """Score each chunk; larger is better, comparable within this one query only.

    own = (1 - s) · cosine + s · best sentence cosine. semantic = max(own, (1 - q) · own + q · best question cosine): a
    written question can lift its chunk, and a chunk without one is judged by its own words. lexical = w · BM25 / max
    BM25, for the chunk and for its questions, where w is counted in standard deviations of `own` among the nearest
    chunks: models and languages differ five-fold in how far they spread cosines, and a fixed weight fits only one.
    Across languages only names and numbers are shared, so there words say less.
    """
    own = {chunk: _own(e, weights) for chunk, e in evidence.items()}
    spread = min(_MOST_SPREAD, max(_LEAST_SPREAD, pstdev(nlargest(_NEAREST, own.values()) or [0.0])))
    lexical = weights.lexical * spread
    top = max((e.lexical for e in evidence.values()), default=0.0)
    top_question = max((e.question_lexical for e in evidence.values()), default=0.0)
    return {
        chunk: _semantic(own[chunk], e, weights)
        + lexical * (1.0 if e.same_language else weights.foreign) * (e.lexical / top if top else 0.0)
        + weights.question_lexical * spread * (e.question_lexical / top_question if top_question else 0.0)
        + (weights.account * e.fitting_facts - weights.stale * e.stale) * spread
        for chunk, e in evidence.items()
    }


def _own(evidence: Evidence, weights: Weights) -> float:
    if not evidence.sentences:
        return evidence.similarity
    return (1 - weights.sentence) * evidence.similarity + weights.sentence * max(evidence.sentences)


def _semantic(own: float, evidence: Evidence, weights: Weights) -> float:
    if evidence.question_similarity is None:
        return own
    return max(own, (1 - weights.question) * own + weights.question * evidence.question_similarity)
