"""The database of a home, who owns it, and the process that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Engine

from copilot.adapters.home_lock import HomeLock, serving_owner
from copilot.adapters.sql.database import open_database
from copilot.adapters.sql.tables import metadata as copilot_metadata
from copilot.audit.surface import Surface
from copilot.interfaces.remote import RemoteCopilot
from copilot.settings import Settings
from knowledge.adapters.sql.tables import metadata as knowledge_metadata


def database(settings: Settings) -> Engine:
    """Open the database of the settings, with its tables brought up to date."""
    return open_database(database_address(settings), [knowledge_metadata, copilot_metadata])


def database_address(settings: Settings) -> str | URL:
    """Return where the rows are kept."""
    given = settings.database_url
    if given is not None:
        return given.get_secret_value()
    return URL.create("sqlite", database=str((settings.home / "copilot.db").resolve()))


@contextmanager
def home_taken(settings: Settings) -> Iterator[None]:
    """Own the home without opening anything in it.

    Raises:
        IndexLocked: another process owns the home.
    """
    lock = HomeLock(settings.home)
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
