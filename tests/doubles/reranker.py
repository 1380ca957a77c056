"""A reranker that counts shared terms."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.text import terms


class SharedTerms:
    """Implements `Reranker`."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the share of the question's terms that each text has."""
        asked = set(terms(question))
        return [len(asked & set(terms(text))) / max(1, len(asked)) for text in texts]
