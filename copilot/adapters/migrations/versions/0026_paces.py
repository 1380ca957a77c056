"""How fast people ask, for all processes that share a database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_paces"
down_revision = "0024_sidebar"


def upgrade() -> None:
    op.create_table(
        "paces",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_paces")),
    )


def downgrade() -> None:
    op.drop_table("paces")
