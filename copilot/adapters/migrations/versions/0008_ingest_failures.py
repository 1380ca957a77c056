"""Items that could not be ingested, until they can or are gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_ingest_failures"
down_revision = "0007_access"


def upgrade() -> None:
    op.create_table(
        "ingest_failures",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_failures")),
    )


def downgrade() -> None:
    op.drop_table("ingest_failures")
