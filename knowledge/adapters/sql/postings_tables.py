"""Tables of the lexical index on PostgreSQL, one set for chunks and one for questions; SQLite has FTS5 instead."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ARRAY, BigInteger, Column, Index, Integer, MetaData, String, Table, Text

from knowledge.adapters.sql.tables import metadata as _knowledge_metadata
from knowledge.index import Field

#: Apart from the other tables, because it belongs to one kind of database only.
metadata = MetaData(naming_convention=_knowledge_metadata.naming_convention)


def _words(name: str) -> Table:
    """Every word there is; `entries` is how many chunks or questions have it, 0 once all of them are gone."""
    return Table(
        f"{name}_words",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("word", Text(collation="C"), nullable=False, unique=True),
        Column("entries", Integer, nullable=False),
    )


def _places(name: str) -> Table:
    """How often a word stands in an entry of so many words; read from its index alone."""
    return Table(
        f"{name}_places",
        metadata,
        Column("word", Integer, nullable=False),
        Column("row", Integer, nullable=False),
        Column("times", Integer, nullable=False),
        Column("length", Integer, nullable=False),
        Index(f"ix_{name}_places_word_row", "word", "row", unique=True, postgresql_include=["times", "length"]),
    )


def _lists(name: str) -> Table:
    """The words of an entry, by which it is taken out again."""
    return Table(
        f"{name}_lists",
        metadata,
        Column("row", Integer, primary_key=True, autoincrement=False),
        Column("words", ARRAY(Integer), nullable=False),
    )


WORDS: Mapping[Field, Table] = {"chunk": _words("chunk"), "question": _words("question")}
PLACES: Mapping[Field, Table] = {"chunk": _places("chunk"), "question": _places("question")}
LISTS: Mapping[Field, Table] = {"chunk": _lists("chunk"), "question": _lists("question")}

#: How many entries there are and how many words they have together.
TOTALS = Table(
    "word_totals",
    metadata,
    Column("field", String(16), primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("words", BigInteger, nullable=False),
)
