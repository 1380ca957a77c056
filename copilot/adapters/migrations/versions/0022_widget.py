"""Requests that are answered once, conversations found by their person, and who asked for a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_widget"
down_revision = "0021_signing_in"


def upgrade() -> None:
    with op.batch_alter_table("answers") as table:
        table.add_column(sa.Column("request", sa.String(length=64), nullable=True))
    op.create_index("ix_answers_request", "answers", ["request"], unique=True)
    op.create_index("ix_conversations_person_created_at", "conversations", ["person", "created_at"])
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telling", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_handovers_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_conversation_id", "handovers", ["conversation_id"])
    op.create_index("ix_handovers_status_created_at", "handovers", ["status", "created_at"])
    op.create_index("ix_handovers_due_at", "handovers", ["due_at"])


def downgrade() -> None:
    op.drop_table("handovers")
    op.drop_index("ix_conversations_person_created_at", table_name="conversations")
    op.drop_index("ix_answers_request", table_name="answers")
    with op.batch_alter_table("answers") as table:
        table.drop_column("request")
