"""Tables of the copilot's own stages; those of the knowledge stand in knowledge/adapters/sql/tables.py."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, ForeignKey, Integer, MetaData, String, Table, Text

#: The same names as in the knowledge's tables, so that one migration chain reads alike.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

#: `body` is the whole answer as it was shown; the passages beside it are what it was made from.
answers = Table(
    "answers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", String(36), ForeignKey("conversations.id"), nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

answer_passages = Table(
    "answer_passages",
    metadata,
    Column("answer_id", String(36), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("document_id", String(16), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("score", Float, nullable=False),
)

#: Only hashes: a stolen database opens nothing.
api_keys = Table(
    "api_keys",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

#: What a chat model wrote for a passage, paid for once; `checked_chunk` is the chunk they were last checked for.
question_outcomes = Table(
    "question_outcomes",
    metadata,
    Column("passage", String(64), primary_key=True),
    Column("model", Text, primary_key=True),
    Column("prompt", String(64), primary_key=True),
    Column("candidates", JSON, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("checked_chunk", String(48)),
    Column("created_at", DateTime(timezone=True), nullable=False),
)

answer_feedback = Table(
    "answer_feedback",
    metadata,
    Column("answer_id", String(36), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)

#: Questions that helped, waiting for the owner's word; `audience` is who may meet them at most.
proposed_questions = Table(
    "proposed_questions",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("text", Text, nullable=False),
    Column("document_id", String(16), nullable=False),
    Column("passage", String(64), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("answer_id", String(36), nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("decided_by", Text),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
)
