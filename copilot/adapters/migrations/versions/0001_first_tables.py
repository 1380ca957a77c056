"""First tables: documents and their versions, chunks, questions, full text, answers, keys, sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_document_versions")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("duplicate_of", sa.Text(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_origin_source", ["origin", "source"], unique=True)
        batch_op.create_index("ix_documents_source", ["source"], unique=False)
        batch_op.create_index("ix_documents_text_hash", ["text_hash"], unique=False)

    op.create_table(
        "index_intents",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_index_intents")),
    )
    op.create_table(
        "index_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_changes")),
    )
    op.create_table(
        "chunks",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("heading_path", sa.JSON(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_chunks_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_chunks")),
        sa.UniqueConstraint("id", name=op.f("uq_chunks_id")),
    )
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chunks_document_id"), ["document_id"], unique=False)

    op.create_table(
        "questions",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("chunk_id", sa.String(length=48), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_questions_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_questions")),
        sa.UniqueConstraint("id", name=op.f("uq_questions_id")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_chunk_id"), ["chunk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_questions_document_id"), ["document_id"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_api_keys")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sessions")),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_answers_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "answer_passages",
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_passages_answer_id_answers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "rank", name=op.f("pk_answer_passages")),
    )
    with op.batch_alter_table("answer_passages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_passages_document_id"), ["document_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _postings()
        return
    # Words come segmented; the tokenizer only has to keep 4.5, b2b/saas and 30% in one piece.
    tokenizer = "unicode61 remove_diacritics 0 tokenchars '._/-%'"
    for table in ("chunk_words", "question_words"):
        op.execute(f'CREATE VIRTUAL TABLE {table} USING fts5(words, tokenize = "{tokenizer}")')


def _postings() -> None:
    """PostgreSQL's full text cannot score as FTS5 does, so there are lists of words instead (decisions/0017)."""
    for field in ("chunk", "question"):
        op.create_table(
            f"{field}_words",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("word", sa.Text(collation="C"), nullable=False),
            sa.Column("entries", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{field}_words")),
            sa.UniqueConstraint("word", name=op.f(f"uq_{field}_words_word")),
        )
        op.create_table(
            f"{field}_places",
            sa.Column("word", sa.Integer(), nullable=False),
            sa.Column("row", sa.Integer(), nullable=False),
            sa.Column("times", sa.Integer(), nullable=False),
            sa.Column("length", sa.Integer(), nullable=False),
        )
        op.create_index(
            f"ix_{field}_places_word_row",
            f"{field}_places",
            ["word", "row"],
            unique=True,
            postgresql_include=["times", "length"],
        )
        op.create_table(
            f"{field}_lists",
            sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("words", sa.ARRAY(sa.Integer()), nullable=False),
            sa.PrimaryKeyConstraint("row", name=op.f(f"pk_{field}_lists")),
        )
    op.create_table(
        "word_totals",
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("field", name=op.f("pk_word_totals")),
    )


def downgrade() -> None:
    raise NotImplementedError("The first migration has nothing to go back to; remove COPILOT_HOME instead.")
