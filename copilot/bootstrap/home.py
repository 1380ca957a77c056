"""The database of a home, who owns it, and the process that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import DBAPIError

from copilot.adapters.home_lock import HomeLock, serving_owner
from copilot.adapters.home_swap import finish
from copilot.adapters.sql.database import Revision, connected, open_database, revision
from copilot.adapters.sql.restored_tables import swap_tables
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.audit.surface import Surface
from copilot.interfaces.remote import RemoteCopilot
from copilot.settings import Settings
from knowledge.adapters.sql.tables import metadata as knowledge_metadata
from knowledge.errors import IndexUnavailable

#: Backups that nobody named another place for, and copies of the database from before an upgrade.
BACKUPS = "backups"


def address_of(settings: Settings) -> URL:
    """Return where the rows of a home are."""
    given = settings.database_url
    own = URL.create("sqlite", database=str((settings.home / "copilot.db").resolve()))
    return make_url(given.get_secret_value()) if given else own


def database(settings: Settings) -> Engine:
    """Open the database of the settings, with its tables brought up to date."""
    tables, copies = [knowledge_metadata, copilot_metadata], settings.home / BACKUPS
    return open_database(address_of(settings), tables, copies=copies, wait_s=settings.database_wait_s)


def database_revision(settings: Settings) -> Revision:
    """Tell which revision the tables are of, without bringing them up to date.

    Raises:
        IndexUnavailable: the database cannot be read.
    """
    engine = connected(address_of(settings))
    try:
        return revision(engine)
    except DBAPIError as error:
        raise IndexUnavailable(f"The database cannot be opened: {error.orig}. Check COPILOT_HOME.") from error
    finally:
        engine.dispose()


def migrated(settings: Settings) -> tuple[Revision, Revision]:
    """Bring the tables up to date; returns the revision before and after.

    Raises:
        IndexLocked: another process owns the home that the database is in.
        IndexUnavailable: it cannot be opened, or a newer release has changed it.
    """
    with home_taken(settings) if settings.database_url is None else nullcontext():
        before = database_revision(settings)
        database(settings).dispose()
        return before, database_revision(settings)


def take_home(settings: Settings) -> HomeLock:
    """Own a home; a restore that was killed is finished first, or undone.

    Raises:
        IndexLocked: another process owns it.
        ConfigurationError: its folder cannot be written.
    """
    lock = HomeLock(settings.home)
    try:
        finish(settings.home, lambda schema, aside: swap_in(settings, schema, aside))
    except BaseException:
        lock.release()
        raise
    return lock


def swap_in(settings: Settings, schema: str, aside: str) -> None:
    """Put restored tables in the place of those in use."""
    engine = connected(address_of(settings))
    try:
        if engine.dialect.name == "postgresql":
            swap_tables(engine, schema, aside)
    finally:
        engine.dispose()


@contextmanager
def home_taken(settings: Settings) -> Iterator[None]:
    """Own the home without opening anything in it.

    Raises:
        IndexLocked: another process owns the home.
    """
    lock = take_home(settings)
    try:
        yield
    finally:
        lock.release()


def running_copilot(settings: Settings, surface: Surface = Surface.CLI) -> RemoteCopilot | None:
    """Return the use cases of the process that already serves this home, if there is one."""
    owner = serving_owner(settings.home)
    if owner is None or owner.address is None or owner.token is None:
        return None
    return RemoteCopilot(owner.address, owner.token, surface=surface)
