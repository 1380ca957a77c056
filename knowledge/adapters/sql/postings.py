"""The lexical index on PostgreSQL: lists of words, scored by one statement exactly as FTS5 scores them.

PostgreSQL's own full text ranks without regard to how rare a word is, so the same question would find other passages
than on SQLite. Decision 0017 has the measurements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from knowledge.adapters.sql.postings_tables import LISTS, PLACES, TOTALS, WORDS
from knowledge.adapters.sql.readable import readable, verified_part, with_day
from knowledge.adapters.sql.reading import reading
from knowledge.adapters.sql.segmentation import segment
from knowledge.chunk import ChunkId
from knowledge.index import Field
from knowledge.reader import Reader

#: BM25 of FTS5: k1 = 1.2, b = 0.75, words as rare as half of all rows or less weigh log((N - n + 0.5) / (n + 0.5)), all
#: others 0.000001 (https://sqlite.org/fts5.html#the_bm25_function). Everything is double precision, as there.
_SEARCH = """
    WITH size AS MATERIALIZED (
        SELECT entries::float8 AS entries, 0.9::float8 * entries / greatest(words, 1) AS per_word
        FROM word_totals WHERE field = '{field}'
    ), asked AS MATERIALIZED (
        SELECT w.id, size.per_word, 2.2::float8 * CASE WHEN 2 * w.entries < size.entries
            THEN ln((size.entries - w.entries + 0.5::float8) / (w.entries + 0.5::float8))
            ELSE 0.000001::float8 END AS weight
        FROM {field}_words w CROSS JOIN size WHERE w.word = ANY(CAST(:words AS text[]))
    ), scored AS (
        SELECT p.row, sum(asked.weight * p.times / (p.times + 0.3::float8 + asked.per_word * p.length)) AS score
        FROM asked JOIN {field}_places p ON p.word = asked.id GROUP BY p.row
    )
    SELECT e.{chunk} AS chunk, s.score FROM scored s
    JOIN {field}s e ON e.row = s.row JOIN documents d ON d.id = e.document_id
    WHERE d.access = ANY(CAST(:labels AS text[])) {verified}
    ORDER BY s.score DESC, e.id COLLATE "C" LIMIT :limit"""

#: By field, the column of its table that names the chunk.
_CHUNK: Mapping[Field, str] = {"chunk": "id", "question": "chunk_id"}


_PLACE = ("word", "row", "times", "length")


class Postings:
    """Implements `LexicalIndex` on PostgreSQL; the store writes through it.

    Writers have changed the one row of `index_changes` before they come here, so they come one at a time.
    """

    def __init__(self, engine: Engine, cache_folder: Path) -> None:
        self._reading = reading(engine)
        self._cache_folder = cache_folder

    def search_text(self, field: Field, text_: str, limit: int, reader: Reader) -> Mapping[ChunkId, float]:
        """Return the best BM25 per chunk; words are alternatives, none is required."""
        words = sorted(set(segment(text_, self._cache_folder)))
        if not words:
            return {}
        parts = {"field": field, "chunk": _CHUNK[field], "verified": verified_part(reader)}  # all of them constants
        statement = with_day(text(_SEARCH.format(**parts)), reader)
        best: dict[ChunkId, float] = {}
        with self._reading.connect() as connection:
            parameters = {"words": words, "labels": readable(connection, reader), "limit": limit}
            parameters |= {"verified": reader.verified_on}
            for row in connection.execute(statement, parameters):
                best[row.chunk] = max(best.get(row.chunk, 0.0), float(row.score))
        return best

    def words(self) -> Mapping[str, int]:
        """Return every word of the chunks and in how many of them it is."""
        table = WORDS["chunk"]
        with self._reading.connect() as connection:
            rows = connection.execute(select(table.c.word, table.c.entries).where(table.c.entries > 0))
            return {row.word: row.entries for row in rows}

    def add(self, connection: Connection, field: Field, rows: Iterable[tuple[int, str]]) -> None:
        """Index texts under the given rows, in the caller's transaction."""
        counts = {row: Counter(segment(body, self._cache_folder)) for row, body in rows}
        if not counts:
            return
        ids = self._count(connection, field, Counter(word for count in counts.values() for word in count))
        lists = [{"row": row, "words": [ids[word] for word in count]} for row, count in counts.items()]
        connection.execute(LISTS[field].insert(), lists)
        places = [
            (ids[word], row, times, count.total()) for row, count in counts.items() for word, times in count.items()
        ]
        if places:
            # As four arrays: thousands of rows are one statement with four values.
            columns = [literal(list(column), LISTS[field].c.words.type) for column in zip(*places, strict=True)]
            new = select(func.unnest(*columns).table_valued(*_PLACE).render_derived())
            connection.execute(PLACES[field].insert().from_select(_PLACE, new))
        _add_to_totals(connection, field, len(counts), sum(count.total() for count in counts.values()))

    def remove(self, connection: Connection, field: Field, rows: Iterable[int]) -> None:
        """Remove rows, in the caller's transaction."""
        lists, places, words = LISTS[field], PLACES[field], WORDS[field]
        for row in rows:
            gone = connection.execute(delete(lists).where(lists.c.row == row).returning(lists.c.words)).scalar()
            if gone is None:
                continue
            here = (places.c.row == row) & (places.c.word == func.any(literal(gone, lists.c.words.type)))
            lengths: list[Row[Any]] = list(connection.execute(delete(places).where(here).returning(places.c.length)))
            one_less = update(words).where(words.c.id == func.any(literal(gone, lists.c.words.type)))
            connection.execute(one_less.values(entries=words.c.entries - 1))
            _add_to_totals(connection, field, -1, -lengths[0].length if lengths else 0)

    def _count(self, connection: Connection, field: Field, entries: Counter[str]) -> dict[str, int]:
        """Add to the numbers of entries that have each word; returns the ids of the words."""
        if not entries:
            return {}
        table = WORDS[field]
        new = insert(table).values([{"word": word, "entries": entries[word]} for word in sorted(entries)])
        counted = new.on_conflict_do_update(
            index_elements=[table.c.word], set_={"entries": table.c.entries + new.excluded.entries}
        )
        return {row.word: row.id for row in connection.execute(counted.returning(table.c.word, table.c.id))}


def _add_to_totals(connection: Connection, field: Field, entries: int, words: int) -> None:
    new = insert(TOTALS).values(field=field, entries=entries, words=words)
    more = {"entries": TOTALS.c.entries + new.excluded.entries, "words": TOTALS.c.words + new.excluded.words}
    connection.execute(new.on_conflict_do_update(index_elements=[TOTALS.c.field], set_=more))
