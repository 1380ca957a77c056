"""What people say of answers, what is missing and how often, and what became of drafts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015_gaps"
down_revision = "0014_answer_facts"

_FEEDBACK: dict[str, sa.types.TypeEngine[Any]] = {
    "reason": sa.String(length=16),
    "comment": sa.Text(),
    "edited_text": sa.Text(),
    "copied_at": sa.DateTime(timezone=True),
    "shared_at": sa.DateTime(timezone=True),
}
_AT_ONCE = 200
#: Characters of a text; what lies behind them does not change a share by much, and there may be many drafts.
_COMPARED = 8_000


def upgrade() -> None:
    with op.batch_alter_table("answer_feedback") as batch:
        batch.alter_column("helpful", existing_type=sa.Boolean(), nullable=True)
        for name, kind in _FEEDBACK.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
    op.create_index("ix_answers_reason_created_at", "answers", ["reason", "created_at"], unique=False)
    _create_gaps()
    _create_outcomes()
    _fill_queue()
    _fill_outcomes()


def _create_gaps() -> None:
    op.create_table(
        "gap_queue",
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_gap_queue_answer_id_answers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_gap_queue")),
    )
    op.create_index(op.f("ix_gap_queue_at"), "gap_queue", ["at"], unique=False)
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("observations", sa.Integer(), nullable=False),
        sa.Column("askers", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("former_owner", sa.Text(), nullable=True),
        sa.Column("document_id", sa.String(length=16), nullable=True),
        sa.Column("draft_id", sa.String(length=36), nullable=True),
        sa.Column("published_id", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index(op.f("ix_gaps_owner"), "gaps", ["owner"], unique=False)
    op.create_index(op.f("ix_gaps_draft_id"), "gaps", ["draft_id"], unique=False)
    op.create_index("ix_gaps_status_askers", "gaps", ["status", "askers", "observations", "last_at"], unique=False)
    op.create_index("ix_gaps_askers", "gaps", ["askers", "observations", "last_at"], unique=False)
    op.create_table(
        "gap_observations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("gap_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("answer_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("document_id", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_gap_observations_gap_id_gaps")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_observations")),
    )
    op.create_index(op.f("ix_gap_observations_person"), "gap_observations", ["person"], unique=False)
    op.create_index("ix_gap_observations_gap_id_at", "gap_observations", ["gap_id", "at"], unique=False)
    op.create_index("ix_gap_observations_gap_id_person", "gap_observations", ["gap_id", "person"], unique=False)
    op.create_index(
        "ix_gap_observations_conversation_id_key", "gap_observations", ["conversation_id", "key"], unique=False
    )
    op.create_table(
        "gap_wordings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("gap_id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_gap_wordings_gap_id_gaps")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_gap_wordings")),
    )
    op.create_index(op.f("ix_gap_wordings_number"), "gap_wordings", ["number"], unique=True)
    op.create_index(op.f("ix_gap_wordings_model"), "gap_wordings", ["model"], unique=False)


def _create_outcomes() -> None:
    op.create_table(
        "draft_outcomes",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("edit_share", sa.Float(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_outcomes_draft_id_drafts")),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_draft_outcomes")),
    )
    op.create_index("ix_draft_outcomes_kind_at", "draft_outcomes", ["kind", "at"], unique=False)
    op.create_table(
        "draft_outcome_documents",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_outcome_documents_draft_id_drafts")),
        sa.PrimaryKeyConstraint("draft_id", "document_id", name=op.f("pk_draft_outcome_documents")),
    )
    op.create_index(
        op.f("ix_draft_outcome_documents_document_id"), "draft_outcome_documents", ["document_id"], unique=False
    )


def _fill_queue() -> None:
    """Let the misses and down-votes there are be looked at too."""
    op.execute(
        sa.text(
            "INSERT INTO gap_queue(answer_id, at) SELECT id, created_at FROM answers "
            "WHERE status = 'partial' OR (status = 'abstained' AND reason = 'not_in_knowledge') "
            "OR id IN (SELECT answer_id FROM answer_feedback WHERE helpful IS NOT NULL AND NOT helpful)"
        )
    )


def _fill_outcomes() -> None:
    """Tell of past decisions what became of each revision: its last decision, compared with what was composed."""
    connection = op.get_bind()
    decisions = sa.table("decisions", *map(sa.column, ("id", "draft_id", "revision", "verdict", "person", "at")))
    drafts = sa.table("drafts", *map(sa.column, ("id", "kind", "account_id", "revision", "status")))
    for rows in _pages(connection, decisions, drafts):
        last = {(row.draft_id, row.revision): row for row in rows}
        for (draft, number), row in last.items():
            open_still = row.status == "open" and number == row.latest
            if row.verdict == "reject" or not open_still:
                _tell(connection, row, draft, number)


def _pages(connection: sa.Connection, decisions: sa.TableClause, drafts: sa.TableClause) -> Iterator[list[sa.Row[Any]]]:
    """Return the decisions on some drafts at a time, each draft's in order."""
    last = ""
    while True:
        some = sa.select(drafts.c.id).where(drafts.c.id > last).order_by(drafts.c.id).limit(_AT_ONCE)
        ids = list(connection.execute(some).scalars())
        if not ids:
            return
        query = (
            sa.select(decisions, drafts.c.kind, drafts.c.account_id, drafts.c.status, drafts.c.revision.label("latest"))
            .join(drafts, drafts.c.id == decisions.c.draft_id)
            .where(decisions.c.draft_id.in_(ids))
            .order_by(decisions.c.draft_id, decisions.c.at, decisions.c.id)
        )
        yield list(connection.execute(query).all())
        last = ids[-1]


