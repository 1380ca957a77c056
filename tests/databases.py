"""Every kind of database that the stores run on, fresh for a test."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from copilot.adapters.sql import database
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.tables import metadata as copilot_metadata
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from tests.postgres_server import PostgresServer

TABLES = (knowledge_metadata, copilot_metadata)
KINDS = ("sqlite", "postgres")
#: What the contract of a store runs on.
STORES = ("memory", *KINDS)


def open_tables(url: str) -> Engine:
    """Open a database as the application does."""
    return open_database(url, TABLES)


@contextmanager
def migrated_once(folder: Path) -> Iterator[None]:
    """Let new SQLite files begin as copies of one that was migrated: the steps are tested where they are the subject.

    On PostgreSQL `PostgresServer.lend` does the same. Databases that exist, or were opened by other
    means, are migrated as ever.
    """
    template, opened = folder / "migrated.db", database._sqlite

    def from_template(url: URL, wait_s: float) -> Engine:
        path = Path(url.database or "")
        if not template.exists():
            made = opened(url.set(database=str(template)), wait_s)
            database._migrate(made, TABLES)
            made.dispose()
        if url.database and url.database != ":memory:" and not path.exists() and path.parent.is_dir():
            _begin_with(template, path)
        return opened(url, wait_s)

    database._sqlite = from_template
    yield
    database._sqlite = opened


def _begin_with(template: Path, path: Path) -> None:
    """Copy a file whole or not at all; of several who start together one is first."""
    copy = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    shutil.copy(template, copy)
    with suppress(FileExistsError):
        os.link(copy, path)
    copy.unlink()


@contextmanager
def fresh_engine(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """A database with all tables that nobody else uses."""
    if kind == "sqlite":
        engine = open_tables(f"sqlite:///{folder / 'copilot.db'}")
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.lend()
    engine = open_tables(url)
    yield engine
    engine.dispose()
    server.take_back(url)


#: Gives each home a database of its own where a test runs on PostgreSQL; None means SQLite in the home.
AddressOf = Callable[[Path], "str | None"]


def kind_of_run() -> str:
    """Return the kind of database that the whole run is for."""
    return os.environ.get("COPILOT_TEST_DATABASE") or "sqlite"


def kept_environment() -> dict[str, str]:
    """Return what a started process may inherit: nobody's settings, but the database of this test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPILOT_")}
    address = os.environ.get("COPILOT_DATABASE_URL")
    return kept | ({"COPILOT_DATABASE_URL": address} if address else {})


def on_both(metafunc: pytest.Metafunc) -> None:
    """Run tests that are marked `databases` on every kind, whatever the run is for."""
    if metafunc.definition.get_closest_marker("databases"):
        metafunc.parametrize("database", KINDS, indirect=True)
