"""Port: a second look at the best passages, by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Slower and finer than vectors; asked about a few dozen passages only."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return how well each text answers the question, larger is better, comparable within this call.

        Raises:
            RerankerUnavailable: the model cannot be loaded or does not give one number per text.
        """
        ...
