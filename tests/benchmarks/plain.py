"""The baseline: LangChain's splitter, sentence-transformers and LangChain's Chroma, as their tutorials join them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.chunking import Sizes
from tests.benchmarks.figures import peak_memory_mb, time_each

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings

#: LangChain's default overlap is 200 of 4,000 characters; the same share of our longest chunk keeps the amount of
#: text that both sides embed comparable.
_OVERLAP = 200 / 4000


def ingest(folder: Path, home: Path, model: Path, began: float) -> dict[str, float]:
    """Read every file, split, embed, store; `began` is when the process was started, in `time.time()`."""
    store = _store(home, model)
    store.embeddings.embed_query("ready")
    ready = time.time() - began
    started = time.perf_counter()
    texts = {file.name: file.read_text("utf-8") for file in sorted(folder.glob("*.md"))}
    documents = split(texts)
    store.add_documents(documents)
    seconds = time.perf_counter() - started
    return {
        "first_start_s": ready,
        "ingest_s": seconds,
        "characters_per_s": sum(map(len, texts.values())) / seconds,
        "chunks": len(documents),
        "ingest_peak_mb": peak_memory_mb(),
    }


def serve(home: Path, model: Path, began: float, questions: list[str]) -> dict[str, float]:
    """Open what was ingested and search it."""
    store = _store(home, model)
    store.similarity_search("ready", k=5)
    ready = time.time() - began
    found = time_each(lambda question: store.similarity_search(question, k=5), questions)
    return {
        "start_s": ready,
        "search_p50_ms": found.p50_ms,
        "search_p95_ms": found.p95_ms,
        "serve_peak_mb": peak_memory_mb(),
    }


def split(texts: Mapping[str, str]) -> list[Document]:
    """Return the chunks of texts by name."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    size = Sizes().limit
    splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=int(size * _OVERLAP))
    documents: list[Document] = splitter.create_documents(list(texts.values()), [{"source": name} for name in texts])
    return documents


def embeddings(model: Path) -> Embeddings:
    """Return the model as `langchain_huggingface.HuggingFaceEmbeddings` would run it, with the model's own prompts."""
    from langchain_core.embeddings import Embeddings
    from sentence_transformers import SentenceTransformer

    class SentenceTransformerEmbeddings(Embeddings):
        def __init__(self) -> None:
            self._model = SentenceTransformer(str(model), device="cpu")

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = self._model.encode_document(texts, show_progress_bar=False).tolist()
            return vectors

        def embed_query(self, text: str) -> list[float]:
            vector: list[float] = self._model.encode_query(text, show_progress_bar=False).tolist()
            return vector

    return SentenceTransformerEmbeddings()


def _store(home: Path, model: Path):  # type: ignore[no-untyped-def]  # an optional package
    from langchain_chroma import Chroma

    return Chroma(embedding_function=embeddings(model), persist_directory=str(home))
