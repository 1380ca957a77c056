"""The lexical index: SQLite FTS5 over segmented text, written in the transaction of the rows it covers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, Row, bindparam, text

from knowledge.adapters.sql.readable import readable, verified_part, with_day
from knowledge.adapters.sql.segmentation import segment
from knowledge.adapters.sql.word_places import Rows, Scores, WordPlaces
from knowledge.chunk import ChunkId
from knowledge.index import Field
from knowledge.reader import Reader

_FULL_TEXT: Mapping[Field, str] = {"chunk": "chunk_words", "question": "question_words"}
#: By field, the column of its table that names the chunk.
_CHUNK: Mapping[Field, str] = {"chunk": "id", "question": "chunk_id"}

_READABLE = """
    SELECT e.row, e.id, e.{chunk} AS chunk FROM {field}s e JOIN documents d ON d.id = e.document_id
    WHERE e.row IN (SELECT value FROM json_each(:rows)) AND d.access IN :labels {verified}"""
_VOCABULARY = """
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.chunk_vocabulary USING fts5vocab('main', 'chunk_words', 'row')"""


class FullText:
    """Implements `LexicalIndex`; the store writes through it."""

    def __init__(self, engine: Engine, cache_folder: Path) -> None:
        self._engine = engine
        self._cache_folder = cache_folder
        self._places: dict[Field, WordPlaces] = {}

    def search_text(self, field: Field, text_: str, limit: int, reader: Reader) -> Mapping[ChunkId, float]:
        """Return the best BM25 per chunk; words are alternatives, none is required."""
        words = sorted(set(segment(text_, self._cache_folder)))
        if not words:
            return {}
        best: dict[ChunkId, float] = {}
        with self._engine.connect() as connection:
            rows, scores = self._current(connection, field).scores(connection, words)
            found = _first(connection, field, rows, scores, limit, reader)
        for home, score in sorted(found, key=lambda one: (-one[1], one[0].id))[:limit]:
            best.setdefault(ChunkId(home.chunk), score)
        return best

    def words(self) -> Mapping[str, int]:
        """Return every word of the chunks and in how many of them it is."""
        with self._engine.connect() as connection:
            # A table of this connection alone: it is a view of the full-text table, so nothing is written or migrated.
            connection.execute(text(_VOCABULARY))
            rows = connection.execute(text("SELECT term, doc FROM temp.chunk_vocabulary"))
            return {row.term: row.doc for row in rows}

    def add(self, connection: Connection, field: Field, rows: Iterable[tuple[int, str]]) -> None:
        """Index texts under the given rowids, in the caller's transaction."""
        values = [{"row": row, "words": " ".join(segment(body, self._cache_folder))} for row, body in rows]
        if values:
            table = _FULL_TEXT[field]  # one of two constants, never input
            connection.execute(text(f"INSERT INTO {table}(rowid, words) VALUES (:row, :words)"), values)  # noqa: S608

    def remove(self, connection: Connection, field: Field, rows: Iterable[int]) -> None:
        """Remove rowids, in the caller's transaction."""
        values = [{"row": row} for row in rows]
        if values:
            table = _FULL_TEXT[field]
            connection.execute(text(f"DELETE FROM {table} WHERE rowid = :row"), values)  # noqa: S608

    def _current(self, connection: Connection, field: Field) -> WordPlaces:
        """Return the places of words as they are now."""
        revision = connection.execute(text("SELECT count FROM index_changes")).scalar() or 0
        known = self._places.get(field)  # one look, since other threads may put a newer one in its place
        if known is None or known.revision != revision:
            known = self._places[field] = WordPlaces.read(connection, _FULL_TEXT[field], revision)
        return known


def _first(
    connection: Connection, field: Field, rows: Rows, scores: Scores, limit: int, reader: Reader
) -> list[tuple[Row[Any], float]]:
    """Return `limit` of the best entries or more, all of which may be read; looks no further down than it has to."""
    statement = text(_READABLE.format(field=field, chunk=_CHUNK[field], verified=verified_part(reader)))
    query = with_day(statement.bindparams(bindparam("labels", expanding=True)), reader)
    parameters: dict[str, Any] = {"labels": readable(connection, reader)}
    if reader.verified_on is not None:
        parameters["verified"] = reader.verified_on
    found: list[tuple[Row[Any], float]] = []
    start, stop = 0, 2 * limit
    while start < len(rows) and len(found) < limit:
        # All that is better than the rest, and then in order: sorting all of it is what would take time.
        best = np.argpartition(-scores, stop)[:stop] if stop < len(rows) else np.arange(len(rows))
        best = best[np.lexsort((rows[best], -scores[best]))][start:]
        score_of = dict(zip(rows[best].tolist(), scores[best].tolist(), strict=True))
        homes = connection.execute(query, parameters | {"rows": json.dumps(list(score_of))})
        found += [(home, score_of[home.row]) for home in homes]
        start, stop = stop, 5 * stop
    return found
