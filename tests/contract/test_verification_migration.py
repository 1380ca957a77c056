"""A home from before verification: what its documents say of themselves is in force without reading them again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from copilot.adapters.sql import database
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.lexical import full_text_of

_DOCUMENT = text(
    "INSERT INTO documents(id, origin, source, version, title, audience, access, metadata, fingerprint, content_hash, "
    "text_hash, recipe, characters, chunk_count, warnings, created_at, updated_at) VALUES (:id, '/', :id, 1, '', "
    "'internal', 'internal', :metadata, '', '', '', '2', 1, 0, '[]', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
)


def test_documents_get_their_dates(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/copilot.db")
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    rows = {
        "plain": "{}",
        "none": '{"verified_on": null, "review_by": null}',
        "open": '{"verified_on": "2026-01-01"}',
        "dated": '{"verified_on": "2026-01-01", "review_by": "2026-02-01"}',
    }
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = []
        command.upgrade(config, "0007_access")
        for id, metadata in rows.items():
            connection.execute(_DOCUMENT, {"id": id, "metadata": metadata})
        command.upgrade(config, "head")
    store = SqlKnowledgeStore(engine, full_text_of(engine, tmp_path))
    assert store.verified(date(2026, 2, 1)) == {"open", "dated"}
    assert store.verified(date(2026, 2, 2)) == {"open"}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0007_access")
        command.upgrade(config, "head")
    engine.dispose()
