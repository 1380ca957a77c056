"""Written questions on SQL, in the tables of the knowledge store. Every public method is one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, func, insert, select

from knowledge.adapters.sql.changes import count_change
from knowledge.adapters.sql.lexical import WritableFullText
from knowledge.adapters.sql.metadata_json import from_json
from knowledge.adapters.sql.tables import chunks, documents, question_intents
from knowledge.adapters.sql.tables import questions as rows
from knowledge.adapters.sql.upsert import upsert
from knowledge.chunk import Chunk, ChunkId, ChunkQuestion, Span, Writer
from knowledge.document import DocumentId
from knowledge.question_store import QuestionedDocument


class SqlQuestionStore:
    """Implements `QuestionStore`."""

    def __init__(self, engine: Engine, full_text: WritableFullText) -> None:
        self._engine = engine
        self._full_text = full_text

    def current(self, document: DocumentId) -> QuestionedDocument | None:
        """Return the current version with its questions."""
        with self._engine.connect() as connection:
            row = connection.execute(select(documents).where(documents.c.id == document)).first()
            if row is None:
                return None
            pieces = connection.execute(
                select(chunks).where(chunks.c.document_id == document).order_by(chunks.c.ordinal)
            ).all()
            asked = connection.execute(select(rows).where(rows.c.document_id == document).order_by(rows.c.row)).all()
        return QuestionedDocument(
            id=document,
            version=row.version,
            source=row.source,
            title=row.title,
            metadata=from_json(row.metadata),
            chunks=[
                Chunk(
                    id=ChunkId(piece.id),
                    document_id=document,
                    version=piece.version,
                    ordinal=piece.ordinal,
                    span=Span(
                        start=piece.start,
                        end=piece.end,
                        text=piece.text,
                        heading_path=tuple(piece.heading_path),
                        sections=tuple(piece.sections),
                        page=piece.page,
                        page_breaks=tuple(piece.page_breaks or ()),
                    ),
                )
                for piece in pieces
            ],
            questions=[
                ChunkQuestion(id=one.id, chunk_id=ChunkId(one.chunk_id), text=one.text, writer=Writer(one.writer))
                for one in asked
            ],
        )

    def size(self) -> int:
        """Return how many chunks are current, in all documents."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(documents.c.chunk_count), 0))).scalar_one())

    def intend(self, ids: Sequence[str]) -> None:
        """Record that vectors of these questions may exist before the questions do."""
        with self._engine.begin() as connection:
            _intend(connection, ids)

    def add(self, document: DocumentId, version: int, questions: Sequence[ChunkQuestion]) -> bool:
        """Make questions searchable and take back their intents."""
        with self._engine.begin() as connection:
            current = connection.execute(select(documents.c.version).where(documents.c.id == document)).scalar()
            if current != version:
                return False
            known = set(connection.execute(select(rows.c.id).where(rows.c.document_id == document)).scalars())
            if any(question.id not in known for question in questions):
                count_change(connection)  # first: writers of the index wait for each other here
            words = []
            for question in questions:
                if question.id in known:
                    continue
                known.add(question.id)
                values = {
                    "id": question.id,
                    "document_id": document,
                    "chunk_id": question.chunk_id,
                    "text": question.text,
                    "writer": question.writer.value,
                }
                row = connection.execute(insert(rows).values(values).returning(rows.c.row)).scalar_one()
                words.append((row, question.text))
            self._full_text.add(connection, "question", words)
            _settle(connection, [question.id for question in questions])
        return True

    def remove(self, document: DocumentId, ids: Sequence[str]) -> int:
        """Take questions away; their vectors become leftovers."""
        with self._engine.begin() as connection:
            known = connection.execute(select(rows.c.row, rows.c.id).where(rows.c.document_id == document)).all()
            gone = [row for row in known if row.id in set(ids)]
            if gone:
                count_change(connection)  # first: writers of the index wait for each other here
                _intend(connection, [row.id for row in gone])
                self._full_text.remove(connection, "question", [row.row for row in gone])
                for row in gone:
                    connection.execute(delete(rows).where(rows.c.row == row.row))
            return len(gone)

    def leftovers(self) -> Sequence[str]:
        """Return the questions whose vectors may exist although they do not."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(question_intents.c.id)).scalars())

    def settle(self, ids: Sequence[str]) -> None:
        """Forget leftovers whose vectors were removed."""
        with self._engine.begin() as connection:
            _settle(connection, ids)


def _intend(connection: Connection, ids: Sequence[str]) -> None:
    intent = upsert(connection, question_intents).on_conflict_do_nothing()
    if ids:
        connection.execute(intent, [{"id": name} for name in dict.fromkeys(ids)])


def _settle(connection: Connection, ids: Sequence[str]) -> None:
    for name in ids:
        connection.execute(delete(question_intents).where(question_intents.c.id == name))
