"""An embedder without a model: shared terms mean nearness. For tests and for machines that cannot load one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from knowledge.embedder import ModelIdentity, PassageVectors, Vectors
from knowledge.text import NORMAL_FORM_VERSION, fold, terms


class HashingEmbedder:
    """Deterministic signed feature hashing (Weinberger et al. 2009) of matching terms, L2-normalised."""

    def __init__(self, dimension: int = 256) -> None:
        self.identity = ModelIdentity(
            model=f"hashing-{dimension}", dimension=dimension, normal_form=NORMAL_FORM_VERSION
        )

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; passages and queries are treated alike."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or [fold(text)]:
                digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
                number = int.from_bytes(digest, "big")
                vectors[row, number % self.identity.dimension] += 1.0 if number >> 63 else -1.0
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        normalised: Vectors = vectors / np.maximum(norms, 1e-9, dtype=np.float32)
        return normalised

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        """Embed passages and the spans within them, each span by its own terms."""
        parts = [
            self.embed_passages([text[slice(*span)] for span in within])
            for text, within in zip(texts, spans, strict=True)
        ]
        return PassageVectors(whole=self.embed_passages(texts), sentences=parts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed questions, the same way as passages."""
        return self.embed_passages(texts)
