"""Fixtures that start what several contracts run against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.tables import metadata as copilot_metadata
from knowledge.adapters.chroma_index import ChromaIndex, embedded_client, server_client
from knowledge.adapters.sql.full_text import FullText
from knowledge.adapters.sql.knowledge_store import SqlKnowledgeStore
from knowledge.adapters.sql.question_store import SqlQuestionStore
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.adapters.sql.vector_sets import SqlVectorSets
from knowledge.index import ReplaceableIndex
from knowledge.store import KnowledgeStore
from tests.contract.chroma_server import ChromaServer, chroma_server, close_client
from tests.contract.material import Knowledge
from tests.contract.records import Records, in_memory, on_sql
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryLexicalIndex, InMemoryQuestionStore
from tests.doubles.vector_index import InMemoryVectorIndex
from tests.doubles.vector_sets import InMemoryVectorSets


@pytest.fixture(scope="session")
def running_chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """One Chroma server for the whole run; each test empties it first."""
    with chroma_server(tmp_path_factory.mktemp("chroma-server")) as server:
        yield server


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite database with all tables."""
    opened = open_database(f"sqlite:///{tmp_path / 'copilot.db'}", [knowledge_metadata, copilot_metadata])
    yield opened
    opened.dispose()


@pytest.fixture(params=["memory", "sqlite"])
def knowledge(request: pytest.FixtureRequest, tmp_path: Path) -> Knowledge:
    """Every store of documents there is, with its lexical index."""
    if request.param == "memory":
        memory = InMemoryKnowledgeStore()
        return Knowledge(
            store=memory,
            lexical=InMemoryLexicalIndex(memory),
            questions=InMemoryQuestionStore(memory),
            sets=InMemoryVectorSets(memory),
        )
    engine: Engine = request.getfixturevalue("engine")
    full_text = FullText(engine, tmp_path / "cache")
    return Knowledge(
        store=SqlKnowledgeStore(engine, full_text),
        lexical=full_text,
        questions=SqlQuestionStore(engine, full_text),
        sets=SqlVectorSets(engine),
    )


@pytest.fixture(params=["memory", "sqlite"])
def records(request: pytest.FixtureRequest) -> Records:
    """Every set of stores of accounts, drafts, decisions and audit entries there is."""
    return in_memory() if request.param == "memory" else on_sql(request.getfixturevalue("engine"))


@pytest.fixture
def store(knowledge: Knowledge) -> KnowledgeStore:
    """The knowledge store alone."""
    return knowledge.store


@pytest.fixture(params=["memory", "chroma-embedded", "chroma-server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReplaceableIndex]:
    """Every vector index there is, empty."""
    if request.param == "memory":
        yield InMemoryVectorIndex()
        return
    if request.param == "chroma-embedded":
        client = embedded_client(tmp_path / "chroma")
    else:
        server: ChromaServer = request.getfixturevalue("running_chroma")
        client = server_client(server.url)
        for collection in client.list_collections():
            client.delete_collection(collection.name)
    yield ChromaIndex(client, InMemoryVectorSets())
    close_client(client)
