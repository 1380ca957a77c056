"""Where words stand in SQLite's full text, remembered until the index changes, and what they score (BM25).

FTS5 scores one entry after the other, which takes 0.1 s for an everyday question among 50,000 chunks. Its lists of
places read as arrays give the same scores in a few milliseconds (decisions/0026).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

#: As FTS5 has them (https://sqlite.org/fts5.html#the_bm25_function).
_K1, _B = 1.2, 0.75
#: What a word weighs that half of all entries have, or more.
_COMMON = 1e-6
#: Places that are remembered together at most, of six bytes each.
MOST_REMEMBERED = 4_000_000

_PLACES = "SELECT doc FROM temp.{table}_places WHERE term = :word"
_LENGTHS = "SELECT id, sz FROM {table}_docsize ORDER BY id"

Rows = NDArray[np.int32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Places:
    """The entries that have a word, as numbers of their place among all, and how often it stands in each."""

    entries: NDArray[np.int32]
    times: NDArray[np.uint16]


@dataclass(kw_only=True)
class WordPlaces:
    """A full-text table at one moment. Several threads may read words at once: each sees all of a word or none."""

    table: str
    revision: int
    rows: Rows  #: of all entries, ascending
    scarcity: Scores  #: by entry, what a word must outweigh: k1 · (1 - b + b · length / mean length)
    _known: dict[str, Places] = field(default_factory=dict)
    _remembered: int = 0

    @classmethod
    def read(cls, connection: Connection, table: str, revision: int) -> WordPlaces:
        """Read how long every entry is."""
        found = connection.execute(text(_LENGTHS.format(table=table))).all()
        rows = np.fromiter((row.id for row in found), dtype=np.int32, count=len(found))
        lengths = np.fromiter((_varint(row.sz) for row in found), dtype=np.float64, count=len(found))
        mean = lengths.mean() if lengths.any() else 1.0
        return cls(table=table, revision=revision, rows=rows, scarcity=_K1 * (1 - _B + _B * lengths / mean))

    def scores(self, connection: Connection, words: Iterable[str]) -> tuple[Rows, Scores]:
        """Return the entries that have any of the words, and their scores, in no order."""
        scores = np.zeros(len(self.rows))
        for word in words:
            places = self._places(connection, word)
            times = places.times.astype(np.float64)
            weight = self._weight(len(times)) * (_K1 + 1)
            scores[places.entries] += weight * times / (times + self.scarcity[places.entries])
        found = np.flatnonzero(scores)
        return self.rows[found], scores[found]

    def _weight(self, entries: int) -> float:
        rarity = np.log((len(self.rows) - entries + 0.5) / (entries + 0.5)) if entries else 0.0
        return float(rarity) if rarity > 0 else _COMMON

    def _places(self, connection: Connection, word: str) -> Places:
        known = self._known.get(word)
        if known is None:
            known = self._read_places(connection, word)
            if self._remembered > MOST_REMEMBERED:
                self._known, self._remembered = {}, 0
            self._known[word] = known
            self._remembered += len(known.times)
        return known

    def _read_places(self, connection: Connection, word: str) -> Places:
        # A table of this connection alone: it is a view of the full-text table, so nothing is written or migrated.
        connection.execute(
            text(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{self.table}_places "
                f"USING fts5vocab('main', '{self.table}', 'instance')"
            )
        )
        found = connection.execute(text(_PLACES.format(table=self.table)), {"word": word})
        rows, times = np.unique(np.fromiter((doc for (doc,) in found), dtype=np.int32), return_counts=True)
        known = np.isin(rows, self.rows, assume_unique=True)  # an entry may have been added since
        entries = np.searchsorted(self.rows, rows[known]).astype(np.int32)
        return Places(entries=entries, times=np.minimum(times[known], 65_535).astype(np.uint16))


def _varint(block: bytes) -> int:
    """Return a number of up to eight bytes as SQLite writes it (https://sqlite.org/fileformat2.html#varint)."""
    number = 0
    for byte in block:
        number = number << 7 | byte & 0x7F
    return number
