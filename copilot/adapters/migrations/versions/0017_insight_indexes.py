"""What insight counts is found without reading a body of an answer."""

from __future__ import annotations

from alembic import op

revision = "0017_insight_indexes"
down_revision = "0016_publications"

_INDEXES = {
    "ix_answers_counted": (
        "answers",
        ["created_at", "status", "reason", "surface", "intent", "conversation_id", "id"],
    ),
    "ix_answer_feedback_at": ("answer_feedback", ["at"]),
    "ix_decisions_at": ("decisions", ["at"]),
    "ix_suggestion_reactions_at": ("suggestion_reactions", ["at"]),
    "ix_deliveries_created_at": ("deliveries", ["created_at"]),
    "ix_account_transitions_at": ("account_transitions", ["at"]),
}


def upgrade() -> None:
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)
    op.drop_index("ix_answers_created_at", table_name="answers")  # the first column of the new one


def downgrade() -> None:
    op.create_index("ix_answers_created_at", "answers", ["created_at"])
    for name, (table, _) in reversed(_INDEXES.items()):
        op.drop_index(name, table_name=table)
