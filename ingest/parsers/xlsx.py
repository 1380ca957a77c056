"""XLSX: the cached values of visible sheets, row by row."""

from __future__ import annotations

import datetime
import io
import warnings as python_warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.errors import DamagedFile, TooLarge
from ingest.limits import Limits
from ingest.parsers.characters import readable
from ingest.parsers.office import checked
from ingest.parsers.sheets import document_of
from ingest.source import Item
from ingest.tables import Row
from knowledge.document import Document

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet


class XlsxParser:
    """Implements `Parser` for .xlsx and .xlsm; macros are never run, nor formulas."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def parse(self, item: Item, data: bytes) -> Document:
        """Return every visible sheet as records; hidden ones are left out with a warning.

        Raises:
            DamagedFile, CompressionBomb, TooLarge: it cannot be read.
        """
        import openpyxl

        checked(item, data, self._limits)
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")  # styles and extensions it does not know; the values are there
            try:
                book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
                sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
                hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
                cells = _Cells(item, self._limits.cells)
                return document_of(
                    item,
                    [(sheet.title, list(cells.rows(sheet))) for sheet in sheets],
                    tuple(f"left out the hidden sheet {name!r}" for name in hidden),
                )
            except (TooLarge, MemoryError):
                raise
            except Exception as error:  # a broken file fails in any of the library's layers
                raise DamagedFile(
                    f"{item.source!r} is no spreadsheet that can be read ({type(error).__name__}). Save it anew."
                ) from error


class _Cells:
    """Reads rows while it counts, across the sheets of one file."""

    def __init__(self, item: Item, limit: int) -> None:
        self._item = item
        self._limit = limit
        self._count = 0

    def rows(self, sheet: ReadOnlyWorksheet) -> Iterator[Row]:
        sheet.reset_dimensions()  # what a file declares may be a million rows beyond its data
        for row in sheet.iter_rows(values_only=True):
            self._count += len(row)
            if self._count > self._limit:
                raise TooLarge(
                    f"{self._item.source!r} has more than {self._limit} cells. Leave out what nobody asks about."
                )
            if any(value is not None for value in row):
                yield [_text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    return readable(str(value))
