"""Life of a document: who answers for it, who has checked it, and until when. And the set of vectors to go back to."""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0009_verification"
down_revision = "0008_ingest_failures"


def upgrade() -> None:
    op.create_table(
        "document_verification",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("deputy", sa.Text(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("file_owner", sa.Text(), nullable=True),
        sa.Column("file_deputy", sa.Text(), nullable=True),
        sa.Column("file_verified_on", sa.Date(), nullable=True),
        sa.Column("file_review_by", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_verification")),
    )
    op.add_column("documents", sa.Column("verified_on", sa.Date(), nullable=True))
    op.add_column("documents", sa.Column("review_by", sa.Date(), nullable=True))
    _date_documents()
    op.add_column("live_vectors", sa.Column("previous", sa.String(length=16), nullable=True))


def _date_documents() -> None:
    """Write down beside the metadata what it says; without it, everything would be unverified until ingested anew."""
    documents = sa.table(
        "documents",
        sa.column("id"),
        sa.column("metadata", sa.JSON()),
        sa.column("verified_on", sa.Date()),
        sa.column("review_by", sa.Date()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(documents.c.id, documents.c.metadata)).all():
        told = row.metadata if isinstance(row.metadata, dict) else json.loads(row.metadata)
        dates = {
            name: date.fromisoformat(told[name]) if told.get(name) else None for name in ("verified_on", "review_by")
        }
        if any(dates.values()):
            connection.execute(documents.update().where(documents.c.id == row.id).values(dates))


def downgrade() -> None:
    op.drop_column("live_vectors", "previous")
    op.drop_column("documents", "review_by")
    op.drop_column("documents", "verified_on")
    op.drop_table("document_verification")
