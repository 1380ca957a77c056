"""Words on the verification of documents, in the caller's transaction (decisions/0024)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, delete, insert, or_, select

from knowledge.adapters.sql.metadata_json import from_json
from knowledge.adapters.sql.tables import chunks, document_verification, document_versions, documents
from knowledge.chunk import ChunkId
from knowledge.document import DocumentId, Metadata
from knowledge.formatting import wording_hash
from knowledge.store import Indexed
from knowledge.verification import Check, Keepers, VerificationWord

#: SQLite allows a limited number of bound values in one statement.
_AT_ONCE = 500


def after_save(connection: Connection, indexed: Indexed, metadata: Metadata) -> Metadata:
    """Return what is in force for a version that is being saved; called before its row is written."""
    document, wording = indexed.stored.id, wording_hash(indexed.stored.document.text)
    spoken = _read(connection, document)
    newest = (
        select(document_versions.c.text, document_versions.c.metadata, document_versions.c.content_hash)
        .where(document_versions.c.document_id == document)
        .order_by(document_versions.c.version.desc())
        .limit(1)
    )
    before = connection.execute(newest).first()
    if before is None:
        return metadata
    known = wording_hash(before.text)
    # Without a word, what was in force is what the file said.
    word = spoken or VerificationWord.of_file(from_json(before.metadata), known)
    if before.content_hash == indexed.content_hash and word.wording == known:
        word = replace(word, wording=wording)  # the file is the same, only our reading of it has changed
    word = word.after(metadata, wording)
    in_force = word.over(metadata, wording)
    if spoken is not None or in_force != metadata:
        _write(connection, document, word)
    return in_force


def set_word(
    connection: Connection, document: DocumentId, keepers: Keepers, check: Check, metadata: Metadata, text: str
) -> Metadata:
    """Write a person's word on the current version, whose metadata is in force; return it with the word in force."""
    wording = wording_hash(text)
    before = _read(connection, document) or VerificationWord.of_file(metadata, wording)
    word = replace(before, keepers=keepers, check=check, wording=wording)
    _write(connection, document, word)
    return word.over(metadata, wording)


def verified_documents(connection: Connection, on: date) -> Collection[DocumentId]:
    """Return the documents that are verified on a day."""
    open_end = or_(documents.c.review_by.is_(None), documents.c.review_by >= on)
    query = select(documents.c.id).where(documents.c.verified_on.is_not(None), open_end)
    return {DocumentId(id) for id in connection.execute(query).scalars()}


def stale_chunks(connection: Connection, ids: Sequence[ChunkId], on: date) -> Collection[ChunkId]:
    """Return those of these chunks whose documents have passed their review date."""
    found: set[ChunkId] = set()
    for start in range(0, len(ids), _AT_ONCE):
        query = (
            select(chunks.c.id)
            .join(documents, documents.c.id == chunks.c.document_id)
            .where(chunks.c.id.in_(ids[start : start + _AT_ONCE]), documents.c.review_by < on)
        )
        found |= {ChunkId(id) for id in connection.execute(query).scalars()}
    return found


def _read(connection: Connection, document: DocumentId) -> VerificationWord | None:
    table = document_verification
    row = connection.execute(select(table).where(table.c.document_id == document)).first()
    if row is None:
        return None
    return VerificationWord(
        keepers=Keepers(owner=row.owner, deputy=row.deputy),
        check=Check(verified_on=row.verified_on, verified_by=row.verified_by, review_by=row.review_by),
        wording=row.wording,
        file_keepers=Keepers(owner=row.file_owner, deputy=row.file_deputy),
        file_check=Check(verified_on=row.file_verified_on, review_by=row.file_review_by),
    )


def _write(connection: Connection, document: DocumentId, word: VerificationWord) -> None:
    values = {"document_id": document, "wording": word.wording} | vars(word.keepers) | vars(word.check)
    values |= {f"file_{name}": value for name, value in vars(word.file_keepers).items()}
    values |= {f"file_{name}": value for name, value in vars(word.file_check).items() if name != "verified_by"}
    connection.execute(delete(document_verification).where(document_verification.c.document_id == document))
    connection.execute(insert(document_verification).values(values))
