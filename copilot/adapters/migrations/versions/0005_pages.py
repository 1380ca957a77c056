"""Pages of quotes, what cleaning cut out of a version, and sketches that near-duplicates are told by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_pages"
down_revision = "0004_vector_sets"

_ADDED = (
    ("documents", "sketch", sa.LargeBinary()),
    ("document_versions", "pages", sa.JSON()),
    ("document_versions", "cuts", sa.JSON()),
    ("chunks", "page", sa.Integer()),
    ("chunks", "page_breaks", sa.JSON()),
)


def upgrade() -> None:
    for table, name, kind in _ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for table, name, _ in reversed(_ADDED):
        op.drop_column(table, name)
