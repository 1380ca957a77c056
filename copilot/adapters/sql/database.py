"""Open the database and bring its tables up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import URL, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError

from knowledge.errors import IndexUnavailable

_MIGRATIONS = Path(__file__).parent.parent / "migrations"


def open_database(url: str | URL, metadata: Sequence[MetaData]) -> Engine:
    """Connect and migrate.

    Raises:
        IndexUnavailable: it cannot be opened, or a newer release has changed it.
    """
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    try:
        _migrate(engine, metadata)
    except DBAPIError as error:
        raise IndexUnavailable(f"The database cannot be opened: {error.orig}. Check COPILOT_HOME.") from error
    except CommandError as error:
        raise IndexUnavailable(
            f"The database was written by a newer release ({error}). Upgrade, or use another COPILOT_HOME."
        ) from error
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Readers never wait for the writer; a second writer waits instead of failing at once.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine, metadata: Sequence[MetaData]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = list(metadata)
        command.upgrade(config, "head")
