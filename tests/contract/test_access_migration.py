"""A home from before groups and scopes: its documents get labels, its keys stay the owner's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from copilot.adapters.sql import database
from copilot.adapters.sql.key_store import SqlKeyStore

_DOCUMENT = text(
    "INSERT INTO documents(id, origin, source, version, title, audience, metadata, fingerprint, content_hash, "
    "text_hash, recipe, characters, chunk_count, warnings, created_at, updated_at) VALUES (:id, '/', :id, 1, '', "
    ":audience, :metadata, '', '', '', '2', 1, 0, '[]', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
)


def test_documents_get_labels_and_keys_go_on(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/copilot.db")
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    rows = [
        ("in", "internal", "{}"),
        ("out", "customer", '{"groups": []}'),
        ("g", "customer", '{"groups": ["b", "a"]}'),
    ]
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = []
        command.upgrade(config, "0006_drafts")
        for id, audience, metadata in rows:
            connection.execute(_DOCUMENT, {"id": id, "audience": audience, "metadata": metadata})
        old = {"hash": "a" * 64, "at": "2026-01-01 00:00:00"}
        connection.execute(text("INSERT INTO api_keys(hash, person, created_at) VALUES (:hash, 'owner', :at)"), old)
        command.upgrade(config, "head")
        labels = {row.id: row.access for row in connection.execute(text("SELECT id, access FROM documents"))}
    key = SqlKeyStore(engine).find_key("a" * 64)
    engine.dispose()
    assert labels == {"in": "internal", "out": "customer", "g": "groups:a\tb"}
    assert key is not None
    assert (key.id, key.person, key.scopes, key.expires_at, key.revoked_at) == ("a" * 12, "owner", None, None, None)
