"""The rows of the knowledge in a file of their own, to try a change on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from knowledge.adapters.sql.lexical import WritableFullText
from knowledge.adapters.sql.metadata_json import from_json
from knowledge.adapters.sql.tables import chunks, documents, metadata, questions
from knowledge.chunk import Span, embedded_text
from knowledge.index import Field

_AT_ONCE = 500


def copy_file(engine: Engine, file: Path) -> None:
    """Copy a SQLite database as it is at one moment, while others read and write it."""
    with closing(engine.raw_connection()) as live, closing(sqlite3.connect(file)) as copy:
        source = live.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101  # for the type
        source.backup(copy)


def copy_rows(engine: Engine, trial: Engine, full_text: WritableFullText) -> None:
    """Copy the rows of another kind of database into a SQLite one with the same tables, and index their words.

    All rows are those of one moment.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as live, trial.begin() as copy:
        for table in metadata.sorted_tables:
            for rows in live.execute(select(table)).mappings().partitions(_AT_ONCE):
                copy.execute(insert(table), [_in_utc(row) for row in rows])
        index_words(copy, full_text)


def index_words(
    connection: Connection, full_text: WritableFullText, listen: Callable[[int], None] = lambda _: None
) -> None:
    """Index the words of all rows, of which none may be indexed yet; `listen` is told how many there were more."""
    both: tuple[tuple[Field, Iterator[tuple[int, str]]], ...] = (
        ("chunk", _chunk_words(connection)),
        ("question", _question_words(connection)),
    )
    for field, words in both:
        while some := list(islice(words, _AT_ONCE)):
            full_text.add(connection, field, some)
            listen(len(some))


def unindexed(connection: Connection) -> bool:
    """Tell whether a SQLite file has rows without words: it came from another kind of database."""
    words = connection.exec_driver_sql("SELECT count(*) FROM chunk_words").scalar_one()
    return bool(words != connection.execute(select(func.count()).select_from(chunks)).scalar_one())


def _in_utc(row: Mapping[Any, Any]) -> dict[str, Any]:
    """SQLite keeps no zones; what is stored is UTC."""
    return {
        str(name): value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value
        for name, value in row.items()
    }


def _chunk_words(connection: Connection) -> Iterator[tuple[int, str]]:
    query = select(chunks, documents.c.title, documents.c.metadata).join(
        documents, documents.c.id == chunks.c.document_id
    )
    for row in connection.execute(query).all():
        span = Span(start=row.start, end=row.end, text=row.text, heading_path=tuple(row.heading_path))
        yield row.row, embedded_text(row.title, from_json(row.metadata).context, span)


def _question_words(connection: Connection) -> Iterator[tuple[int, str]]:
    for row in connection.execute(select(questions.c.row, questions.c.text)).all():
        yield row.row, row.text
