"""Port: text to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class ModelIdentity:
    """What an index must be asked with: vectors of different identities never meet."""

    model: str
    dimension: int
    normal_form: int


@dataclass(frozen=True, kw_only=True)
class PassageVectors:
    """Passages as a whole and sentence by sentence, read in one pass, so that a sentence keeps its surroundings."""

    whole: Vectors  #: (n, dimension)
    sentences: Sequence[Vectors]  #: n arrays (sentences of that passage, dimension)


class Embedder(Protocol):
    """Turns texts into L2-normalised vectors, so that a dot product is a cosine."""

    @property
    def identity(self) -> ModelIdentity:
        """The identity of this model; reading it may load the model."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: (n, dimension) float32, same order as `texts`; n may be 0."""
        ...

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        """Embed passages and the spans within them; `whole` equals `embed_passages(texts)`.

        A span behind what the model reads of a text gets the vector of the whole text.
        """
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is asked: (n, dimension) float32, same order as `texts`; n may be 0."""
        ...
