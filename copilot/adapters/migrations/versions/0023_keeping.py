"""Which gap another was merged into, and what evaluations found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_keeping"
down_revision = "0022_widget"


def upgrade() -> None:
    op.add_column("gaps", sa.Column("merged_into", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_gaps_merged_into"), "gaps", ["merged_into"])
    op.create_table(
        "evaluations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
    )
    op.create_index(op.f("ix_evaluations_at"), "evaluations", ["at"])


def downgrade() -> None:
    op.drop_index("ix_evaluations_at", table_name="evaluations")
    op.drop_table("evaluations")
    # What was merged stays where it is: nobody can tell any more which gap it came from.
    op.drop_index("ix_gaps_merged_into", table_name="gaps")
    op.drop_column("gaps", "merged_into")
