"""Fuse what the vector index, the lexical index and the written questions say of each chunk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.chunk import ChunkId


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that is known of one chunk for one query; None where the chunk has no such entry."""

    similarity: float  #: cosine of query and chunk
    question_similarity: float | None = None  #: best cosine of query and a written question of the chunk
    lexical: float = 0.0  #: BM25 of the chunk
    question_lexical: float = 0.0  #: best BM25 of a written question of the chunk


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Convex weights. Cosine + w · BM25/max BM25 with w = 0.03-0.06 beats reciprocal ranks (decisions/0003)."""

    lexical: float = 0.05
    question: float = 0.5


def fuse(evidence: Mapping[ChunkId, Evidence], weights: Weights) -> dict[ChunkId, float]:
    """Score each chunk; larger is better, comparable within this one query only.

    semantic = max(cosine, (1 - q) · cosine + q · best question cosine): a written question can lift its chunk, and a
    chunk without one is judged by its own words. lexical = w · BM25 / max BM25, for the chunk and for its questions.
    """
    top = max((e.lexical for e in evidence.values()), default=0.0)
    top_question = max((e.question_lexical for e in evidence.values()), default=0.0)
    return {
        chunk: _semantic(e, weights)
        + weights.lexical * (e.lexical / top if top else 0.0)
        + weights.lexical * (e.question_lexical / top_question if top_question else 0.0)
        for chunk, e in evidence.items()
    }


def _semantic(evidence: Evidence, weights: Weights) -> float:
    if evidence.question_similarity is None:
        return evidence.similarity
    mixed = (1 - weights.question) * evidence.similarity + weights.question * evidence.question_similarity
    return max(evidence.similarity, mixed)
