"""The lexical index: SQLite FTS5 over segmented text, written in the transaction of the rows it covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, text

from knowledge.adapters.sql.readable import readable, verified_part, with_day
from knowledge.adapters.sql.segmentation import segment
from knowledge.chunk import ChunkId
from knowledge.index import Field
from knowledge.reader import Reader

_FULL_TEXT = {"chunk": "chunk_words", "question": "question_words"}

#: BM25 of FTS5 (k1 = 1.2, b = 0.75) is negative, better is lower; the sign is turned here.
#: The `+` keeps the index on `access` out of the plan: words choose the rows, and then the label is looked at.
_SEARCH = {
    "chunk": """
        SELECT c.id AS chunk, -bm25(chunk_words) AS score FROM chunk_words
        JOIN chunks c ON c.row = chunk_words.rowid JOIN documents d ON d.id = c.document_id
        WHERE chunk_words MATCH :words AND +d.access IN :labels {verified}
        ORDER BY bm25(chunk_words), c.id LIMIT :limit""",
    "question": """
        SELECT q.chunk_id AS chunk, -bm25(question_words) AS score FROM question_words
        JOIN questions q ON q.row = question_words.rowid JOIN documents d ON d.id = q.document_id
        WHERE question_words MATCH :words AND +d.access IN :labels {verified}
        ORDER BY bm25(question_words), q.id LIMIT :limit""",
}

_VOCABULARY = """
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.chunk_vocabulary USING fts5vocab('main', 'chunk_words', 'row')"""


class FullText:
    """Implements `LexicalIndex`; the store writes through it."""

    def __init__(self, engine: Engine, cache_folder: Path) -> None:
        self._engine = engine
        self._cache_folder = cache_folder

    def search_text(self, field: Field, text_: str, limit: int, reader: Reader) -> Mapping[ChunkId, float]:
        """Return the best BM25 per chunk; words are alternatives, none is required."""
        words = sorted(set(segment(text_, self._cache_folder)))
        if not words:
            return {}
        statement = text(_SEARCH[field].format(verified=verified_part(reader)))
        query = with_day(statement.bindparams(bindparam("labels", expanding=True)), reader)
        best: dict[ChunkId, float] = {}
        with self._engine.connect() as connection:
            parameters = {
                "words": " OR ".join(f'"{word}"' for word in words),
                "labels": readable(connection, reader),
                "limit": limit,
                "verified": reader.verified_on,
            }
            for row in connection.execute(query, parameters):
                best[row.chunk] = max(best.get(row.chunk, 0.0), float(row.score))
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
