"""Everything that a load study asks: PostgreSQL, a Chroma server, processes of ours and of the other side."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from knowledge.adapters.packaged_model import unpacked_model
from tests.contract.chroma_server import ChromaServer, chroma_server
from tests.postgres_server import PostgresServer, postgres_server

KEY = "a key for the load study"
_ROOT = Path(__file__).parents[2]
_START_S = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Side:
    """Processes that serve the same, each at an address of its own."""

    name: str
    addresses: list[str]
    pids: list[int]


class Stores:
    """The databases that both sides use, and where the processes of ours have their homes."""

    def __init__(self, work: Path, postgres: PostgresServer, chroma: ChromaServer) -> None:
        self.work = work
        self.postgres, self.chroma = postgres, chroma
        self.models = work / "models"
        self.model = unpacked_model(self.models)
        self._database = postgres.new_migrated_database()

    def environment(self, number: int) -> dict[str, str]:
        """Return what the process of this number starts with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COPILOT_")}
        return kept | {
            "COPILOT_HOME": str(self.work / f"home-{number}"),
            "COPILOT_DATABASE_URL": self._database,
            "COPILOT_CHROMA_URL": self.chroma.url,
            "COPILOT_MODEL_FOLDER": str(self.models),
            "COPILOT_API_KEY": KEY,
            # One key asks for all: what is measured is how fast we are, not how fast one caller may be.
            "COPILOT_RATES": "ask=0, search=0, other=0",
            "COPILOT_LOG_LEVEL": "error",
        }

    def fill(self, chunks: int, *, plain: bool = True) -> dict[str, float]:
        """Ingest the shipped corpus on both sides, and on ours so many synthetic chunks beside it; returns seconds."""
        began = time.monotonic()
        self._run([sys.executable, "-m", "copilot", "ingest"])
        seconds = {"ingest_s": time.monotonic() - began}
        if chunks:
            self._run([sys.executable, "-m", "tests.studies.load_servers", str(chunks)])
            seconds["synthetic_s"] = time.monotonic() - began - seconds["ingest_s"]
        if plain:
            task = json.dumps(self._plain_task() | {"step": "fill"})
            self._run([sys.executable, "-m", "tests.studies.load_plain", task])
        return seconds

    @contextmanager
    def ours(self, count: int) -> Iterator[Side]:
        """Run so many `copilot serve`, each with a home of its own."""
        commands = {
            port: ([sys.executable, "-m", "copilot", "serve", "--port", str(port)], self.environment(number))
            for number, port in enumerate(_free_ports(count))
        }
        with _served("ours", commands, "/readyz") as side:
            yield side

    @contextmanager
    def plain(self, count: int) -> Iterator[Side]:
        """Run so many processes of the other side."""
        task = self._plain_task() | {"step": "serve"}
        commands = {
            port: (
                [sys.executable, "-m", "tests.studies.load_plain", json.dumps(task | {"port": port})],
                dict(os.environ),
            )
            for port in _free_ports(count)
        }
        with _served("plain", commands, "/openapi.json") as side:
            yield side

    def _plain_task(self) -> dict[str, Any]:
        return {"chroma_url": self.chroma.url, "model": str(self.model)}

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(command, env=self.environment(0), cwd=_ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@contextmanager
def stores(work: Path) -> Iterator[Stores]:
    """Run PostgreSQL and Chroma until the end of the block."""
    (work / "chroma").mkdir()
    with postgres_server() as postgres, chroma_server(work / "chroma") as chroma:
        yield Stores(work, postgres, chroma)


@contextmanager
def _served(name: str, commands: Mapping[int, tuple[list[str], dict[str, str]]], ready: str) -> Iterator[Side]:
    with ExitStack() as stack:
        processes = {}
        for port, (command, environment) in commands.items():
            processes[port] = subprocess.Popen(command, env=environment, cwd=_ROOT, stdout=subprocess.DEVNULL)
            stack.callback(_end, processes[port])
        for port, process in processes.items():
            _wait(f"http://127.0.0.1:{port}{ready}", process)
        addresses = [f"http://127.0.0.1:{port}" for port in processes]
        yield Side(name=name, addresses=addresses, pids=[one.pid for one in processes.values()])


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < ends:
        try:
            if httpx.get(address, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{address} does not answer (exit {process.poll()})")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in listeners]
    for one in listeners:
        one.close()
    return ports


@dataclass(frozen=True, kw_only=True)
class Used:
    """What processes have used of the machine."""

    cpu_s: float
    rss_mb: float  #: of the largest


def used(pids: Sequence[int]) -> Used:
    """Read what these processes and their children have used since they began."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    family = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in family and pid not in family}:
        family |= more
    cpu, rss = 0.0, 0.0
    for pid in family:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            cpu += sum(map(int, stat[11:15])) / _TICKS  # with children that were waited for
            rss = max(rss, int(stat[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
    return Used(cpu_s=cpu, rss_mb=rss)


def _synthetic(chunks: int) -> None:
    from copilot.bootstrap import open_application
    from copilot.settings import Settings
    from tests.benchmarks import scale
    from tests.benchmarks.texts import pages

    with open_application(Settings()) as application:
        scale.fill(application, scale.material(application, pages(40_000)), chunks)


if __name__ == "__main__":
    _synthetic(int(sys.argv[1]))
