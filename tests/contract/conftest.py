"""Fixtures that start what several contracts run against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.adapters.chroma_index import ChromaIndex, embedded_client, server_client
from knowledge.index import ReplaceableIndex
from knowledge.store import KnowledgeStore
from tests.contract.chroma_server import ChromaServer, chroma_server, close_client
from tests.contract.material import Knowledge, sql_knowledge
from tests.contract.records import Records, in_memory, on_sql
from tests.databases import KINDS, STORES, fresh_engine
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryLexicalIndex, InMemoryQuestionStore
from tests.doubles.vector_index import InMemoryVectorIndex
from tests.doubles.vector_sets import InMemoryVectorSets


@pytest.fixture(scope="session")
def running_chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """One Chroma server for the whole run; each test empties it first."""
    with chroma_server(tmp_path_factory.mktemp("chroma-server")) as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for an engine runs on every kind of database."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", KINDS, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A fresh database with all tables: of the kind among the test's parameters, else SQLite."""
    asked = request.node.callspec.params.values() if hasattr(request.node, "callspec") else ()
    kind = next((kind for kind in KINDS if kind in asked), "sqlite")
    with fresh_engine(kind, request, tmp_path) as opened:
        yield opened


@pytest.fixture(params=STORES)
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
    return sql_knowledge(request.getfixturevalue("engine"), tmp_path)


@pytest.fixture(params=STORES)
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
