"""CSV and TSV: the separator is told from the lines, values are plain text."""

from __future__ import annotations

import csv
import io
from collections import Counter

from ingest.decoding import decode
from ingest.errors import DamagedFile, TooLarge
from ingest.limits import Limits
from ingest.parsers.characters import readable
from ingest.parsers.sheets import document_of
from ingest.source import Item
from ingest.tables import Row
from knowledge.document import Document

_SEPARATORS = "\t,;|，"
_SAMPLE = 50  # lines


class CsvParser:
    """Implements `Parser` for .csv and .tsv."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def parse(self, item: Item, data: bytes) -> Document:
        """Return the rows as records.

        Raises:
            UnreadableText, DamagedFile, TooLarge: it cannot be read.
        """
        text, warnings = decode(data)
        csv.field_size_limit(max(len(text), 1))
        rows: list[Row] = []
        cells = 0
        try:
            for row in csv.reader(io.StringIO(readable(text)), delimiter=separator(text)):
                cells += len(row)
                if cells > self._limits.cells:
                    raise TooLarge(f"{item.source!r} has more than {self._limits.cells} cells. Split it.")
                rows.append(row)
        except csv.Error as error:
            raise DamagedFile(f"{item.source!r} breaks off inside a row ({error}). Export it anew.") from error
        return document_of(item, [("", rows)], warnings)


def separator(text: str) -> str:
    """Return the character that most of the first lines hold equally often."""
    lines = [line for line in text[:100_000].splitlines()[:_SAMPLE] if line.strip()]

    def agreement(mark: str) -> tuple[int, int]:
        count, times = Counter(line.count(mark) for line in lines if mark in line).most_common(1)[0]
        return times, count

    found = [mark for mark in _SEPARATORS if any(mark in line for line in lines)]
    return max(found, key=agreement, default=",")
