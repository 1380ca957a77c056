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


class Embedder(Protocol):
    """Turns texts into L2-normalised vectors, so that a dot product is a cosine."""

    @property
    def identity(self) -> ModelIdentity:
        """The identity of this model; reading it may load the model."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched: (n, dimension) float32, same order as `texts`; n may be 0."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is asked: (n, dimension) float32, same order as `texts`; n may be 0."""
        ...
