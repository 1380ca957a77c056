"""Vectors belong to a set, and one set is live: an index is rebuilt for another model beside the one in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_vector_sets"
down_revision = "0003"

_COPIED = "chunk_sentences_copied"


def upgrade() -> None:
    op.create_table(
        "live_vectors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_vectors")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.add_column(
            "chunk_sentences", sa.Column("vector_set", sa.String(length=16), nullable=False, server_default="")
        )
        op.alter_column("chunk_sentences", "vector_set", server_default=None)
        op.drop_constraint("pk_chunk_sentences", "chunk_sentences")
        op.create_primary_key("pk_chunk_sentences", "chunk_sentences", ["chunk_id", "vector_set"])
        return
    # SQLite cannot change a primary key: the table is made anew under another name and takes its place.
    op.create_table(
        _COPIED,
        sa.Column("chunk_id", sa.String(length=48), nullable=False),
        sa.Column("vector_set", sa.String(length=16), nullable=False),
        sa.Column("chinese", sa.Boolean(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name=op.f("fk_chunk_sentences_chunk_id_chunks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chunk_id", "vector_set", name=op.f("pk_chunk_sentences")),
    )
    op.execute(
        f"INSERT INTO {_COPIED}(chunk_id, vector_set, chinese, vectors) "  # noqa: S608  # a constant
        "SELECT chunk_id, '', chinese, vectors FROM chunk_sentences"
    )
    op.drop_table("chunk_sentences")
    op.rename_table(_COPIED, "chunk_sentences")


def downgrade() -> None:
    op.drop_table("chunk_sentences")
    op.create_table(
        "chunk_sentences",
        sa.Column("chunk_id", sa.String(length=48), nullable=False),
        sa.Column("chinese", sa.Boolean(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"], ["chunks.id"], name=op.f("fk_chunk_sentences_chunk_id_chunks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chunk_id", name=op.f("pk_chunk_sentences")),
    )
    op.drop_table("live_vectors")
