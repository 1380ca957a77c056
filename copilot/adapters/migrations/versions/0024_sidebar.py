"""Records of CRMs and the accounts they belong to; tokens that were used."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0024_sidebar"
down_revision = "0023_keeping"


def upgrade() -> None:
    records = op.create_table(
        "account_records",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("bound_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("record", "account_id", "bound_by", name=op.f("pk_account_records")),
    )
    op.create_index("ix_account_records_account_id", "account_records", ["account_id"])
    op.create_table(
        "used_tokens",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_used_tokens")),
    )
    op.create_index(op.f("ix_used_tokens_until"), "used_tokens", ["until"])
    accounts = sa.table("accounts", sa.column("id", sa.Text()), sa.column("facts", sa.JSON()))
    connection = op.get_bind()
    named = [
        {"record": record, "account_id": row.id, "bound_by": ""}
        for row in connection.execute(sa.select(accounts.c.id, accounts.c.facts))
        for record in sorted(_records(row.facts))
    ]
    if named:
        op.bulk_insert(records, named)


def downgrade() -> None:
    op.drop_table("used_tokens")
    op.drop_table("account_records")


def _records(facts: Any) -> set[str]:
    """Return what accounts of this step name, in the spelling of deliveries: `{"crm": {"hubspot": "company/123"}}`."""
    kept = facts.get("crm") if isinstance(facts, dict) else None
    found = set()
    for crm, said in kept.items() if isinstance(kept, dict) else ():
        if isinstance(said, str) and said.strip():
            place = said.strip().removeprefix(f"{crm}:").strip()
            kind, _, id = place.partition("/")
            if kind and id and "/" not in id:
                found.add(f"{crm.lower()}:{kind.lower() if crm.lower() == 'hubspot' else kind}/{_whole(crm, id)}")
    return found


def _whole(crm: str, id: str) -> str:
    if crm.lower() != "salesforce" or len(id) not in (15, 18) or not id.isascii() or not id.isalnum():
        return id
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    groups = (id[at : at + 5] for at in (0, 5, 10))
    return id[:15] + "".join(letters[sum(1 << n for n, sign in enumerate(g) if sign.isupper())] for g in groups)
