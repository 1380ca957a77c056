"""The lexical index of a database: SQLite's own full text, or postings on PostgreSQL with the same scores."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from knowledge.adapters.sql.full_text import FullText
from knowledge.adapters.sql.postings import Postings
from knowledge.index import Field, LexicalIndex


class WritableFullText(LexicalIndex, Protocol):
    """A lexical index that the stores keep in step with their rows, in their transactions."""

    def add(self, connection: Connection, field: Field, rows: Iterable[tuple[int, str]]) -> None:
        """Index texts under the given rows, in the caller's transaction."""
        ...

    def remove(self, connection: Connection, field: Field, rows: Iterable[int]) -> None:
        """Remove rows, in the caller's transaction."""
        ...


def full_text_of(engine: Engine, cache_folder: Path) -> WritableFullText:
    """Return the lexical index that lives in this database."""
    if engine.dialect.name == "postgresql":
        return Postings(engine, cache_folder)
    return FullText(engine, cache_folder)
