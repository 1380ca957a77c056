"""Questions that a machine or a person added, what was paid for them, what was proposed, and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_questions"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("questions", sa.Column("writer", sa.String(length=16), nullable=False, server_default="document"))
    op.create_table(
        "question_intents",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_intents")),
    )
    op.create_table(
        "question_outcomes",
        sa.Column("passage", sa.String(length=64), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("checked_chunk", sa.String(length=48), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("passage", "model", "prompt", name=op.f("pk_question_outcomes")),
    )
    op.create_table(
        "answer_feedback",
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_feedback_answer_id_answers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "person", name=op.f("pk_answer_feedback")),
    )
    op.create_table(
        "proposed_questions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("passage", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_questions")),
    )
    op.create_index(op.f("ix_proposed_questions_answer_id"), "proposed_questions", ["answer_id"])


def downgrade() -> None:
    raise NotImplementedError("The step before has no place for these questions; restore a backup instead.")
