"""Moves of accounts between stages and bands of health, and the ends of their contracts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_transitions"
down_revision = "0011_suggestions"


def upgrade() -> None:
    op.create_table(
        "account_transitions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.String(length=16), nullable=False),
        sa.Column("from_band", sa.String(length=16), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("to_stage", sa.String(length=16), nullable=True),
        sa.Column("to_band", sa.String(length=16), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_transitions")),
    )
    op.create_index(op.f("ix_account_transitions_account_id"), "account_transitions", ["account_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_account_transitions_account_id"), table_name="account_transitions")
    op.drop_table("account_transitions")
