"""What PostgreSQL needs: an engine, errors that people can act on, and text that may hold any character."""

from __future__ import annotations

import re
import threading
from math import ceil
from typing import Any

import psycopg
from psycopg.types.string import StrDumperUnknown, TextLoader
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from copilot.adapters.sql.waiting import bounds
from knowledge.errors import DatabaseBusy, DatabaseUnavailable, IndexUnavailable, NotEnoughSpace

#: Every moment is stored and returned in UTC. A statement that hangs, or a transaction that a stopped process left
#: open, must not hold up everybody else; migrations lift the first limit.
_SESSION = "-c timezone=UTC -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
#: A server that vanished without a word (a cable, a firewall) is noticed: what was sent is not acknowledged for so
#: long, or a connection that waits gets no sign of life (https://www.postgresql.org/docs/current/libpq-connect.html).
_SIGNS_OF_LIFE = {"tcp_user_timeout": 20_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}

_GIVEN_UP = (psycopg.errors.QueryCanceled, psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable)

_NUL, _ESCAPE, _ESCAPED_NUL, _ESCAPED_ESCAPE = "\0", "\U0010fffd", "\U0010fffd0", "\U0010fffd1"
_ESCAPES = re.compile(f"{_ESCAPE}([01])")
_ESCAPE_BYTES = _ESCAPE.encode()


def postgres_engine(url: URL, wait_s: float) -> Engine:
    """Return an engine whose failures are `DatabaseBusy`, `DatabaseUnavailable` and `NotEnoughSpace`.

    Connects to nothing yet. What the address says wins over what we would choose.
    """
    patience = f"-c lock_timeout={max(1, round(wait_s * 1000))}"
    options = " ".join(filter(None, [_SESSION, patience, _single(url, "options")]))
    signs = {name: _single(url, name) or value for name, value in _SIGNS_OF_LIFE.items()}
    arguments: dict[str, Any] = {
        "application_name": _single(url, "application_name") or "frontline-copilot",
        "connect_timeout": _single(url, "connect_timeout") or max(2, ceil(wait_s)),
        "client_encoding": "utf8",
        "options": options,
        **signs,
    }
    # A connection that the server or a firewall has closed is replaced before it is used, not found out by a question.
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=True, **bounds(wait_s))
    event.listen(engine, "connect", _accept_any_text)
    event.listen(engine, "handle_error", _report)
    _close_latecomers(engine)
    return engine


def _close_latecomers(engine: Engine) -> None:
    """Close a connection that a thread gives back after the engine was disposed of; its pool no longer does."""
    disposed = threading.Event()

    def dispose(_engine: Engine) -> None:
        disposed.set()

    def check_in(_connection: object, record: Any) -> None:
        if disposed.is_set():
            record.invalidate()

    event.listen(engine, "engine_disposed", dispose)
    event.listen(engine, "checkin", check_in)


def require_utf8(connection: Any) -> None:
    """Refuse a database that cannot hold Chinese.

    Raises:
        IndexUnavailable: its encoding is not UTF-8.
    """
    encoding = str(connection.exec_driver_sql("SHOW server_encoding").scalar_one())
    if encoding != "UTF8":
        raise IndexUnavailable(
            f"The database is encoded in {encoding!r}, which cannot hold every character. Create it with "
            "ENCODING 'UTF8' TEMPLATE template0."
        )


class _AnyText(StrDumperUnknown):
    """Text of documents and questions may hold NUL, which PostgreSQL refuses: it is written as two other characters.

    The first is the last private-use character of Unicode; where the text has it already, it is doubled likewise, so
    every text comes back as it was and equal texts stay equal.
    """

    def dump(self, obj: str) -> Any:
        if _NUL in obj or _ESCAPE in obj:
            obj = obj.replace(_ESCAPE, _ESCAPED_ESCAPE).replace(_NUL, _ESCAPED_NUL)
        return super().dump(obj)


class _AnyTextBack(TextLoader):
    def load(self, data: Any) -> Any:
        text = super().load(data)
        if isinstance(text, str) and _ESCAPE in text:
            return _ESCAPES.sub(lambda found: _NUL if found[1] == "0" else _ESCAPE, text)
        return text


def _accept_any_text(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.adapters.register_dumper(str, _AnyText)
    for kind in ("text", "varchar"):
        connection.adapters.register_loader(kind, _AnyTextBack)


def _report(context: ExceptionContext) -> None:
    """Translate what has to do with the server and not with the statement; called by SQLAlchemy for every error."""
    error = context.original_exception
    if context.is_pre_ping:
        return  # the pool makes a new connection
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        raise IndexUnavailable(
            f"The role in COPILOT_DATABASE_URL lacks a right: {_first_line(error)}. It has to own the database, or to "
            "be granted ALL on its schema public and on what is in it."
        ) from error
    if isinstance(error, _GIVEN_UP):
        raise DatabaseBusy(
            f"PostgreSQL gave up a statement ({_first_line(error)}). Nothing was changed. Try again."
        ) from error
    if isinstance(error, psycopg.errors.TooManyConnections):
        raise DatabaseBusy(
            f"PostgreSQL takes no more connections ({_first_line(error)}). Nothing was changed. Try again; "
            "its max_connections has to be enough for every process."
        ) from error
    if isinstance(error, psycopg.errors.DiskFull):
        raise NotEnoughSpace(
            f"The disk of PostgreSQL is full ({_first_line(error)}). Nothing was changed. Make room, then try again."
        ) from error
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return
    if isinstance(error, psycopg.InterfaceError) and not context.is_disconnect:
        return
    if context.connection is not None and context.statement is None:
        raise DatabaseUnavailable(
            f"The connection to PostgreSQL was lost at the end of a transaction ({_first_line(error)}). Look whether "
            "it was done before you try again; the same Idempotency-Key does nothing twice."
        ) from error
    raise DatabaseUnavailable(
        f"PostgreSQL cannot be used: {_first_line(error)}. Is it running, and are host, database, user and "
        "password of COPILOT_DATABASE_URL right?"
    ) from error


def _first_line(error: psycopg.Error) -> str:
    """The server's words in brief; no message of libpq repeats a password."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _single(url: URL, name: str) -> str | None:
    value = url.query.get(name)
    return value if isinstance(value, str) or value is None else value[-1]
