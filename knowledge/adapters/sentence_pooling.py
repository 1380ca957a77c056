"""Vectors of the sentences of a passage, pooled from its token embeddings: late chunking (Günther et al. 2024)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.embedder import Vectors
from knowledge.text import fold

Spans = Sequence[tuple[int, int]]


def fold_with_spans(text: str, spans: Spans) -> tuple[str, list[tuple[int, int]]]:
    """Fold a text piece by piece, so that its spans (in order, not overlapping) are known in the folded text too."""
    pieces: list[str] = []
    folded: list[tuple[int, int]] = []
    length = at = 0
    for start, end in spans:
        between, inside = fold(text[at:start]), fold(text[start:end])
        pieces += [between, inside]
        folded.append((length + len(between), length + len(between) + len(inside)))
        length, at = folded[-1][1], end
    return "".join([*pieces, fold(text[at:])]), folded


def pool_spans(tokens: Vectors, offsets: Spans, spans: Spans, whole: Vectors) -> Vectors:
    """Average the tokens inside each span and normalise: (spans, dimension).

    Args:
        tokens: (tokens, dimension), special tokens included.
        offsets: where each token stands in the text; empty for special tokens.
        spans: in the same text, in order.
        whole: (dimension,), for spans without a token: what stands behind the last one the model reads.
    """
    ends = np.array([end for _, end in offsets[: len(tokens)]])
    real = np.array([end > start for start, end in offsets[: len(tokens)]], dtype=bool)
    pooled = np.empty((len(spans), tokens.shape[1]), dtype=np.float32)
    for row, (start, end) in enumerate(spans):
        # By its end, because a token may begin with the white space before its sentence.
        inside = real & (ends > start) & (ends <= end)
        vector = tokens[inside].mean(axis=0) if inside.any() else whole
        pooled[row] = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return pooled
