"""Copies of all rows as a SQLite file, whatever database they are in: the form in which backups hold them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    Engine,
    Insert,
    MetaData,
    NullPool,
    Table,
    Text,
    bindparam,
    cast,
    create_engine,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql

from copilot.adapters.sql.audit_log import SqlAuditLog
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.sqlite_copy import copy_of
from copilot.adapters.sql.tables import evaluation_questions, one_time_codes, sessions, sign_on_attempts, signing_keys
from copilot.audit.verification import verified
from copilot.backup.manifest import AuditHead
from copilot.backup.sources import CopiedRows

#: Tables that hold what lets somebody in; their rows leave the database in no backup.
SECRETS = (sessions, signing_keys, one_time_codes, sign_on_attempts)
_AT_ONCE = 500
#: A text that is JSON already; SQLite, which knows no such type, would make a number of it.
_AS_IT_IS = Text().with_variant(postgresql.JSON(), "postgresql")


class SqlRows:
    """Implements `Rows`."""

    kind: Literal["sqlite", "postgresql"]

    def __init__(self, engine: Engine, metadata: Sequence[MetaData]) -> None:
        self._engine = engine
        self._metadata = metadata
        self.kind = "postgresql" if engine.dialect.name == "postgresql" else "sqlite"

    def size(self) -> int:
        """Return about how many bytes a copy has."""
        query = "SELECT pg_database_size(current_database())"
        if self.kind == "sqlite":
            query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        with self._engine.connect() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def copy(self, file: Path) -> CopiedRows:
        """Copy, and take out secrets and what belongs to sets of vectors that are not searched."""
        if self.kind == "sqlite":
            copy_of(Path(self._engine.url.database or ""), file)
        else:
            self._copy_rows(file)
        engine = copied(file)
        try:
            with engine.begin() as connection:
                _strip(connection, tables_of(self._metadata))
            return _described(engine, tables_of(self._metadata))
        finally:
            engine.dispose()

    def _copy_rows(self, file: Path) -> None:
        """Copy the rows of one moment into the same tables; their words are indexed by whoever restores them."""
        target = open_database(URL.create("sqlite", database=str(file)), self._metadata)
        try:
            with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as live:
                for setting in ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0"):
                    live.exec_driver_sql(f"SET LOCAL {setting}")
                with target.begin() as copy:
                    transfer(live, copy, self._metadata)
            with target.connect() as copy:
                copy.exec_driver_sql("PRAGMA journal_mode=DELETE")  # everything in the one file
        finally:
            target.dispose()


def copied(file: Path) -> Engine:
    """Open a copy, which nobody else does, and which stays one file."""
    return create_engine(URL.create("sqlite", database=str(file)), poolclass=NullPool)


def transfer(source: Connection, target: Connection, metadata: Sequence[MetaData]) -> None:
    """Put all rows of one database in place of those of another with the same tables, as they are."""
    tables = list(tables_of(metadata).values())
    for table in reversed(tables):
        target.execute(delete(table))
    for table in tables:
        # JSON as its text: read and written anew, what is absent and what is null could no longer be told apart.
        columns = [
            cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in table.c
        ]
        query = select(*columns).execution_options(stream_results=True, yield_per=_AT_ONCE)
        for rows in source.execute(query).mappings().partitions():
            target.execute(_insert(table), [{f"_{name}": value for name, value in row.items()} for row in rows])
    if target.dialect.name == "postgresql":
        for table in tables:
            _go_on_counting(target, table)


def _insert(table: Table) -> Insert:
    """Take the values as `transfer` reads them; PostgreSQL is told that what looks like text is JSON."""
    values = {
        column.name: cast(bindparam(f"_{column.name}", type_=Text), _AS_IT_IS)
        if isinstance(column.type, JSON)
        else bindparam(f"_{column.name}", type_=column.type)
        for column in table.c
    }
    return insert(table).values(values)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let a column that counts by itself go on behind the rows that were put in with their numbers."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, column.name))).scalar()
    if sequence is not None:
        last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(sequence, last, False)))


def tables_of(metadata: Sequence[MetaData]) -> Mapping[str, Table]:
    """Return all tables by name, those that others point at first; some belong to another package."""
    return {table.name: table for one in metadata for table in one.sorted_tables}


def _strip(connection: Connection, tables: Mapping[str, Table]) -> None:
    live_vectors, chunk_sentences = tables["live_vectors"], tables["chunk_sentences"]
    connection.exec_driver_sql("PRAGMA secure_delete=ON")  # nothing stays in what becomes free
    for table in SECRETS:
        connection.execute(delete(table))
    live = select(func.coalesce(select(live_vectors.c.name).scalar_subquery(), "")).scalar_subquery()
    connection.execute(delete(chunk_sentences).where(chunk_sentences.c.vector_set != live))
    connection.execute(live_vectors.update().values(previous=None))


def _described(engine: Engine, tables: Mapping[str, Table]) -> CopiedRows:
    documents, questions, chunks = tables["documents"], tables["questions"], tables["chunks"]
    with engine.connect() as connection:
        counts = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.items()
        }
        sources: dict[str, set[str]] = defaultdict(set)
        for row in connection.execute(select(documents.c.origin, documents.c.source)):
            sources[row.origin].add(row.source)
        written: dict[str, list[str]] = defaultdict(list)
        for row in connection.execute(select(questions.c.document_id, questions.c.text).order_by(questions.c.id)):
            written[row.document_id].append(row.text)
        kept = select(evaluation_questions.c.text).order_by(evaluation_questions.c.added_at, evaluation_questions.c.id)
        return CopiedRows(
            revision=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
            counts={name: count for name, count in counts.items() if count},
            audit=audit_end(engine),
            vector_set=str(connection.execute(select(tables["live_vectors"].c.name)).scalar() or ""),
            entries={
                "chunk": list(connection.execute(select(chunks.c.id).order_by(chunks.c.row)).scalars()),
                "question": list(connection.execute(select(questions.c.id).order_by(questions.c.row)).scalars()),
            },
            documents={origin: frozenset(names) for origin, names in sources.items()},
            kept_questions=list(connection.execute(kept).scalars()),
            written_questions=written,
        )


def audit_end(engine: Engine) -> AuditHead:
    """Return the end of the audit log and how much is wrong with it."""
    found = verified(SqlAuditLog(engine))
    return AuditHead(number=found.head[0], hash=found.head[1], faults=len(found.faults))


def sound(file: Path) -> str | None:
    """Return what is wrong with a SQLite file, None when nothing is."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            return None if found == "ok" else found
    except sqlite3.DatabaseError as error:
        return str(error)
