"""Which set of vectors is live, on SQL. Every public method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, delete, select, update

from knowledge.adapters.sql.changes import await_turn, count_change
from knowledge.adapters.sql.knowledge_store import LIVE_SET
from knowledge.adapters.sql.reading import reading
from knowledge.adapters.sql.sentences import write_sentences
from knowledge.adapters.sql.tables import chunk_sentences, live_vectors
from knowledge.adapters.sql.upsert import upsert
from knowledge.chunk import Chunk, ChunkId
from knowledge.embedder import Vectors
from knowledge.vector_sets import UNNAMED


class SqlVectorSets:
    """Implements `VectorSets`, in the tables of the knowledge store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = reading(engine)

    def live(self) -> str:
        """Return the name of the set that is searched."""
        with self._reading.connect() as connection:
            return str(connection.execute(select(LIVE_SET)).scalar_one())

    def previous(self) -> str | None:
        """Return the set that was live before."""
        with self._reading.connect() as connection:
            return connection.execute(select(live_vectors.c.previous)).scalar()

    def switch(self, name: str) -> None:
        """Make another set the live one and the one before it the previous one."""
        with self._engine.begin() as connection:
            live = connection.execute(select(LIVE_SET)).scalar_one()
            changed = {} if live == name else {"previous": str(live)}
            _write(connection, name=name, setting=None, **changed)
            # What was measured on the old vectors (the background, decisions/0005) holds no longer.
            count_change(connection)

    def setting(self) -> str | None:
        """Return the setting that the live set is known to fit."""
        with self._reading.connect() as connection:
            return connection.execute(select(live_vectors.c.setting)).scalar()

    def note(self, setting: str) -> None:
        """Remember that the live set fits this setting."""
        with self._engine.begin() as connection:
            _write(connection, setting=setting)

    def with_sentences(self, name: str) -> set[ChunkId]:
        """Return the current chunks whose sentences this set has."""
        query = select(chunk_sentences.c.chunk_id).where(chunk_sentences.c.vector_set == name)
        with self._reading.connect() as connection:
            return {ChunkId(chunk) for chunk in connection.execute(query).scalars()}

    def keep_sentences(self, name: str, chunks: Sequence[Chunk], vectors: Sequence[Vectors]) -> None:
        """Keep the sentences of current chunks for a set."""
        with self._engine.begin() as connection:
            await_turn(connection)
            for chunk in chunks:
                one = (chunk_sentences.c.chunk_id == chunk.id) & (chunk_sentences.c.vector_set == name)
                connection.execute(delete(chunk_sentences).where(one))
            write_sentences(connection, name, chunks, vectors)

    def drop_besides(self, names: Collection[str]) -> None:
        """Forget the sentences of every set but the live one and these."""
        column = chunk_sentences.c.vector_set
        gone = live_vectors.c.previous.not_in(list(names))
        with self._engine.begin() as connection:
            connection.execute(update(live_vectors).where(gone).values(previous=None))
            connection.execute(delete(chunk_sentences).where(column != LIVE_SET, column.not_in(list(names))))


def _write(connection: Connection, **values: str | None) -> None:
    first = upsert(connection, live_vectors).values({"id": 1, "name": UNNAMED} | values)
    connection.execute(first.on_conflict_do_update(index_elements=[live_vectors.c.id], set_=values))
