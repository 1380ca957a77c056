"""A real PostgreSQL on a free loopback port, run by a user without rights, and quick databases inside it."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_TEMPLATE = "copilot_template"
#: Nothing has to survive the tests, so nothing is forced to the disk.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "jit=off")
_LASTING = ("max_connections=200", "jit=off")
_START_S = 60.0


class PostgresServer:
    """Runs from construction to `stop`; everything it writes is below one new folder that goes with it."""

    def __init__(self, *, lasting: bool = False) -> None:
        """`lasting`: what is committed outlives a crash, as in use."""
        binaries = _binaries()
        assert binaries is not None
        self._binaries = binaries
        self._settings = _LASTING if lasting else _QUICK
        # Not below pytest's folders, which other users may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="copilot-postgres-"))
        self.port = _free_port()
        self._numbers = itertools.count()
        self._template: _Template | None = None
        self._free: list[str] = []
        self._own = self._plain("postgres")
        _hand_over(self.folder)
        # A linguistic collation, as most installations have: what must not depend on it is tested on it.
        locale = ("--locale-provider=icu", "--icu-locale=zh-Hans-CN", "--locale=C.UTF-8")
        self._run("initdb", "--auth=trust", "--username=copilot", "--encoding=UTF8", "--no-sync", *locale)
        self._output = (self.folder / "log").open("wb")
        try:
            self._process = self._started()
        except BaseException:
            self._output.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        return self._process.pid

    def _started(self) -> subprocess.Popen[bytes]:
        own = ("postgres", f"--port={self.port}", "--listen_addresses=127.0.0.1")
        settings = (f"unix_socket_directories={self.folder}", *self._settings)
        return subprocess.Popen(
            self._command(*own, *(f"--{setting}" for setting in settings)),
            env=self._environment(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )

    def crash(self) -> None:
        """End the server in the middle of everything, as a kill does; what was committed stays."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=20)

    def start_again(self) -> None:
        """Come back on the same port."""
        self._process = self._started()
        self._wait()

    def cut(self, url: str) -> int:
        """End every connection to a database, whatever it does; return how many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        with psycopg.connect(self._own, autocommit=True) as connection:
            row = connection.execute(query, (url.rsplit("/", 1)[1],)).fetchone()
        return int(row[0]) if row else 0

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://copilot:secret@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Return the address of an empty database."""
        name = f"empty_{os.getpid()}_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def new_migrated_database(self) -> str:
        """Return the address of a database that has all tables already: a copy of one that was migrated once."""
        if self._template is None:
            self._template = self._make_template()
        name = f"copy_{os.getpid()}_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}" STRATEGY FILE_COPY')
        return self.url(name)

    def lend(self) -> str:
        """Return the address of a database as a new one is; emptying one takes a tenth of making one."""
        return self._free.pop() if self._free else self.new_migrated_database()

    def take_back(self, url: str) -> None:
        """Empty a database that was lent, for the next; one whose tables are not the same any more is removed."""
        assert self._template is not None
        name = url.rsplit("/", 1)[1]
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        self.run(ended.format(name))  # what a test left behind must not write into the next one's
        if self._template.restore(self._plain(name)):
            self._free.append(url)
        else:
            self.drop(url)

    def _make_template(self) -> _Template:
        # Imported late: a test run without PostgreSQL needs none of it.
        from tests.databases import open_tables

        self.run(f'CREATE DATABASE "{_TEMPLATE}"')
        open_tables(self.url(_TEMPLATE)).dispose()
        return _Template(self._plain(_TEMPLATE))

    def _plain(self, database: str) -> str:
        return self.url(database).replace("+psycopg", "")

    def drop(self, url: str) -> None:
        """Remove a database, whoever still uses it."""
        self.run(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Execute one statement outside of any transaction."""
        with psycopg.connect(self._own, autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """End the process at once and remove its folder; stopping twice changes nothing."""
        self._process.send_signal(3)  # SIGQUIT: leave without tidying up
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        end = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self._own, connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start: {error}\n{log}") from error
            time.sleep(0.05)

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(self._command(*arguments), env=self._environment(), cwd=self.folder, capture_output=True)
        if done.returncode:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RuntimeError(f"{arguments[0]} failed: {done.stderr.decode(errors='replace')}")

    def _command(self, name: str, *arguments: str) -> list[str]:
        return [*_as_nobody(), str(self._binaries / name), "-D", str(self.folder / "data"), *arguments]

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"}


_COLUMNS = """
    SELECT string_agg(format('%s.%s:%s:%s', relname, attname, atttypid, attnotnull), ',' ORDER BY relname, attnum)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND relkind IN ('r', 'i', 'S', 'v')
"""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"


class _Template:
    """How a database looks right after its migration: its columns and indexes, and the rows that migrations put in."""

    def __init__(self, address: str) -> None:
        with psycopg.connect(address) as connection:
            self._columns = _one(connection, _COLUMNS)
            self._tables = [str(row[0]) for row in connection.execute(_TABLES)]
            self._rows = {
                table: connection.execute(f'SELECT * FROM "{table}"'.encode()).fetchall() for table in self._tables
            }

    def restore(self, address: str) -> bool:
        """Bring a database into this state; False when its tables are others by now."""
        with psycopg.connect(address) as connection:
            if _one(connection, _COLUMNS) != self._columns:
                return False
            connection.execute("SET session_replication_role = replica")  # in any order, whatever points at what
            filled = [table for table in self._tables if _one(connection, f'SELECT EXISTS (SELECT FROM "{table}")')]
            for table in filled:
                connection.execute(f'DELETE FROM "{table}"'.encode())
            for table, rows in self._rows.items():
                for row in rows:
                    places = ", ".join(["%s"] * len(row))
                    connection.execute(f'INSERT INTO "{table}" VALUES ({places})'.encode(), row)
            for sequence in self._sequences(connection):
                connection.execute(f'ALTER SEQUENCE "{sequence}" RESTART'.encode())
        return True

    def _sequences(self, connection: psycopg.Connection) -> list[str]:
        used = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        return [str(row[0]) for row in connection.execute(used)]


def _one(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


@contextmanager
def postgres_server(*, lasting: bool = False) -> Iterator[PostgresServer]:
    """Run until the end of the block; skips the test, or fails it where nothing may be skipped, without PostgreSQL."""
    if _binaries() is None:
        reason = "PostgreSQL is not installed (no initdb on PATH or below /usr/lib/postgresql)"
        if os.environ.get("COPILOT_TEST_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = PostgresServer(lasting=lasting)
    try:
        yield server
    finally:
        server.stop()


def _binaries() -> Path | None:
    """Return the folder of the newest server programs; Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def _as_nobody() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return []
    user = _user()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, _user().pw_uid, _user().pw_gid)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
