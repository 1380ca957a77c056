"""Approved knowledge: publications, who was told, questions that are asked again, pinned answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_publications"
down_revision = "0015_gaps"


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("gap_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("document_id", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_publications_draft_id_drafts")),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_publications")),
    )
    op.create_index(op.f("ix_publications_document_id"), "publications", ["document_id"], unique=False)
    op.create_index(op.f("ix_publications_status"), "publications", ["status"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("gap_id", sa.Text(), nullable=False),
        sa.Column("publication", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sending", sa.String(length=16), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("gap_id", "person", "publication", name=op.f("uq_notices_gap_id")),
    )
    op.create_index(op.f("ix_notices_sending"), "notices", ["sending"], unique=False)
    op.create_index("ix_notices_person_created_at", "notices", ["person", "created_at"], unique=False)
    op.create_table(
        "evaluation_questions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_questions")),
    )
    op.create_table(
        "pins",
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("pinned_by", sa.Text(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("words", name=op.f("pk_pins")),
    )
    op.create_index(op.f("ix_pins_document_id"), "pins", ["document_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_pins_document_id"), table_name="pins")
    op.drop_table("pins")
    op.drop_table("evaluation_questions")
    op.drop_index("ix_notices_person_created_at", table_name="notices")
    op.drop_index(op.f("ix_notices_sending"), table_name="notices")
    op.drop_table("notices")
    op.drop_index(op.f("ix_publications_status"), table_name="publications")
    op.drop_index(op.f("ix_publications_document_id"), table_name="publications")
    op.drop_table("publications")
