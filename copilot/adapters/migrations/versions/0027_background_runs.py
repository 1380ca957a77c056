"""Work in the background, told by whichever process is asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_background_runs"
down_revision = "0026_paces"


def upgrade() -> None:
    op.create_table(
        "background_runs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_runs")),
    )
    op.create_index(op.f("ix_background_runs_begun_at"), "background_runs", ["begun_at"])
    op.create_index("ix_background_runs_kind_begun_at", "background_runs", ["kind", "begun_at"])


def downgrade() -> None:
    op.drop_table("background_runs")
