"""An embedder that remembers: what was embedded once with the same model is read from a file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np

from knowledge.embedder import Embedder, ModelIdentity, Vectors

_log = logging.getLogger(__name__)

#: About 1.7 KB each at 384 dimensions, so 170 MB at most; the oldest tenth goes when there are more.
LIMIT = 100_000
_WAIT_S = 5.0
_AT_ONCE = 500  # under the number of parameters that any SQLite allows

_CHECKSUM = 4  # bytes in front of every vector

Kind = Literal["passage", "query"]


class CachedEmbedder:
    """Wraps any embedder. Ingesting a changed document embeds only its changed chunks; a sentence that was weighed
    for one question is not embedded again for the next.

    The file holds no text: a key is a hash of model, kind and text. It may be deleted at any time. A cache that cannot
    be read or written is reported in the log and passed by; it never makes an embedding fail.
    """

    def __init__(self, embedder: Embedder, file: Path, *, limit: int = LIMIT) -> None:
        self._embedder = embedder
        self._file = file
        self._limit = limit

    @property
    def identity(self) -> ModelIdentity:
        """The identity of the wrapped embedder."""
        return self._embedder.identity

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed what is searched, each distinct text at most once."""
        return self._embed("passage", texts, self._embedder.embed_passages)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is asked, each distinct text at most once."""
        return self._embed("query", texts, self._embedder.embed_queries)

    def _embed(self, kind: Kind, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        identity = self.identity
        if not texts:
            return embed(texts)
        keys = [_key(identity, kind, text) for text in texts]
        found = dict(self._read(keys, identity.dimension))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = dict(zip(missing, embed(list(missing.values())), strict=True))
            self._write(made)
            found |= made
        return np.stack([found[key] for key in keys])

    def _read(self, keys: Sequence[bytes], dimension: int) -> Mapping[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._tolerant("read"), self._opened() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
                found |= {key: vector for key, stored in rows if (vector := _unpacked(stored)) is not None}
        return {key: vector for key, vector in found.items() if len(vector) == dimension}

    def _write(self, vectors: Mapping[bytes, Vectors]) -> None:
        rows = [(key, _packed(vector)) for key, vector in vectors.items()]
        with self._tolerant("written"), self._opened() as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vectors(key, vector) VALUES (?, ?)", rows)
            first, last = connection.execute("SELECT min(number), max(number) FROM vectors").fetchone()
            if last - first >= self._limit:
                connection.execute("DELETE FROM vectors WHERE number <= ?", [last - self._limit + self._limit // 10])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one reading or writing: no state is shared between threads, and none is left behind."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=_WAIT_S)) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors(number INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, "
                "vector BLOB NOT NULL)"
            )
            # A killed process loses nothing by this; after a power failure, the checksum of a vector tells a torn one.
            # Waiting for the disk instead takes longer than embedding a question (20 ms against 5, measured).
            connection.execute("PRAGMA synchronous=OFF")
            yield connection

    @contextmanager
    def _tolerant(self, verb: str) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.OperationalError) as error:  # locked for long, no space, no right to write
            _log.warning("the embedding cache %s cannot be %s: %s", self._file, verb, error)
        except sqlite3.DatabaseError as error:  # no database, or a damaged one: nothing in it is worth saving
            _log.warning("the embedding cache %s is damaged (%s) and starts anew", self._file, error)
            self._file.unlink(missing_ok=True)


def _packed(vector: Vectors) -> bytes:
    data = np.asarray(vector, dtype="<f4").tobytes()
    return crc32(data).to_bytes(_CHECKSUM, "little") + data


def _unpacked(stored: bytes) -> Vectors | None:
    checksum, data = stored[:_CHECKSUM], stored[_CHECKSUM:]
    if crc32(data).to_bytes(_CHECKSUM, "little") != checksum:
        return None
    vector: Vectors = np.frombuffer(data, dtype="<f4")
    return vector


def _key(identity: ModelIdentity, kind: Kind, text: str) -> bytes:
    model = f"{identity.model}\0{identity.dimension}\0{identity.normal_form}\0{kind}\0"
    # A lone surrogate is no reason to fail: the embedder decides what a text may be.
    return blake2b((model + text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
