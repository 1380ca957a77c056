"""What is counted of an answer stands beside its body; and an id of a signal is its account's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014_answer_facts"
down_revision = "0013_draft_inputs"

_TEXTS = ("reason", "intent", "language", "audience", "account_id", "surface", "composer")
#: Bodies read at a time.
_AT_ONCE = 500


def upgrade() -> None:
    _rekey_signals("account_id", "id")
    for name in _TEXTS:
        op.add_column("answers", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "answer_citations",
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_citations_answer_id_answers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "document_id", name=op.f("pk_answer_citations")),
    )
    op.create_index("ix_answer_citations_document_id", "answer_citations", ["document_id"], unique=False)
    op.create_index("ix_answers_created_at", "answers", ["created_at"], unique=False)
    _read_bodies()


def _read_bodies() -> None:
    """Fill in what the bodies tell; language, audience, account and surface of old answers are not known."""
    answers = sa.table("answers", sa.column("id"), sa.column("body", sa.JSON()), *map(sa.column, _TEXTS))
    citations = sa.table("answer_citations", *map(sa.column, ("answer_id", "document_id", "version")))
    connection = op.get_bind()
    for rows in _pages(connection, answers):
        cited: dict[tuple[str, str], int] = {}
        for row in rows:
            told = row.body if isinstance(row.body, dict) else json.loads(row.body)
            values = {name: told.get(name) for name in ("reason", "intent", "composer")}
            connection.execute(answers.update().where(answers.c.id == row.id).values(values))
            for one in told.get("citations", ()):
                cited.setdefault((row.id, one["document_id"]), one["version"])
        if cited:
            connection.execute(
                citations.insert(),
                [{"answer_id": a, "document_id": d, "version": version} for (a, d), version in cited.items()],
            )


def _pages(connection: sa.Connection, answers: sa.TableClause) -> Iterator[list[Any]]:
    last = ""
    while True:
        query = sa.select(answers.c.id, answers.c.body).where(answers.c.id > last).order_by(answers.c.id)
        rows = list(connection.execute(query.limit(_AT_ONCE)).all())
        if not rows:
            return
        yield rows
        last = rows[-1].id


def downgrade() -> None:
    op.drop_index("ix_answers_created_at", table_name="answers")
    op.drop_index("ix_answer_citations_document_id", table_name="answer_citations")
    op.drop_table("answer_citations")
    for name in reversed(_TEXTS):
        op.drop_column("answers", name)
    signals = sa.table("account_signals", sa.column("id"))
    shared = sa.select(signals.c.id).group_by(signals.c.id).having(sa.func.count() > 1).limit(1)
    if op.get_bind().execute(shared).first() is not None:
        raise RuntimeError(
            "Two accounts have a signal of the same id, which the step before cannot keep. Restore a backup."
        )
    _rekey_signals("id")


def _rekey_signals(*keys: str) -> None:
    """Change the primary key; SQLite has no way to but to write the table anew."""
    naming: dict[str, str] = {
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    }
    with op.batch_alter_table("account_signals", naming_convention=naming) as batch:
        batch.drop_constraint("pk_account_signals", type_="primary")
        batch.create_primary_key("pk_account_signals", list(keys))
