"""Real faults; each is caused for the length of a block and ended with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import psycopg

from tests.contract.chroma_server import ChromaServer
from tests.doubles.openai_server import fails, hangs, says, sends
from tests.studies.faulty.scene import Scene

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
_DAY_S = 86_400
_USUAL = says("试用一般给 1 周。[1]")


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A fault, and what it needs."""

    name: str
    servers: bool  #: on PostgreSQL and a Chroma server
    block: Callable[[Scene], AbstractContextManager[None]]
    killed: bool = False  #: the copilot itself ends, so that leases are left behind
    possible: Callable[[Scene], str | None] = lambda _: None  #: why it cannot be caused here


@contextmanager
def locked(scene: Scene) -> Iterator[None]:
    """Another process holds the SQLite file (BEGIN EXCLUSIVE)."""
    file = scene.database.removeprefix("sqlite:///")
    with subprocess.Popen([sys.executable, "-c", _HOLD, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        yield
        other.stdin.close()


@contextmanager
def full(scene: Scene) -> Iterator[None]:
    """The disk of the home has no byte left."""
    filler = scene.home / "filler"
    with filler.open("wb", buffering=0) as file:
        while (free := shutil.disk_usage(scene.home).free) > 0:
            try:
                file.write(b"\0" * min(free, 1 << 20))
            except OSError:
                break
    yield
    filler.unlink()


@contextmanager
def killed(scene: Scene) -> Iterator[None]:
    """The copilot is killed (SIGKILL) and started again."""
    scene.kill()
    yield
    scene.five_minutes_pass()
    scene.start()


@contextmanager
def model_errs(scene: Scene) -> Iterator[None]:
    """The chat model answers 500."""
    scene.model.script(fails(500))
    yield
    scene.model.script(_USUAL)


@contextmanager
def model_hangs(scene: Scene) -> Iterator[None]:
    """The chat model says nothing."""
    scene.model.script(hangs(30))
    yield
    scene.model.script(_USUAL)


@contextmanager
def model_babbles(scene: Scene) -> Iterator[None]:
    """The chat model talks garbage."""
    scene.model.script(sends(b"<html>not found"), says("¥¥ [99] 折扣 3 折 [[[ {"))
    yield
    scene.model.script(_USUAL)


@contextmanager
def network_down(scene: Scene) -> Iterator[None]:
    """The receiver of deliveries cannot be reached; connections under way are cut."""
    scene.network.go_down()
    yield
    scene.network.down = False


@contextmanager
def network_cuts(scene: Scene) -> Iterator[None]:
    """Replies of the receiver are cut off before their status has arrived whole."""
    scene.network.cuts = [b"HTTP/1"] * 50
    yield
    scene.network.cuts = []


def clock_jumps(seconds: int) -> Callable[[Scene], AbstractContextManager[None]]:
    """Return the fault that the wall clock of the copilot jumps, and back at the end."""

    @contextmanager
    def jumped(scene: Scene) -> Iterator[None]:
        scene.jump(seconds)
        yield
        scene.jump(0)

    return jumped


@contextmanager
def connections_cut(scene: Scene) -> Iterator[None]:
    """PostgreSQL ends every connection, ten times a second."""
    assert scene.postgres is not None
    ends = time.monotonic() + 2
    while time.monotonic() < ends:
        scene.postgres.cut(scene.database)
        time.sleep(0.1)
    yield


@contextmanager
def postgres_crashes(scene: Scene) -> Iterator[None]:
    """PostgreSQL ends in the middle of everything and comes back."""
    assert scene.postgres is not None
    scene.postgres.crash()
    yield
    scene.postgres.start_again()


@contextmanager
def tables_held(scene: Scene) -> Iterator[None]:
    """Another process holds the tables that everybody writes."""
    with psycopg.connect(scene.database.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE audit_log, deliveries, answers, documents IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@contextmanager
def chroma_killed(scene: Scene) -> Iterator[None]:
    """The Chroma server is killed (SIGKILL) and comes back on its port."""
    assert scene.chroma is not None
    _signal(scene.chroma, signal.SIGKILL)
    port = scene.chroma.port
    scene.chroma.stop()
    yield
    scene.chroma = ChromaServer(scene.chroma_folder, port)


@contextmanager
def chroma_stopped(scene: Scene) -> Iterator[None]:
    """The Chroma server takes connections and says nothing (SIGSTOP)."""
    assert scene.chroma is not None
    _signal(scene.chroma, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(scene.chroma, signal.SIGCONT)


def _signal(server: ChromaServer, number: int) -> None:
    os.kill(server.pid, number)


def _own_disk(scene: Scene) -> str | None:
    return None if os.path.ismount(scene.home) else "nobody may mount a small file system here"


def _clock(scene: Scene) -> str | None:
    return None if scene.clock is not None else "no C compiler is here to let the clock jump with"


CAUSES = (
    Cause(name="SQLite locked by another process", servers=False, block=locked),
    Cause(name="disk full", servers=False, block=full, possible=_own_disk),
    Cause(name="copilot killed", servers=False, block=killed, killed=True),
    Cause(name="clock a day ahead, and back", servers=False, block=clock_jumps(_DAY_S), possible=_clock),
    Cause(name="clock a day behind, and back", servers=False, block=clock_jumps(-_DAY_S), possible=_clock),
    Cause(name="receiver unreachable", servers=False, block=network_down),
    Cause(name="receiver's replies cut", servers=False, block=network_cuts),
    Cause(name="chat model answers errors", servers=False, block=model_errs),
    Cause(name="chat model hangs", servers=False, block=model_hangs),
    Cause(name="chat model talks garbage", servers=False, block=model_babbles),
    Cause(name="PostgreSQL connections cut", servers=True, block=connections_cut),
    Cause(name="PostgreSQL crashed and restarted", servers=True, block=postgres_crashes),
    Cause(name="PostgreSQL tables held", servers=True, block=tables_held),
    Cause(name="copilot killed, on servers", servers=True, block=killed, killed=True),
    Cause(name="Chroma killed and restarted", servers=True, block=chroma_killed),
    Cause(name="Chroma hangs", servers=True, block=chroma_stopped),
)
