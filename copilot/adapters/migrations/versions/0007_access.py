"""Who may read what: access labels of documents, people, and keys with scopes and an end."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0007_access"
down_revision = "0006_drafts"

_LABEL = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "document_access",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("instead_of", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_access")),
    )
    op.create_table(
        "access_moves",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_access_moves")),
    )
    # Narrowest until it is filled in: a row that were overlooked would be read by nobody but staff.
    op.add_column("documents", sa.Column("access", _LABEL, nullable=False, server_default="internal"))
    _label_documents()
    op.create_index("ix_documents_access", "documents", ["access"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.add_column("api_keys", sa.Column("id", sa.String(length=16), nullable=True))
    op.add_column("api_keys", sa.Column("label", sa.Text(), nullable=False, server_default=""))
    for name in ("expires_at", "last_used_at", "revoked_at"):
        op.add_column("api_keys", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_keys", sa.Column("scopes", sa.JSON(), nullable=True))
    # Keys made before go on as they are: all that their person may do, without an end.
    op.execute("UPDATE api_keys SET id = substr(hash, 1, 12)")
    op.create_index("ix_api_keys_id", "api_keys", ["id"], unique=True)
    op.create_index("ix_api_keys_person", "api_keys", ["person"], unique=False)
    op.create_index("ix_sessions_person", "sessions", ["person"], unique=False)
    op.add_column("proposed_questions", sa.Column("groups", sa.JSON(), nullable=False, server_default="[]"))


def _label_documents() -> None:
    documents = sa.table(
        "documents", sa.column("id"), sa.column("audience"), sa.column("metadata", sa.JSON()), sa.column("access")
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(documents.c.id, documents.c.audience, documents.c.metadata)).all():
        told = row.metadata if isinstance(row.metadata, dict) else json.loads(row.metadata)
        groups = sorted({str(group) for group in told.get("groups") or []})
        access = "groups:" + "\t".join(groups) if groups else row.audience
        connection.execute(documents.update().where(documents.c.id == row.id).values(access=access))


def downgrade() -> None:
    documents = sa.table("documents", sa.column("access"))
    restricted = sa.select(documents.c.access).where(documents.c.access.not_in(["internal", "customer"])).limit(1)
    if op.get_bind().execute(restricted).first() is not None:
        raise RuntimeError(
            "The step before knows no groups and would show their documents to everybody. Delete these, or restore a "
            "backup."
        )
    op.drop_column("proposed_questions", "groups")
    op.drop_index("ix_sessions_person", table_name="sessions")
    op.drop_index("ix_api_keys_person", table_name="api_keys")
    op.drop_index("ix_api_keys_id", table_name="api_keys")
    for name in ("scopes", "revoked_at", "last_used_at", "expires_at", "label", "id"):
        op.drop_column("api_keys", name)
    op.drop_table("people")
    op.drop_index("ix_documents_access", table_name="documents")
    op.drop_column("documents", "access")
    op.drop_table("access_moves")
    op.drop_table("document_access")
