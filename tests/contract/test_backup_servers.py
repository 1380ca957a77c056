"""Backup and restore where everything is a server: PostgreSQL and a Chroma of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.backup.place import Place
from copilot.bootstrap import open_application, restore
from copilot.errors import HomeNotEmpty
from copilot.settings import Settings
from knowledge.adapters.chroma_index import close_client, server_client
from knowledge.adapters.chroma_set import filled_sets
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.document import Audience
from tests.contract.chroma_server import ChromaServer
from tests.postgres_server import PostgresServer

TEXT = "---\nkind: faq\ntitle: 试用多久\nquestions: [试用期多长]\n---\n## 简答\n\n试用一般给 1 周。\n"


def _found(settings: Settings) -> tuple[str, int]:
    with open_application(settings, embedder=HashingEmbedder()) as application:
        found = application.copilot.search("试用期多长", 1, Audience.INTERNAL).passages[0].source
        entries = application.vectors.named(application.indexing._renewal._sets.live()).entries("chunk")
        application.vectors.close()
        return found, len(entries)


def test_from_servers_to_servers_and_to_one_machine(
    running_chroma: ChromaServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    client = server_client(running_chroma.url)
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    source = Settings(
        home=tmp_path / "one",
        embedding_model="words",
        database_url=postgres.lend(),
        chroma_url=running_chroma.url,
    )
    (tmp_path / "trial.md").write_text(TEXT, encoding="utf-8")
    with open_application(source, embedder=HashingEmbedder()) as application:
        application.copilot.ingest([str(tmp_path / "trial.md")], corpus=False)
        made = application.copilot.backups.make(Place.of(tmp_path / "all.tar.zst", datetime.now(UTC)))
        application.vectors.close()
    archive = Path(made.path)
    assert made.database == "postgresql"

    alone = Settings(home=tmp_path / "alone", embedding_model="words")
    assert restore(alone, archive, replacing=False).vectors == 2
    assert _found(alone) == ("trial.md", 1)

    # A Chroma that others search with is not touched unless that is said, and not even then are its vectors.
    beside = source.model_copy(update={"home": tmp_path / "beside", "database_url": None})
    with pytest.raises(HomeNotEmpty, match="Chroma server"):
        restore(beside, archive, replacing=False)
    [before] = filled_sets(client)
    again = restore(source, archive, replacing=True)
    assert again.notes
    assert _found(source) == ("trial.md", 1)
    assert before in filled_sets(client)
    close_client(client)
