"""What SQLite needs: an engine whose waits are bounded, and errors that people can act on."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from copilot.adapters.sql.waiting import bounds, wait_of
from knowledge.errors import DatabaseBusy, DatabaseUnavailable, NotEnoughSpace

#: Primary result codes (https://sqlite.org/rescode.html); extended codes carry one of these in their lowest byte.
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_GONE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})
_PRIMARY = 0xFF
#: A full disk is `SQLITE_FULL`, except where the shared memory beside the file cannot grow: that is an I/O error.
_NO_ROOM_BYTES = 256 * 1024


def sqlite_engine(url: URL, wait_s: float) -> Engine:
    """Return an engine whose failures are `DatabaseBusy`, `DatabaseUnavailable` and `NotEnoughSpace`.

    Readers never wait for the writer; a second writer waits instead of failing at once, also to change the journal.
    """
    memory = url.database in (None, "", ":memory:")
    engine = create_engine(url, **(bounds(wait_s) if not memory else {}))

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (_busy(wait_s), "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "handle_error", _report)
    return engine


def take_turn(connection: Connection, wait_s: float) -> None:
    """Take the right to write, waiting this long for another process.

    Raises:
        DatabaseBusy: another process has been writing all the while.
    """
    connection.exec_driver_sql(f"PRAGMA {_busy(wait_s)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def be_patient(connection: Connection, wait_s: float) -> None:
    """Let the next user of this connection wait as long as ever."""
    if not connection.invalidated:
        connection.exec_driver_sql(f"PRAGMA {_busy(wait_s)}")


def see_writable(connection: Connection, wait_s: float) -> None:
    """See whether anything can be written now; changes nothing.

    Raises:
        DatabaseBusy: another process has been writing all the while.
        NotEnoughSpace: the disk is full.
    """
    try:
        take_turn(connection, wait_s)
    finally:
        connection.rollback()
        be_patient(connection, wait_of(connection.engine))
    file = connection.engine.url.database
    if file and _is_full(Path(file).parent):
        raise NotEnoughSpace(f"The disk of the database {file!r} is full. Make room, then try again.")


def _busy(wait_s: float) -> str:
    return f"busy_timeout={max(1, round(wait_s * 1000))}"


def _report(context: ExceptionContext) -> None:
    """Translate what has to do with the file and not with the statement; called by SQLAlchemy for every error."""
    error = context.original_exception
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, sqlite3.Error) or code is None:
        return
    code &= _PRIMARY
    if code in _LOCKED:
        raise DatabaseBusy(
            "Another process has been writing the database for too long. Nothing was changed. Try again; "
            "`copilot doctor` looks at it, COPILOT_DATABASE_WAIT_S is how long one waits."
        ) from error
    file = context.engine.url.database if context.engine is not None else None
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and file and _is_full(Path(file).parent)):
        raise NotEnoughSpace(
            f"The disk of the database {file!r} is full. Nothing was changed. Make room, then try again."
        ) from error
    if code == sqlite3.SQLITE_IOERR or code in _GONE:
        raise DatabaseUnavailable(
            f"The database {file!r} cannot be used now ({error}). Is its disk there, and may it be written? Try again."
        ) from error
    if code in _DAMAGED:
        raise DatabaseUnavailable(
            f"The database {file!r} is damaged ({error}). `copilot doctor` looks at it; `copilot restore` a backup."
        ) from error


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM_BYTES
    except OSError:  # the folder is gone, which is another trouble
        return False
