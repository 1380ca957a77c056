"""A CrossEncoder of sentence-transformers: any hub id or local folder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import RerankerUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_log = logging.getLogger(__name__)

#: Pairs per call; torch pads a batch to its longest text.
_BATCH = 8


class CrossEncoderReranker:
    """Implements `Reranker`; loads its model on first use, once, whichever thread asks first."""

    def __init__(self, model: str) -> None:
        self._name = model
        self._lock = threading.Lock()
        self._model: CrossEncoder | None = None

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return one number per text, 0 to 1 for the usual models."""
        if not texts:
            return []
        model = self._loaded()
        try:
            with self._lock:  # torch modules are not made for several threads
                found = model.predict([(question, text) for text in texts], batch_size=_BATCH, show_progress_bar=False)
        except (RuntimeError, ValueError, IndexError) as error:
            raise RerankerUnavailable(
                f"The reranker {self._name!r} failed: {error}. Name another in COPILOT_RERANKER, or unset it."
            ) from error
        values = np.asarray(found, dtype=np.float64)
        if values.shape != (len(texts),) or not np.isfinite(values).all():
            raise RerankerUnavailable(
                f"The reranker {self._name!r} does not give one number per passage (it gave {values.shape} for "
                f"{len(texts)}). Name a CrossEncoder with one output in COPILOT_RERANKER, or unset it."
            )
        return [float(value) for value in values]

    def _loaded(self) -> CrossEncoder:
        with self._lock:
            if self._model is None:
                try:
                    from sentence_transformers import CrossEncoder

                    self._model = CrossEncoder(self._name, device="cpu")
                except Exception as error:  # a library's many ways to say that it cannot load
                    raise RerankerUnavailable(
                        f"The reranker {self._name!r} cannot be loaded: {type(error).__name__}: {error}. Let "
                        "COPILOT_RERANKER name the folder or hub id of a CrossEncoder, or unset it."
                    ) from error
                _log.info("reranker %r loaded", self._name)
            return self._model
