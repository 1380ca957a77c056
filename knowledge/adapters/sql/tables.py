"""Tables of the knowledge store. The full-text tables are SQLite's own and stand in the migration."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Labels are compared by code point in every database.
LABEL = Text().with_variant(Text(collation="C"), "postgresql")

#: Current documents. A deleted one leaves this table at once; its versions stay.
documents = Table(
    "documents",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("origin", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("audience", String(16), nullable=False),
    Column("access", LABEL, nullable=False, server_default="internal"),  # `AccessLabel` in force, as text
    Column("metadata", JSON, nullable=False),
    Column("verified_on", Date),  # as in `metadata`, so that an index can be asked for what is verified
    Column("review_by", Date),
    Column("fingerprint", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("recipe", Text, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("chunk_count", Integer, nullable=False),
    Column("duplicate_of", Text),
    Column("warnings", JSON, nullable=False),
    Column("sketch", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_documents_origin_source", "origin", "source", unique=True),
    Index("ix_documents_source", "source"),
    Index("ix_documents_access", "access"),
    Index("ix_documents_text_hash", "text_hash"),
)

#: A person's word on who may read a document, in place of what its file says; it outlives the document itself.
document_access = Table(
    "document_access",
    metadata,
    Column("document_id", String(16), primary_key=True),
    Column("audience", String(16), nullable=False),
    Column("groups", JSON, nullable=False),
    Column("instead_of", Text, nullable=False),  # label that the file gave when the word was spoken
)

#: Who answers for a document and who has checked it, where that is not what its file says (decisions/0024); it outlives
#: the document itself. `wording` is of the text that was checked, `file_…` what the file said when it was last heard.
document_verification = Table(
    "document_verification",
    metadata,
    Column("document_id", String(16), primary_key=True),
    Column("owner", Text),
    Column("deputy", Text),
    Column("verified_on", Date),
    Column("verified_by", Text),
    Column("review_by", Date),
    Column("wording", String(64), nullable=False),
    Column("file_owner", Text),
    Column("file_deputy", Text),
    Column("file_verified_on", Date),
    Column("file_review_by", Date),
)

#: Documents some of whose vectors may still lie under another label than theirs.
access_moves = Table("access_moves", metadata, Column("document_id", String(16), primary_key=True))

#: Every version ever stored: an old answer still opens what it cited.
document_versions = Table(
    "document_versions",
    metadata,
    Column("document_id", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("pages", JSON),
    Column("cuts", JSON),
)

#: Chunks of current versions only; `row` is the rowid of the full-text table.
chunks = Table(
    "chunks",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String(48), nullable=False, unique=True),
    Column("document_id", String(16), ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("heading_path", JSON, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("page", Integer),
    Column("page_breaks", JSON),
)

#: One row: the set of vectors that is searched (decisions/0013), and the setting that it is known to fit.
live_vectors = Table(
    "live_vectors",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(16), nullable=False),
    Column("setting", Text),
    Column("previous", String(16)),  # the set that was searched before, kept to go back to (decisions/0025)
)

#: What ranks a candidate besides its own vector: the vectors of its sentences, in order, and its language.
chunk_sentences = Table(
    "chunk_sentences",
    metadata,
    Column("chunk_id", String(48), ForeignKey("chunks.id", ondelete="CASCADE"), primary_key=True),
    Column("vector_set", String(16), primary_key=True),
    Column("chinese", Boolean, nullable=False),
    Column("vectors", LargeBinary, nullable=False),
)

#: Written questions of current versions; matched, never quoted.
questions = Table(
    "questions",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String(48), nullable=False, unique=True),
    Column("document_id", String(16), ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("chunk_id", String(48), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("writer", String(16), nullable=False, server_default="document"),
)

#: Questions added to a version that is current already, whose vectors may exist although they do not.
question_intents = Table("question_intents", metadata, Column("id", String(48), primary_key=True))

#: Versions whose vectors may exist in the vector index although they are not current (decisions/0004).
index_intents = Table(
    "index_intents",
    metadata,
    Column("document_id", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
)

#: Items whose last attempt to be ingested failed; `id` is that of the document they are, or would be.
ingest_failures = Table(
    "ingest_failures",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("origin", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("code", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
)

#: One row: how often the searchable documents have changed.
index_changes = Table(
    "index_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
)
