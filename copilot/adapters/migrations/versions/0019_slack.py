"""What Slack asked of us and what became of it, and what the buttons of our messages are about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_slack"
down_revision = "0018_schedules"


def upgrade() -> None:
    op.create_table(
        "slack_events",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("work", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answer_ts", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_slack_events_event_id")),
    )
    op.create_index("ix_slack_events_channel_thread", "slack_events", ["channel", "thread"], unique=False)
    op.create_index("ix_slack_events_status_lease", "slack_events", ["status", "lease"], unique=False)
    op.create_table(
        "slack_messages",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=False),
        sa.Column("ts", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_messages")),
    )
    op.create_index("ix_slack_messages_kind_subject", "slack_messages", ["kind", "subject"], unique=False)
    op.create_index("ix_slack_messages_channel_thread", "slack_messages", ["channel", "thread"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_slack_messages_channel_thread", table_name="slack_messages")
    op.drop_index("ix_slack_messages_kind_subject", table_name="slack_messages")
    op.drop_table("slack_messages")
    op.drop_index("ix_slack_events_status_lease", table_name="slack_events")
    op.drop_index("ix_slack_events_channel_thread", table_name="slack_events")
    op.drop_table("slack_events")
