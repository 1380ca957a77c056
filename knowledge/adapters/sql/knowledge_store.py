"""The knowledge store on SQL. Every public method is one transaction."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from knowledge.adapters.sql.changes import count_change
from knowledge.adapters.sql.lexical import WritableFullText
from knowledge.adapters.sql.metadata_json import from_json, to_json
from knowledge.adapters.sql.ordering import by_code_point
from knowledge.adapters.sql.reading import reading
from knowledge.adapters.sql.rows import cuts, document_row, found_chunk, in_force_row, version_row
from knowledge.adapters.sql.sentences import read_sentences, write_sentences
from knowledge.adapters.sql.tables import (
    access_moves,
    chunk_sentences,
    chunks,
    document_access,
    document_versions,
    documents,
    index_changes,
    index_intents,
    live_vectors,
    questions,
)
from knowledge.adapters.sql.upsert import upsert
from knowledge.adapters.sql.verification import after_save, set_word, stale_chunks, verified_documents
from knowledge.chunk import ChunkId, embedded_text
from knowledge.document import Audience, Document, DocumentId, Metadata, StoredDocument, content_hash
from knowledge.errors import AmbiguousDocument, UnknownDocument
from knowledge.index import Field
from knowledge.reader import EVERYTHING, AccessLabel, Reader, access_label
from knowledge.store import (
    AccessWord,
    ChunkSentences,
    DocumentState,
    DocumentSummary,
    FoundChunk,
    Indexed,
    VersionSummary,
)
from knowledge.vector_sets import UNNAMED
from knowledge.verification import Check, Keepers

#: SQLite allows a limited number of bound values in one statement.
_AT_ONCE = 500

#: The name of the live set of vectors, read within the statement that uses it.
LIVE_SET = func.coalesce(select(live_vectors.c.name).scalar_subquery(), UNNAMED)


class SqlKnowledgeStore:
    """Implements `KnowledgeStore`."""

    def __init__(self, engine: Engine, full_text: WritableFullText) -> None:
        self._engine = engine
        self._reading = reading(engine)
        self._full_text = full_text

    def states(self, origin: str) -> Mapping[str, DocumentState]:
        """Return the current state of everything that came from `origin`, by source."""
        query = select(documents).where(documents.c.origin == origin)
        with self._reading.connect() as connection:
            return {
                row.source: DocumentState(
                    id=DocumentId(row.id),
                    source=row.source,
                    fingerprint=row.fingerprint,
                    content_hash=row.content_hash,
                    recipe=row.recipe,
                    version=row.version,
                    characters=row.characters,
                    chunks=row.chunk_count,
                    duplicate_of=row.duplicate_of,
                )
                for row in connection.execute(query)
            }

    def first_with_text(self, text: str, besides: DocumentId) -> str | None:
        """Return the source of the earliest other document whose current text is the same."""
        query = (
            select(documents.c.source)
            .where(documents.c.text_hash == content_hash(text.encode()), documents.c.id != besides)
            .order_by(documents.c.created_at, documents.c.id)
            .limit(1)
        )
        with self._reading.connect() as connection:
            return connection.execute(query).scalar()

    def sketches(self) -> Sequence[tuple[DocumentId, str, bytes]]:
        """Return id, source and sketch of all current documents that have one, earliest document first."""
        query = (
            select(documents.c.id, documents.c.source, documents.c.sketch)
            .where(documents.c.sketch.is_not(None))
            .order_by(documents.c.created_at, documents.c.id)
        )
        with self._reading.connect() as connection:
            return [(DocumentId(row.id), row.source, row.sketch) for row in connection.execute(query)]

    def next_version(self, document: DocumentId) -> int:
        """Return the version number that comes after all there ever were."""
        query = select(func.max(document_versions.c.version)).where(document_versions.c.document_id == document)
        with self._reading.connect() as connection:
            return (connection.execute(query).scalar() or 0) + 1

    def intend(self, document: DocumentId, version: int) -> None:
        """Record that vectors of this version may exist before the version does."""
        with self._engine.begin() as connection:
            _intend(connection, document, version)

    def save(self, indexed: Indexed) -> None:
        """Make a version current, replacing the searchable rows of the one before."""
        with self._engine.begin() as connection:
            count_change(connection)
            before = self._unpublish(connection, indexed.stored.id)
            created_at = before.created_at if before else indexed.at.astimezone(UTC)
            metadata = after_save(connection, indexed, self._spoken(connection, indexed))
            row = document_row(indexed) | in_force_row(metadata) | {"created_at": created_at}
            connection.execute(insert(documents).values(row))
            connection.execute(insert(document_versions).values(version_row(indexed, metadata)))
            self._add_chunks(connection, indexed)
            self._add_questions(connection, indexed)
            # From this commit on the new vectors are the current ones and those before are the leftovers.
            _settle(connection, indexed.stored.id, indexed.stored.version)

    def touch(self, document: DocumentId, fingerprint: str) -> None:
        """Remember a new fingerprint of unchanged content."""
        with self._engine.begin() as connection:
            connection.execute(update(documents).where(documents.c.id == document).values(fingerprint=fingerprint))

    def delete(self, document: DocumentId) -> None:
        """Take a document out of everything searchable at once."""
        with self._engine.begin() as connection:
            self._unpublish(connection, document)

    def leftovers(self) -> Sequence[tuple[DocumentId, int]]:
        """Return the versions whose vectors may exist although they are not current."""
        with self._reading.connect() as connection:
            return [(DocumentId(row.document_id), row.version) for row in connection.execute(select(index_intents))]

    def settle(self, document: DocumentId, version: int) -> None:
        """Forget a leftover whose vectors were removed."""
        with self._engine.begin() as connection:
            _settle(connection, document, version)

    def summaries(self) -> Sequence[DocumentSummary]:
        """Return all current documents, by origin and source."""
        with self._reading.connect() as connection:
            rows = connection.execute(
                select(documents).order_by(by_code_point(documents.c.origin), by_code_point(documents.c.source))
            )
            return [
                DocumentSummary(
                    id=DocumentId(row.id),
                    origin=row.origin,
                    source=row.source,
                    title=row.title,
                    version=row.version,
                    characters=row.characters,
                    chunks=row.chunk_count,
                    metadata=from_json(row.metadata),
                    updated_at=_aware(row.updated_at),
                    duplicate_of=row.duplicate_of,
                )
                for row in rows
            ]

    def in_force(self, document: DocumentId, metadata: Metadata) -> Metadata:
        """Return what a file says of itself, with a person's word on its access in force where it still holds."""
        with self._reading.connect() as connection:
            word = _word(connection, document)
        return word.over(metadata) if word else metadata

    def set_access(
        self,
        document: DocumentId,
        audience: Audience,
        groups: Sequence[str],
        beside: Callable[[object], None] = lambda _: None,
    ) -> bool:
        """Put a person's word on the access of a current document in force, at once."""
        mine = documents.c.id == document
        with self._engine.begin() as connection:
            # The row is taken before it is read: two words at once are spoken one after the other.
            connection.execute(update(documents).where(mine).values(access=documents.c.access))
            row = connection.execute(select(documents.c.metadata, documents.c.version).where(mine)).first()
            if row is None:
                return False
            before, metadata = _word(connection, document), from_json(row.metadata)
            spoken = replace(metadata, audience=audience, groups=tuple(sorted(set(groups))))
            said = before.instead_of if before else access_label(metadata.audience, metadata.groups)
            values = {"audience": audience.value, "groups": list(spoken.groups), "instead_of": str(said)}
            connection.execute(delete(document_access).where(document_access.c.document_id == document))
            connection.execute(insert(document_access).values(document_id=document, **values))
            connection.execute(update(documents).where(mine).values(in_force_row(spoken)))
            version = (document_versions.c.document_id == document) & (document_versions.c.version == row.version)
            connection.execute(update(document_versions).where(version).values(metadata=to_json(spoken)))
            _to_move(connection, document)
            count_change(connection)
            beside(connection)
        return True

    def set_verification(
        self, document: DocumentId, keepers: Keepers, check: Check, beside: Callable[[object], None] = lambda _: None
    ) -> bool:
        """Put a person's word on who answers for a document, and on whether it is right, in force at once."""
        mine = documents.c.id == document
        with self._engine.begin() as connection:
            count_change(connection)  # first: two words at once are spoken one after the other
            row = connection.execute(select(documents.c.metadata, documents.c.version).where(mine)).first()
            if row is None:
                connection.rollback()
                return False
            version = (document_versions.c.document_id == document) & (document_versions.c.version == row.version)
            text = connection.execute(select(document_versions.c.text).where(version)).scalar_one()
            spoken = set_word(connection, document, keepers, check, from_json(row.metadata), text)
            connection.execute(update(documents).where(mine).values(in_force_row(spoken)))
            connection.execute(update(document_versions).where(version).values(metadata=to_json(spoken)))
            beside(connection)
        return True

    def verified(self, on: date) -> Collection[DocumentId]:
        """Return the documents that are verified on a day."""
        with self._reading.connect() as connection:
            return verified_documents(connection, on)

    def stale(self, ids: Sequence[ChunkId], on: date) -> Collection[ChunkId]:
        """Return those of these current chunks whose documents have passed their review date on a day."""
        with self._reading.connect() as connection:
            return stale_chunks(connection, ids, on)

    def moves(self) -> Mapping[DocumentId, tuple[int, AccessLabel]]:
        """Return current documents whose vectors may still lie under another label."""
        query = select(documents.c.id, documents.c.version, documents.c.access).join(
            access_moves, access_moves.c.document_id == documents.c.id
        )
        with self._reading.connect() as connection:
            return {DocumentId(r.id): (r.version, AccessLabel.read(r.access)) for r in connection.execute(query)}

    def moved(self, document: DocumentId, version: int, label: AccessLabel) -> None:
        """Forget a move that was carried out."""
        still = select(documents.c.id).where(
            documents.c.id == document, documents.c.version == version, documents.c.access == str(label)
        )
        with self._engine.begin() as connection:
            connection.execute(delete(access_moves).where(access_moves.c.document_id.in_(still)))

    def labels(self) -> Collection[AccessLabel]:
        """Return the labels that current documents have."""
        with self._reading.connect() as connection:
            found = connection.execute(select(documents.c.access).distinct()).scalars()
            return [AccessLabel.read(label) for label in found]

    def labels_of(self, ids: Collection[DocumentId]) -> Mapping[DocumentId, AccessLabel]:
        """Return the labels of these documents as they are now."""
        query = select(documents.c.id, documents.c.access).where(documents.c.id.in_(ids))
        with self._reading.connect() as connection:
            return {DocumentId(row.id): AccessLabel.read(row.access) for row in connection.execute(query)}

    def find(self, source_or_id: str, reader: Reader = EVERYTHING) -> StoredDocument:
        """Return the current version of the document with this source or id."""
        current = (document_versions.c.document_id == documents.c.id) & (
            document_versions.c.version == documents.c.version
        )
        query = (
            select(documents, document_versions.c.text, document_versions.c.pages, document_versions.c.cuts)
            .join(document_versions, current)
            .where((documents.c.source == source_or_id) | (documents.c.id == source_or_id))
            .order_by(documents.c.created_at)
        )
        with self._reading.connect() as connection:
            rows = [row for row in connection.execute(query) if reader.may_read_label(AccessLabel.read(row.access))]
            if len(rows) > 1 and source_or_id not in {row.id for row in rows}:
                places = "; ".join(f"{row.id} from {row.origin!r}" for row in rows)
                raise AmbiguousDocument(f"Several documents are called {source_or_id!r}: {places}. Use the id.")
            row = next((row for row in rows if row.id == source_or_id), rows[0] if rows else None)
            if row is None:
                known = [
                    str(one.source)
                    for one in connection.execute(select(documents.c.source, documents.c.access))
                    if reader.may_read_label(AccessLabel.read(one.access))
                ]
                raise UnknownDocument(_unknown(source_or_id, known))
        metadata = from_json(row.metadata)
        return StoredDocument(
            id=DocumentId(row.id),
            origin=row.origin,
            version=row.version,
            document=Document(
                source=row.source,
                title=row.title,
                text=row.text,
                metadata=metadata,
                warnings=tuple(row.warnings),
                pages=tuple(row.pages or ()),
                cuts=cuts(row.cuts),
            ),
            duplicate_of=row.duplicate_of,
        )

    def history(self, document: DocumentId) -> Sequence[VersionSummary]:
        """Return all versions, oldest first."""
        query = (
            select(document_versions)
            .where(document_versions.c.document_id == document)
            .order_by(document_versions.c.version)
        )
        with self._reading.connect() as connection:
            return [
                VersionSummary(version=row.version, content_hash=row.content_hash, created_at=_aware(row.created_at))
                for row in connection.execute(query)
            ]

    def find_version(self, document: DocumentId, version: int) -> StoredDocument:
        """Return one version, also of a deleted document."""
        query = select(document_versions).where(
            document_versions.c.document_id == document, document_versions.c.version == version
        )
        with self._reading.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownDocument(f"There is no version {version!r} of document {document!r}.")
        return StoredDocument(
            id=document,
            origin=row.origin,
            version=version,
            document=Document(
                source=row.source,
                title=row.title,
                text=row.text,
                metadata=from_json(row.metadata),
                pages=tuple(row.pages or ()),
                cuts=cuts(row.cuts),
            ),
        )

    def chunks(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, FoundChunk]:
        """Return current chunks with what a reader needs of their documents."""
        found: dict[ChunkId, FoundChunk] = {}
        with self._reading.connect() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                query = (
                    select(chunks, documents.c.source, documents.c.title, documents.c.metadata)
                    .join(documents, documents.c.id == chunks.c.document_id)
                    .where(chunks.c.id.in_(ids[start : start + _AT_ONCE]))
                )
                found.update({ChunkId(row.id): found_chunk(row) for row in connection.execute(query)})
        return found

    def sentences(self, ids: Sequence[ChunkId]) -> Mapping[ChunkId, ChunkSentences]:
        """Return what ranks a candidate besides its own vector."""
        found: dict[ChunkId, ChunkSentences] = {}
        with self._reading.connect() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                query = select(chunk_sentences.c.chunk_id, chunk_sentences.c.chinese, chunk_sentences.c.vectors).where(
                    chunk_sentences.c.chunk_id.in_(ids[start : start + _AT_ONCE]),
                    chunk_sentences.c.vector_set == LIVE_SET,
                )
                for chunk, chinese, data in connection.execute(query):
                    found[chunk] = ChunkSentences(vectors=read_sentences(data), chinese=chinese)
        return found

    def count(self) -> int:
        """Return the number of current documents."""
        with self._reading.connect() as connection:
            return connection.execute(select(func.count()).select_from(documents)).scalar_one()

    def entries(self, field: Field) -> Collection[str]:
        """Return the ids of everything that has a vector, or should."""
        column = chunks.c.id if field == "chunk" else questions.c.id
        with self._reading.connect() as connection:
            return set(connection.execute(select(column)).scalars())

    def revision(self) -> str:
        """Return the number of changes so far, as text."""
        with self._reading.connect() as connection:
            return str(connection.execute(select(index_changes.c.count)).scalar() or 0)

    def _unpublish(self, connection: Connection, document: DocumentId) -> Row[Any] | None:
        row = connection.execute(select(documents).where(documents.c.id == document)).first()
        if row is None:
            return None
        count_change(connection)
        _intend(connection, document, row.version)
        for field, table in (("chunk", chunks), ("question", questions)):
            rows = connection.execute(select(table.c.row).where(table.c.document_id == document)).scalars().all()
            self._full_text.remove(connection, field, rows)  # type: ignore[arg-type]  # the two literals above
            connection.execute(delete(table).where(table.c.document_id == document))
        connection.execute(delete(documents).where(documents.c.id == document))
        return row

    def _spoken(self, connection: Connection, indexed: Indexed) -> Metadata:
        """Return the metadata with a person's word in force; the vectors may have been added before it was spoken."""
        document, metadata = indexed.stored.id, indexed.stored.document.metadata
        word = _word(connection, document)
        if word is None:
            return metadata
        _to_move(connection, document)
        spoken = word.over(metadata)
        if spoken is metadata:  # the file says something else by now
            connection.execute(delete(document_access).where(document_access.c.document_id == document))
        return spoken

    def _add_chunks(self, connection: Connection, indexed: Indexed) -> None:
        document = indexed.stored.document
        words = []
        for chunk in indexed.chunks:
            span = chunk.span
            values = {
                "id": chunk.id,
                "document_id": chunk.document_id,
                "version": chunk.version,
                "ordinal": chunk.ordinal,
                "start": span.start,
                "end": span.end,
                "text": span.text,
                "heading_path": list(span.heading_path),
                "sections": list(span.sections),
                "page": span.page,
                "page_breaks": list(span.page_breaks) or None,
            }
            row = connection.execute(insert(chunks).values(values).returning(chunks.c.row)).scalar_one()
            words.append((row, embedded_text(document.title, document.metadata.context, span)))
        self._full_text.add(connection, "chunk", words)
        # Its vectors are in the live set already: the index has refused those of any other model.
        live = connection.execute(select(LIVE_SET)).scalar_one()
        write_sentences(connection, live, indexed.chunks, indexed.sentences)

    def _add_questions(self, connection: Connection, indexed: Indexed) -> None:
        words = []
        for question in indexed.questions:
            values = {
                "id": question.id,
                "document_id": indexed.stored.id,
                "chunk_id": question.chunk_id,
                "text": question.text,
                "writer": question.writer.value,
            }
            row = connection.execute(insert(questions).values(values).returning(questions.c.row)).scalar_one()
            words.append((row, question.text))
        self._full_text.add(connection, "question", words)


