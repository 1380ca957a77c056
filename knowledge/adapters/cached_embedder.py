"""An embedder that remembers: what was embedded once with the same model is read from a file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Literal, TypeVar
from zlib import crc32

import numpy as np

from knowledge.embedder import Embedder, ModelIdentity, PassageVectors, Vectors

_log = logging.getLogger(__name__)

#: About 1.7 KB each at 384 dimensions, so 170 MB at most; the oldest tenth goes when there are more.
LIMIT = 100_000
_WAIT_S = 5.0
_AT_ONCE = 500  # under the number of parameters that any SQLite allows

_CHECKSUM = 4  # bytes in front of every vector

Kind = Literal["passage", "query", "sentences"]
T = TypeVar("T")


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
        return self._plain("passage", texts, self._embedder.embed_passages)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed what is asked, each distinct text at most once."""
        return self._plain("query", texts, self._embedder.embed_queries)

    def embed_sentences(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> PassageVectors:
        """Embed passages and the spans within them, each distinct pair at most once."""
        wanted = [(text, tuple(within)) for text, within in zip(texts, spans, strict=True)]

        def embed(missing: Sequence[tuple[str, tuple[tuple[int, int], ...]]]) -> list[Vectors]:
            made = self._embedder.embed_sentences([text for text, _ in missing], [within for _, within in missing])
            return [np.vstack([whole[None], rows]) for whole, rows in zip(made.whole, made.sentences, strict=True)]

        found = self._embed("sentences", wanted, lambda one: f"{one[1]}\0{one[0]}", embed)
        if not found:
            return self._embedder.embed_sentences([], [])
        return PassageVectors(whole=np.stack([rows[0] for rows in found]), sentences=[rows[1:] for rows in found])

    def _plain(self, kind: Kind, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        if not texts:
            return embed(texts)
        return np.vstack(self._embed(kind, texts, str, lambda missing: [row[None] for row in embed(missing)]))

    def _embed(
        self,
        kind: Kind,
        wanted: Sequence[T],
        name: Callable[[T], str],
        embed: Callable[[Sequence[T]], Sequence[Vectors]],
    ) -> list[Vectors]:
        """Return for each of `wanted` its rows (n, dimension)."""
        identity = self.identity
        keys = [_key(identity, kind, name(one)) for one in wanted]
        found = dict(self._read(keys, identity.dimension))
        missing = {key: one for key, one in zip(keys, wanted, strict=True) if key not in found}
        if missing:
            made = dict(zip(missing, embed(list(missing.values())), strict=True))
            self._write(made)
            found |= made
        return [found[key] for key in keys]

    def _read(self, keys: Sequence[bytes], dimension: int) -> Mapping[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._tolerant("read"), self._opened() as connection:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
                found |= {key: vector for key, stored in rows if (vector := _unpacked(stored)) is not None}
        return {key: vector.reshape(-1, dimension) for key, vector in found.items() if len(vector) % dimension == 0}

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
    data = np.ascontiguousarray(vector, dtype="<f4").tobytes()
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
