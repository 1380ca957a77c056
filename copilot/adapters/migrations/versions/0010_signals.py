"""What was observed about an account, when and by whom; only ever added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_signals"
down_revision = "0009_verification"


def upgrade() -> None:
    op.create_table(
        "account_signals",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_signals_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_signals")),
    )
    op.create_index("ix_account_signals_account_id_at", "account_signals", ["account_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_account_signals_account_id_at", table_name="account_signals")
    op.drop_table("account_signals")
