"""One search among very many chunks, all synthetic: perturbed real vectors, recombined real sentences."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from copilot.bootstrap import Application
from ingest.chunking import RECIPE
from knowledge.chunk import Chunk, Span, chunk_id
from knowledge.document import Audience, Document, StoredDocument, content_hash, document_id
from knowledge.embedder import Vectors
from knowledge.query import Query
from knowledge.reader import access_label
from knowledge.store import Indexed
from knowledge.text import sentence_spans
from tests.benchmarks.figures import peak_memory_mb, time_each
from tests.benchmarks.texts import SEED, Page

_CHUNKS_PER_DOCUMENT = 100
_SENTENCES_PER_CHUNK = 6
#: Standard deviation of the noise relative to the length of a vector: a copy has a cosine of about 0.9 to its origin.
_NOISE = 0.5
_ORIGIN = "synthetic"


@dataclass(frozen=True, kw_only=True)
class Material:
    """Real sentences and real vectors that synthetic chunks are made of."""

    sentences: list[str]
    vectors: Vectors


def material(application: Application, chosen: list[Page]) -> Material:
    """Embed pieces of the pages."""
    sentences = [
        text
        for page in chosen
        for start, end in sentence_spans(page.text)
        if len(text := page.text[start:end].strip()) > 8
    ]
    pieces = [" ".join(sentences[i : i + _SENTENCES_PER_CHUNK]) for i in range(0, len(sentences), _SENTENCES_PER_CHUNK)]
    return Material(sentences=sentences, vectors=application.embedder.embed_passages(pieces))


def fill(application: Application, made_of: Material, chunks: int, begin: int = 0) -> float:
    """Index this many synthetic chunks, past parsing and embedding, after the first `begin`; return the seconds."""
    words, noise = random.Random(SEED + begin), np.random.default_rng(SEED + begin)
    started = time.monotonic()
    for number in range(begin, begin + chunks, _CHUNKS_PER_DOCUMENT):
        count = min(_CHUNKS_PER_DOCUMENT, begin + chunks - number)
        texts = ["".join(words.choices(made_of.sentences, k=_SENTENCES_PER_CHUNK)) for _ in range(count)]
        _add(application, f"synthetic-{number}.md", texts, _perturbed(made_of.vectors, count, noise))
    return time.monotonic() - started


def search(application: Application, questions: list[str]) -> dict[str, float]:
    """Time whole searches: embedding the question, both indexes, fusion, reading the passages."""
    retriever = application.retriever
    retriever.retrieve(Query(text="warm up"))
    found = time_each(lambda question: retriever.retrieve(Query(text=question)), questions)
    return {"search_p50_ms": found.p50_ms, "search_p95_ms": found.p95_ms, "peak_mb": peak_memory_mb()}


def _perturbed(vectors: Vectors, count: int, noise: np.random.Generator) -> Vectors:
    dimension = vectors.shape[1]
    chosen = vectors[noise.integers(0, len(vectors), count)]
    moved = chosen + noise.normal(0, _NOISE / np.sqrt(dimension), (count, dimension)).astype(np.float32)
    normalised: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return normalised


def _add(application: Application, source: str, texts: list[str], vectors: Vectors) -> None:
    identity, text = document_id(_ORIGIN, source), "\n".join(texts)
    spans, start = [], 0
    for body in texts:
        spans.append(Span(start=start, end=start + len(body), text=body, heading_path=()))
        start += len(body) + 1
    chunks = [
        Chunk(id=chunk_id(identity, 1, i), document_id=identity, version=1, ordinal=i, span=span)
        for i, span in enumerate(spans)
    ]
    ids = [chunk.id for chunk in chunks]
    application.store.intend(identity, 1)
    application.vectors.add(
        "chunk", identity, 1, ids, ids, vectors, access_label(Audience.INTERNAL), application.embedder.identity
    )
    document = Document(source=source, title=f"Synthetic {source}", text=text)
    application.store.save(
        Indexed(
            stored=StoredDocument(id=identity, origin=_ORIGIN, version=1, document=document),
            chunks=chunks,
            questions=[],
            sentences=[vectors[i : i + 1].repeat(len(sentence_spans(body)), axis=0) for i, body in enumerate(texts)],
            content_hash=content_hash(text.encode()),
            fingerprint="",
            recipe=RECIPE,
            at=datetime.now(UTC),
        )
    )
