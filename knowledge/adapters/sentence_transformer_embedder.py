"""Embeddings by sentence-transformers: the packaged model by default, or any local folder or hub id."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from knowledge.adapters.onnx_engine import EngineUnavailable, onnx_model, weights_hash
from knowledge.adapters.packaged_model import NAME, PLAIN, packaged_name, unpacked_model
from knowledge.adapters.sentence_pooling import Spans, fold_with_spans, pool_spans
from knowledge.embedder import ModelIdentity, PassageVectors, Vectors
from knowledge.errors import ModelUnavailable
from knowledge.text import NORMAL_FORM_VERSION, fold

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_log = logging.getLogger(__name__)

#: `int8`: ONNX Runtime with 8-bit products, or an error. `fp32`: full precision, in ONNX Runtime when it can be, else
#: in torch: both give the same vectors. `auto`: `int8`, with a warning and torch where that cannot be.
EngineChoice = Literal["auto", "int8", "fp32"]

#: Texts per call, sorted by length inside sentence-transformers. For ONNX it only bounds memory: texts run one by one.
#: Torch pads a batch to its longest text; measured on two cores, 4 texts take 0.77 of the time per text of 32.
_BATCH_ONNX, _BATCH_TORCH = 32, 4


class SentenceTransformerEmbedder:
    """Loads its model on first use, once, whichever thread asks first."""

    def __init__(self, *, model: str = NAME, folder: Path, engine: EngineChoice = "auto") -> None:
        """`model` is the packaged model's name, a local folder or a hub id; `folder` is where models are kept."""
        self._name = model
        self._folder = folder
        self._engine = engine
        self._batch = _BATCH_ONNX
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

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Spans]) -> PassageVectors:
        """Embed folded texts with the model's document prompt, and the spans within them from the same pass."""
        model = self._loaded()
        prompt = model.prompts.get("document") or ""
        whole: list[Vectors] = [np.empty((0, self.identity.dimension), dtype=np.float32)]
        sentences: list[Vectors] = []
        for first in range(0, len(texts), self._batch):
            rows = range(first, min(first + self._batch, len(texts)))
            folded = [fold_with_spans(texts[row], spans[row]) for row in rows]
            found = model.encode_document(
                [text for text, _ in folded], batch_size=self._batch, output_value=None, show_progress_bar=False
            )
            for (text, places), features in zip(folded, found, strict=True):
                vector = np.asarray(features["sentence_embedding"], dtype=np.float32)
                vector /= max(float(np.linalg.norm(vector)), 1e-9)
                whole.append(vector[None])
                if "token_embeddings" not in features:  # a model without context: its sentences stand alone anyway
                    sentences.append(self.embed_passages([text[start:end] for start, end in places]))
                    continue
                read = int(features["attention_mask"].sum())
                tokens = np.asarray(features["token_embeddings"][:read], dtype=np.float32)
                sentences.append(pool_spans(tokens, _offsets(model, prompt, text), places, vector))
        return PassageVectors(whole=np.concatenate(whole), sentences=sentences)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed folded texts with the model's query prompt."""
        return self._embed(texts, query=True)

    def _embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        model = self._loaded()
        if not texts:
            return np.empty((0, self.identity.dimension), dtype=np.float32)
        encode = model.encode_query if query else model.encode_document
        vectors = encode(
            [fold(text) for text in texts], batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:
                self._model, model = self._load()
                self._identity = ModelIdentity(
                    model=model,
                    dimension=int(self._model.get_embedding_dimension() or 0),
                    normal_form=NORMAL_FORM_VERSION,
                )
            return self._model

    def _load(self) -> tuple[SentenceTransformer, str]:
        """Return the model and the name of its vectors."""
        packaged = self._name in (NAME, PLAIN)
        place = unpacked_model(self._folder, plain=self._name == PLAIN) if packaged else Path(self._name)
        # A model of ours keeps its name when the home moves.
        name = place.name if place.parent == self._folder else self._name
        if packaged:
            name = NAME if self._name == PLAIN else packaged_name()
        try:
            weights = weights_hash(place, self._folder)
        except OSError:
            weights = None  # a hub id, or a folder whose weights are in several files
        if weights and not packaged:
            name = f"{name}#{weights[:8]}"  # a folder may get other weights under the same name
        try:
            if weights is None:
                raise EngineUnavailable(f"it is no local folder with one file of weights: {self._name!r}")
            if self._engine != "fp32":
                return onnx_model(place, self._folder, "int8"), f"{name}+int8"
            return onnx_model(place, self._folder, "fp32"), name
        except EngineUnavailable as error:
            if self._engine == "int8":
                raise ModelUnavailable(
                    f"The embedding model {self._name!r} has no int8 engine here: {error}. Set "
                    "COPILOT_EMBEDDING_ENGINE to 'auto' or 'fp32', or another COPILOT_EMBEDDING_MODEL."
                ) from error
            _log.warning("%s runs in torch, slower, because there is no ONNX engine for it: %s", self._name, error)
        self._batch = _BATCH_TORCH
        return self._load_torch(str(place) if packaged else self._name), name

    def _load_torch(self, place: str) -> SentenceTransformer:
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


def _offsets(model: SentenceTransformer, prompt: str, text: str) -> list[tuple[int, int]]:
    """Return where each token of prompt and text stands in the text; empty spans for what is not of the text."""
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", model.tokenizer)
    offsets = tokenizer.encode(prompt + text).offsets
    return [(max(0, start - len(prompt)), max(0, end - len(prompt))) for start, end in offsets]
