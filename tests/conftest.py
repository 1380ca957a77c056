"""Fixtures that several kinds of test share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from copilot.bootstrap import Application, open_application
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.packaged_model import unpacked_model
from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder
from tests.databases import AddressOf, kind_of_run, migrated_once
from tests.forked_commands import ForkedCommands
from tests.postgres_server import PostgresServer, postgres_server

SHARED = Path(__file__).parent.parent.parent / "shared"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own COPILOT_* variables must not decide a test."""
    for name in [name for name in os.environ if name.startswith("COPILOT_") and not name.startswith("COPILOT_TEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test material beside the repository; it is not part of it, so its absence only skips."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: this test reads third-party material that is not committed")
    return SHARED


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model, unpacked once for the whole run, also when several processes share it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tmp_path_factory.mktemp("models")
        unpacked_model(folder)
        return folder
    folder = tmp_path_factory.getbasetemp().parent / "models"  # of the run; what is below is one process's
    with FileLock(f"{folder}.lock"):
        unpacked_model(folder)
    return folder


@pytest.fixture(scope="session")
def real_embedder(model_folder: Path) -> SentenceTransformerEmbedder:
    """The packaged model on its default engine, loaded once for the whole run."""
    return SentenceTransformerEmbedder(folder=model_folder)


@pytest.fixture(scope="session")
def exact_embedder(model_folder: Path) -> SentenceTransformerEmbedder:
    """The packaged model in full precision, loaded once for the whole run."""
    return SentenceTransformerEmbedder(folder=model_folder, engine="fp32")


@pytest.fixture(scope="session")
def corpus_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the shipped corpus is indexed; made once for the whole run, never opened again, only copied."""
    shared = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if shared else base) / "corpus-home"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = folder.with_name("corpus-home-making")
            with open_application(Settings(home=making), embedder=HashingEmbedder()) as application:
                application.indexing.ingest([], corpus=True)
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def commands() -> Iterator[ForkedCommands]:
    """Runs commands without importing everything for each of them."""
    waiting = ForkedCommands()
    yield waiting
    waiting.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run; each test makes a database of its own."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def address_of(request: pytest.FixtureRequest) -> AddressOf:
    """The database of a home, where the whole run is for PostgreSQL; for what lives longer than one test."""
    if kind_of_run() != "postgres":
        return lambda home: None
    server: PostgresServer = request.getfixturevalue("postgres")
    known: dict[Path, str] = {}
    return lambda home: known.get(home) or known.setdefault(home, server.lend())


@pytest.fixture
def database(
    request: pytest.FixtureRequest, home: Path, _no_settings_from_outside: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AddressOf]:
    """Where the application of this test keeps its rows: in the home, or in a PostgreSQL database of its own."""
    if getattr(request, "param", kind_of_run()) != "postgres":
        yield lambda home: None
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    known = {home: server.lend()}
    monkeypatch.setenv("COPILOT_DATABASE_URL", known[home])
    yield lambda asked: known.get(asked) or known.setdefault(asked, server.lend())
    for address in known.values():
        server.take_back(address)


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with migrated_once(tmp_path_factory.mktemp("migrated")):
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh COPILOT_HOME."""
    return tmp_path / "home"


@pytest.fixture
def application(home: Path, database: AddressOf) -> Iterator[Application]:
    """The whole application on real stores, with an embedder that needs no model."""
    with open_application(Settings(home=home), embedder=HashingEmbedder()) as opened:
        yield opened
