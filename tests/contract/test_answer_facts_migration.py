"""A home from before answers were counted: what their bodies tell is counted without asking anything again."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from copilot.adapters.sql import database
from copilot.adapters.sql.answer_store import SqlAnswerStore

_ANSWER = text(
    "INSERT INTO answers(id, conversation_id, question, status, body, created_at) "
    "VALUES (:id, 'c', '?', :status, :body, '2026-01-02 00:00:00')"
)
_SIGNAL = text(
    "INSERT INTO account_signals(id, account_id, name, source, at, recorded_at) "
    "VALUES ('s', :account, 'seats', 'crm', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
)
_ACCOUNT = text(
    "INSERT INTO accounts(id, type, facts, updated_at) VALUES (:id, 'account', '{}', '2026-01-01 00:00:00')"
)


def test_answers_and_signals_before_it_are_kept(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    quoted = [
        {"document_id": "d1", "version": 2},
        {"document_id": "d1", "version": 2},
        {"document_id": "d2", "version": 1},
    ]
    bodies = {
        "a1": ("answered", {"intent": "question", "composer": "extractive", "citations": quoted}),
        "a2": ("abstained", {"intent": "smalltalk", "reason": "out_of_scope"}),
    }
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = []
        command.downgrade(config, "0013_draft_inputs")
        connection.execute(
            text("INSERT INTO conversations(id, person, created_at) VALUES ('c', 'li', '2026-01-01 00:00:00')")
        )
        for id, (status, body) in bodies.items():
            connection.execute(_ANSWER, {"id": id, "status": status, "body": json.dumps(body)})
        for account in ("x", "y"):
            connection.execute(_ACCOUNT, {"id": account})
        connection.execute(_SIGNAL, {"account": "x"})
        command.upgrade(config, "head")
        connection.execute(_SIGNAL, {"account": "y"})  # its own, under the same id
        rows = connection.execute(text("SELECT id, reason, intent, composer FROM answers ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("a1", None, "question", "extractive"),
        ("a2", "out_of_scope", "smalltalk", None),
    ]
    assert SqlAnswerStore(engine).cited(datetime(2026, 1, 1, tzinfo=UTC)) == {"d1": 1, "d2": 1}
    assert SqlAnswerStore(engine).cited(datetime(2026, 1, 3, tzinfo=UTC)) == {}
