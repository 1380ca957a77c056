"""What a draft was asked for with, so that it can be composed anew in another language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_draft_inputs"
down_revision = "0012_transitions"


def upgrade() -> None:
    op.add_column("drafts", sa.Column("inputs", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("drafts", "inputs")
