"""A home from before gaps: its misses are looked at, its decisions counted, and the way back is open."""

from __future__ import annotations

import json

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, select, text

from copilot.adapters.sql import database
from copilot.adapters.sql.reply_queue import SqlReplyQueue
from copilot.adapters.sql.tables import draft_outcome_documents, draft_outcomes

_ANSWER = text(
    "INSERT INTO answers(id, conversation_id, question, status, reason, body, created_at) "
    "VALUES (:id, 'c', '退款找谁', :status, :reason, '{}', '2026-01-02 00:00:00')"
)
_REVISION = text(
    "INSERT INTO draft_revisions(draft_id, number, content, quotes, findings, author, surface, at, based_on) "
    "VALUES (:draft, :number, :content, :quotes, '[]', 'li', 'cli', '2026-01-01 00:00:00', :based_on)"
)
_DECISION = text(
    "INSERT INTO decisions(id, draft_id, revision, verdict, person, surface, at, key, findings) "
    "VALUES (:id, :draft, :revision, :verdict, 'li', 'cli', '2026-01-02 00:00:00', :key, '[]')"
)


def test_misses_and_decisions_before_it_are_kept(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    answers = {
        "gap": ("abstained", "not_in_knowledge"),
        "outage": ("abstained", "retrieval_failed"),
        "part": ("partial", None),
        "good": ("answered", None),
        "bad": ("answered", None),
    }
    quotes = json.dumps([{"document_id": "d1", "version": 3}])
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = []
        command.downgrade(config, "0014_answer_facts")
        connection.execute(
            text("INSERT INTO conversations(id, person, created_at) VALUES ('c', 'li', '2026-01-01 00:00:00')")
        )
        for id, (status, reason) in answers.items():
            connection.execute(_ANSWER, {"id": id, "status": status, "reason": reason})
        for id, helpful in (("good", True), ("bad", False)):
            connection.execute(
                text("INSERT INTO answer_feedback VALUES (:id, 'li', :helpful, '2026-01-02 00:00:00')"),
                {"id": id, "helpful": helpful},
            )
        for id, status in (("x", "approved"), ("y", "rejected"), ("z", "open")):
            connection.execute(
                text(
                    "INSERT INTO drafts(id, kind, language, created_by, created_at, revision, status, updated_at) "
                    "VALUES (:id, 'qbr', 'zh', 'li', '2026-01-01 00:00:00', 2, :status, '2026-01-01 00:00:00')"
                ),
                {"id": id, "status": status},
            )
            for number, content in ((1, "abcd"), (2, "abed")):
                values = {"draft": id, "number": number, "content": content, "quotes": quotes}
                connection.execute(_REVISION, values | {"based_on": number - 1 or None})
        connection.execute(_DECISION, {"id": "1", "key": "k1", "draft": "x", "revision": 2, "verdict": "approve"})
        connection.execute(_DECISION, {"id": "2", "key": "k2", "draft": "y", "revision": 2, "verdict": "reject"})
        command.upgrade(config, "head")
        rows = connection.execute(select(draft_outcomes).order_by(draft_outcomes.c.draft_id)).all()
        cited = connection.execute(select(draft_outcome_documents).order_by(draft_outcome_documents.c.draft_id)).all()
    assert [(row.draft_id, row.revision, row.verdict, row.edit_share) for row in rows] == [
        ("x", 2, "approved", 0.25),
        ("y", 2, "rejected", None),
    ]
    assert [tuple(row) for row in cited] == [("x", "d1", 3), ("y", "d1", 3)]
    waiting = SqlReplyQueue(engine).waiting(9)
    assert {reply.answer_id for reply in waiting} == {"gap", "part", "bad"}
    assert [reply.opinion.helpful for reply in waiting if reply.answer_id == "bad"] == [False]
