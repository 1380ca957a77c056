"""The vectors of sentences as they are kept beside their chunk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, insert

from knowledge.adapters.sql.tables import chunk_sentences
from knowledge.chunk import Chunk
from knowledge.embedder import Vectors
from knowledge.text import is_chinese


def write_sentences(connection: Connection, name: str, chunks: Sequence[Chunk], vectors: Sequence[Vectors]) -> None:
    """Add the sentences of chunks to a set, in the caller's transaction."""
    values = [
        {
            "chunk_id": chunk.id,
            "vector_set": name,
            "chinese": is_chinese(chunk.span.text),
            "vectors": _to_bytes(rows),
        }
        for chunk, rows in zip(chunks, vectors, strict=True)
    ]
    if values:
        connection.execute(insert(chunk_sentences), values)


def _to_bytes(vectors: Vectors) -> bytes:
    """Sentences in 16 bits: half the room, and cosines differ by less than 0.001. The count of rows goes in front."""
    return len(vectors).to_bytes(4, "little") + vectors.astype("<f2").tobytes()


def read_sentences(data: bytes) -> Vectors:
    """Return what was kept: (sentences, dimension) float32."""
    rows = int.from_bytes(data[:4], "little")
    return np.frombuffer(data, "<f2", offset=4).reshape(rows, -1 if rows else 0).astype(np.float32)
