"""Embeddings by sentence-transformers: the packaged model by default, or any local folder or hub id."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.adapters.packaged_model import NAME, unpacked_model
from knowledge.embedder import ModelIdentity, Vectors
from knowledge.errors import ModelUnavailable
from knowledge.text import NORMAL_FORM_VERSION, fold

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

#: Sorted by length inside sentence-transformers; larger batches gain nothing on a CPU and cost memory.
_BATCH = 32


class SentenceTransformerEmbedder:
    """Loads its model on first use, once, whichever thread asks first."""

    def __init__(self, *, model: str = NAME, folder: Path) -> None:
        """`model` is the packaged model's name, a local folder or a hub id; `folder` is where models are kept."""
        self._name = model
        self._folder = folder
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None
        self._identity: ModelIdentity | None = None

    @property
    def identity(self) -> ModelIdentity:
        """Identity of the loaded model; loads it when needed.

        Raises:
            ModelUnavailable: the model does not exist or cannot be read.
        """
        self._loaded()
        if self._identity is None:
            raise ModelUnavailable(f"The embedding model {self._name!r} did not load.")
        return self._identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed folded texts with the model's document prompt."""
        return self._embed(texts, query=False)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed folded texts with the model's query prompt."""
        return self._embed(texts, query=True)

    def _embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        model = self._loaded()
        if not texts:
            return np.empty((0, self.identity.dimension), dtype=np.float32)
        encode = model.encode_query if query else model.encode_document
        vectors = encode(
            [fold(text) for text in texts], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:
                self._model = self._load()
                self._identity = ModelIdentity(
                    model=self._name,
                    dimension=int(self._model.get_embedding_dimension() or 0),
                    normal_form=NORMAL_FORM_VERSION,
                )
            return self._model

    def _load(self) -> SentenceTransformer:
        place = str(unpacked_model(self._folder)) if self._name == NAME else self._name
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # ours tells more, and stderr is read by people
        try:
            return SentenceTransformer(place, device="cpu", cache_folder=str(self._folder))
        except Exception as error:  # the library raises many unrelated types here: OSError, ValueError, KeyError …
            raise ModelUnavailable(
                f"The embedding model {self._name!r} cannot be loaded ({type(error).__name__}). Set "
                "COPILOT_EMBEDDING_MODEL to a Sentence-Transformers folder or a hub id that this machine can reach, or "
                "leave it unset for the packaged model."
            ) from error