def _intend(connection: Connection, document: DocumentId, version: int) -> None:
    intent = upsert(connection, index_intents).values(document_id=document, version=version)
    connection.execute(intent.on_conflict_do_nothing())


def _word(connection: Connection, document: DocumentId) -> AccessWord | None:
    row = connection.execute(select(document_access).where(document_access.c.document_id == document)).first()
    if row is None:
        return None
    return AccessWord(
        audience=Audience(row.audience), groups=tuple(row.groups), instead_of=AccessLabel.read(row.instead_of)
    )


def _to_move(connection: Connection, document: DocumentId) -> None:
    connection.execute(delete(access_moves).where(access_moves.c.document_id == document))
    connection.execute(insert(access_moves).values(document_id=document))


def _aware(at: datetime) -> datetime:
    """SQLite gives times back without their zone; we store UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _settle(connection: Connection, document: DocumentId, version: int) -> None:
    connection.execute(
        delete(index_intents).where(index_intents.c.document_id == document, index_intents.c.version == version)
    )


def _unknown(source_or_id: str, known: list[str]) -> str:
    close = difflib.get_close_matches(source_or_id, known, n=3, cutoff=0.4)
    hint = f" Did you mean {', '.join(map(repr, close))}?" if close else ""
    return f"No document has the source or id {source_or_id!r}.{hint} `copilot documents list` shows all of them."
