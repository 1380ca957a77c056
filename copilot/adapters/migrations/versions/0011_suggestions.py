"""What was suggested for an account, and what people said of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_suggestions"
down_revision = "0010_signals"


def upgrade() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index(op.f("ix_suggestions_account_id"), "suggestions", ["account_id"], unique=False)
    op.create_index(op.f("ix_suggestions_playbook"), "suggestions", ["playbook"], unique=False)
    op.create_table(
        "suggestion_reactions",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("suggestion_id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.id"], name=op.f("fk_suggestion_reactions_suggestion_id_suggestions")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_suggestion_reactions")),
    )
    op.create_index(
        "ix_suggestion_reactions_suggestion_id_person",
        "suggestion_reactions",
        ["suggestion_id", "person"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_suggestion_reactions_suggestion_id_person", table_name="suggestion_reactions")
    op.drop_table("suggestion_reactions")
    op.drop_index(op.f("ix_suggestions_playbook"), table_name="suggestions")
    op.drop_index(op.f("ix_suggestions_account_id"), table_name="suggestions")
    op.drop_table("suggestions")