def _tell(connection: sa.Connection, row: sa.Row[Any], draft: str, number: int) -> None:
    revisions = sa.table("draft_revisions", *map(sa.column, ("draft_id", "number", "content", "based_on", "quotes")))
    query = sa.select(revisions).where(revisions.c.draft_id == draft, revisions.c.number <= number)
    kept = list(connection.execute(query.order_by(revisions.c.number)).all())
    if not kept or kept[-1].number != number:
        return
    decided, approved = kept[-1], row.verdict == "approve"
    composed = next((one for one in reversed(kept) if one.based_on is None), kept[0])
    outcomes = sa.table(
        "draft_outcomes",
        *map(sa.column, ("draft_id", "revision", "kind", "account_id", "person", "verdict", "edit_share", "at")),
    )
    connection.execute(
        outcomes.insert().values(
            draft_id=draft,
            revision=number,
            kind=row.kind,
            account_id=row.account_id,
            person=row.person,
            verdict="approved" if approved else "rejected",
            edit_share=_share(composed.content, decided.content) if approved else None,
            at=row.at,
        )
    )
    cited: dict[str, int] = {}
    for one in (decided, composed):
        quotes = json.loads(one.quotes) if isinstance(one.quotes, str) else one.quotes
        for quote in quotes:
            cited.setdefault(quote["document_id"], quote["version"])
    documents = sa.table("draft_outcome_documents", *map(sa.column, ("draft_id", "document_id", "version")))
    connection.execute(documents.delete().where(documents.c.draft_id == draft))  # of an earlier revision
    if cited:
        named = [{"draft_id": draft, "document_id": id, "version": version} for id, version in cited.items()]
        connection.execute(documents.insert(), named)


def _share(before: str, after: str) -> float:
    """Return removed and added characters over the sum of both lengths, of the beginnings of both texts."""
    before, after = before.strip()[:_COMPARED], after.strip()[:_COMPARED]
    places: dict[str, int] = {}
    for index, character in enumerate(before):
        places[character] = places.get(character, 0) | 1 << index
    every = row = (1 << len(before)) - 1
    for character in after:
        here = row & places.get(character, 0)
        row = ((row + here) | (row - here)) & every
    common = len(before) - row.bit_count()
    whole = len(before) + len(after)
    return (whole - 2 * common) / whole if whole else 0.0


def downgrade() -> None:
    for name in ("draft_outcome_documents", "draft_outcomes", "gap_wordings", "gap_observations", "gaps", "gap_queue"):
        op.drop_table(name)
    op.drop_index("ix_answers_reason_created_at", table_name="answers")
    # What only copied, shared or edited says nothing that the step before can keep.
    op.execute(sa.text("DELETE FROM answer_feedback WHERE helpful IS NULL"))
    with op.batch_alter_table("answer_feedback") as batch:
        for name in reversed(_FEEDBACK):
            batch.drop_column(name)
        batch.alter_column("helpful", existing_type=sa.Boolean(), nullable=False)
