"""Open the database and bring its tables up to date."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from copilot.adapters.sql.sqlite import sqlite_engine
from copilot.adapters.sql.upgrade_copies import keep_copy, newest_copy
from copilot.adapters.sql.waiting import WAIT_S
from knowledge.errors import IndexUnavailable

_log = logging.getLogger(__name__)

_MIGRATIONS = Path(__file__).parent.parent / "migrations"

#: The advisory lock that processes starting together queue at; any fixed number of our own.
_MIGRATING = 0x66726F6E

#: Larger files of SQLite are not looked through for damage: that reads every page.
_LOOKED_THROUGH_BYTES = 500_000_000


@dataclass(frozen=True, kw_only=True)
class Revision:
    """The state of the tables of a database, and the one that this release works with."""

    stored: str | None  #: None: there are no tables yet
    own: str
    known: bool  #: False: a newer release has written it


def connected(url: str | URL, *, wait_s: float = WAIT_S) -> Engine:
    """Return an engine of a database as it is: nothing is made, changed or even asked yet.

    Whoever uses it waits `wait_s` for a connection, a lock or the right to write, and is then told.
    """
    address = make_url(url)
    return _postgres(address, wait_s) if address.get_backend_name() == "postgresql" else _sqlite(address, wait_s)


def open_database(
    url: str | URL, metadata: Sequence[MetaData], *, copies: Path | None = None, wait_s: float = WAIT_S
) -> Engine:
    """Connect and migrate; of several processes that start together one migrates and the others wait.

    A SQLite file of an earlier release is copied into the folder `copies` first, so that one can go back.

    Raises:
        IndexUnavailable: it cannot be opened, or a newer release has changed it.
        NotEnoughSpace: there is no room for the copy.
    """
    engine = connected(url, wait_s=wait_s)
    try:
        _migrate(engine, metadata, copies)
    except DBAPIError as error:
        engine.dispose()
        raise IndexUnavailable(f"The database cannot be opened: {error.orig}. Check COPILOT_HOME.") from error
    except CommandError as error:
        engine.dispose()
        raise IndexUnavailable(
            f"The database was written by a newer release ({error}). Upgrade, or use another COPILOT_HOME or "
            f"COPILOT_DATABASE_URL. {_way_back(copies)}"
        ) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


@dataclass(frozen=True, kw_only=True)
class DatabaseState:
    """What a database says of itself; `wanted` is the structure that this release makes."""

    kind: str
    revision: str | None
    wanted: str
    newer: bool  #: the structure is none that this release knows
    journal: str | None  #: of SQLite
    damage: str | None  #: of SQLite, in a file that is small enough to be looked through
    clock_s: float  #: how far its clock is ahead of ours

    @property
    def current(self) -> bool:
        """Whether the structure is that of this release."""
        return self.revision == self.wanted


@contextmanager
def look_into(url: str | URL) -> Iterator[tuple[Engine, DatabaseState]]:
    """Connect without changing anything.

    Raises:
        IndexUnavailable: it cannot be opened.
    """
    address = make_url(url)
    sqlite = address.get_backend_name() != "postgresql"
    engine = create_engine(address) if sqlite else _postgres(address, WAIT_S)
    try:
        with engine.connect() as connection:
            state = _state(connection, sqlite=sqlite)
        yield engine, state
    except DBAPIError as error:
        raise IndexUnavailable(f"The database cannot be opened: {error.orig}. Check COPILOT_HOME.") from error
    finally:
        engine.dispose()


def _state(connection: Connection, *, sqlite: bool) -> DatabaseState:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    asked = "SELECT CAST(strftime('%s', 'now') AS REAL)" if sqlite else "SELECT extract(epoch FROM clock_timestamp())"
    return DatabaseState(
        kind="SQLite" if sqlite else "PostgreSQL",
        revision=revision,
        wanted=scripts.get_current_head() or "",
        newer=revision is not None and revision not in known,
        journal=str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()) if sqlite else None,
        damage=_damage(connection) if sqlite else None,
        clock_s=float(connection.exec_driver_sql(asked).scalar_one()) - time.time(),
    )


def _damage(connection: Connection) -> str | None:
    pages, size = (connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size"))
    if pages * size > _LOOKED_THROUGH_BYTES:
        return None
    said = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return None if said == "ok" else said


def _postgres(url: URL, wait_s: float) -> Engine:
    # Its driver is loaded only where it is used.
    from copilot.adapters.sql.postgres import postgres_engine

    return postgres_engine(url, wait_s)


def _sqlite(url: URL, wait_s: float) -> Engine:
    return sqlite_engine(url, wait_s)


def revision(engine: Engine) -> Revision:
    """Tell which revision the tables are of; changes nothing."""
    scripts = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        stored = MigrationContext.configure(connection).get_current_revision()
    own = scripts.get_current_head() or ""
    known = stored is None or any(script.revision == stored for script in scripts.walk_revisions())
    return Revision(stored=stored, own=own, known=known)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _way_back(copies: Path | None) -> str:
    copy = None if copies is None else newest_copy(copies)
    if copy is not None:
        return f"To go back for good to what was before the upgrade: `copilot restore {str(copy)!r} --replace`."
    return "To go back for good, `copilot restore` a backup that this release made, with --replace."


def _migrate(engine: Engine, metadata: Sequence[MetaData], copies: Path | None = None) -> None:
    config = _config()
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            from copilot.adapters.sql.postgres import require_utf8

            require_utf8(connection)
        if _up_to_date(connection, config):
            return
    with engine.begin() as connection:
        _lock(connection)
        if not _up_to_date(connection, config):  # another process may have been first
            _keep_what_was(engine, connection, config, copies)
            config.attributes["connection"] = connection
            config.attributes["metadata"] = list(metadata)
            command.upgrade(config, "head")


def _keep_what_was(engine: Engine, connection: Connection, config: Config, copies: Path | None) -> None:
    """Keep a file that an upgrade changes; a PostgreSQL database is copied by whoever runs it."""
    before = MigrationContext.configure(connection).get_current_revision()
    own, name = ScriptDirectory.from_config(config).get_current_head(), engine.url.database
    if before is None or copies is None:
        return
    if engine.dialect.name != "sqlite":
        _log.warning(
            "the database is upgraded from %s to %s; only a backup that the release before has made goes back",
            before,
            own,
        )
    elif name and before in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
        copy = keep_copy(Path(name), copies, before)
        _log.warning("the database is upgraded from %s to %s; what was before is kept in %s", before, own, copy)


def _up_to_date(connection: Connection, config: Config) -> bool:
    current = MigrationContext.configure(connection).get_current_heads()
    return set(current) == set(ScriptDirectory.from_config(config).get_heads())


def _lock(connection: Connection) -> None:
    """Let nobody else migrate until the transaction ends; all steps are one transaction on both databases."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "lock_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
