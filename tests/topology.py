"""The topology of `compose.yaml` on loopback: its own commands, each process with a home of its own.

The file says what runs and with which settings; only what a container brings is put in place here: addresses of other
services, folders, and the port that the system gives.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.contract.chroma_server import ChromaServer
from tests.databases import kept_environment
from tests.forked_commands import ForkedCommand, ForkedCommands
from tests.round_robin import RoundRobin

COMPOSE = Path(__file__).parent.parent / "compose.yaml"
#: The key of the person `owner` in every process.
OWNER_KEY = "the-key-of-the-owner-0001"
_START_S = 180.0


@dataclass(kw_only=True)
class Process:
    """One container of the file, as a process of this machine."""

    service: str
    home: Path
    command: ForkedCommand
    log: Path
    url: str = ""  #: of an API worker

    def stop(self, signal_number: int = 15, timeout_s: float = 60) -> int:
        """Ask it to end as `docker stop` does, and wait; returns its status."""
        self.command.send_signal(signal_number)
        return self.command.wait(timeout_s)

    def kill(self) -> None:
        """End it as a lost machine would."""
        self.command.kill()
        self.command.wait(10)

    def ready(self) -> bool:
        """Whether it is to be sent requests."""
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def wait_until_ready(self) -> Process:
        """Wait until `/readyz` answers 200."""
        ends = time.monotonic() + _START_S
        while not self.ready():
            ended = self.command.poll()
            if ended is not None or time.monotonic() > ends:
                raise AssertionError(f"{self.service} did not get ready (exit {ended}):\n{self.log.read_text()}")
            time.sleep(0.05)
        return self


@dataclass(kw_only=True)
class Topology:
    """What runs. `apis` and `workers` may be added to, stopped and killed; `url` is the address of the balancer."""

    folder: Path
    settings: Mapping[str, str]
    commands: ForkedCommands
    chroma_url: str
    compose: Mapping[str, Any] = field(default_factory=lambda: read_compose())
    apis: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    balancer: RoundRobin | None = None

    @property
    def url(self) -> str:
        """The address of the balancer, which goes on to the next ready worker with each connection."""
        assert self.balancer is not None
        return self.balancer.url

    def environment(self, service: str, home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a service: what the file says, with addresses and folders of this machine."""
        told: Mapping[str, str] = self.compose["services"][service].get("environment", {})
        here = {"COPILOT_HOME": str(home), "COPILOT_CHROMA_URL": self.chroma_url}
        assert here.keys() <= told.keys()  # the file sets them too
        return kept_environment() | dict(told) | here | dict(self.settings) | dict(extra or {})

    def start(self, service: str, *, extra: Mapping[str, str] | None = None, port: int | None = None) -> Process:
        """Start the command of a service in a new home; does not wait for it."""
        home = Path(tempfile.mkdtemp(prefix=f"{service}-", dir=self.folder))
        name, *arguments = self.compose["services"][service]["command"]
        assert name == "copilot"
        port = free_port() if port is None else port
        given = {"--host": "127.0.0.1", "--port": str(port)}
        arguments = [given.get(before, one) for before, one in zip(["", *arguments], arguments, strict=False)]
        log = home.with_suffix(".log")
        with log.open("wb") as file:
            environment = self.environment(service, home, extra)
            command = self.commands.start(
                arguments, environment=environment, cwd=self.folder, out=file.fileno(), err=file.fileno()
            )
        serves = "--port" in arguments
        return Process(
            service=service, home=home, command=command, log=log, url=f"http://127.0.0.1:{port}" if serves else ""
        )

    def start_api(self, *, extra: Mapping[str, str] | None = None, wait: bool = True) -> Process:
        """Add an API worker."""
        process = self.start("api", extra=extra)
        self.apis.append(process)
        return process.wait_until_ready() if wait else process

    def start_worker(self) -> Process:
        """Add a worker that sends and runs schedules."""
        process = self.start("worker")
        self.workers.append(process)
        return process

    def run(self, *arguments: str, service: str = "migrate", timeout_s: float = 120) -> str:
        """Run a command to its end as `docker compose run --rm SERVICE copilot …` does; returns what it printed."""
        home = Path(tempfile.mkdtemp(prefix="run-", dir=self.folder))
        done = self.commands.run(
            arguments, environment=self.environment(service, home), cwd=self.folder, timeout_s=timeout_s
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def client(self, process: Process | None = None, *, timeout_s: float = 30) -> httpx.Client:
        """Return a client of the owner: at one API worker, or at the balancer with a new connection each time."""
        headers = {"Authorization": f"Bearer {OWNER_KEY}"}
        if process is not None:
            return httpx.Client(base_url=process.url, headers=headers, trust_env=False, timeout=timeout_s)
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=timeout_s, limits=limits)


@contextmanager
def topology(
    folder: Path,
    database_url: str,
    *,
    commands: ForkedCommands,
    apis: int = 2,
    workers: int = 1,
    chroma_url: str | None = None,
    settings: Mapping[str, str] | None = None,
    balanced: bool = True,
) -> Iterator[Topology]:
    """Start everything and wait until it is ready; stops it all at the end.

    Args:
        folder: everything is written below it.
        database_url: an empty database of PostgreSQL, `PostgresServer.new_database()`.
        commands: where processes come from.
        apis: how many API workers.
        workers: how many workers.
        chroma_url: a Chroma server that runs; default: one of its own, by the command of the file.
        settings: what `copilot.env` would say besides; the embedder is `words` unless it says otherwise.
        balanced: also start the balancer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given = {
        "COPILOT_DATABASE_URL": database_url,
        "COPILOT_API_KEY": OWNER_KEY,
        "COPILOT_EMBEDDING_MODEL": "words",
        "COPILOT_BLOBS": str(folder / "blobs"),
    }
    with ExitStack() as ends:
        if chroma_url is None:
            (folder / "vectors").mkdir()
            server = ChromaServer(folder / "vectors")
            ends.callback(server.stop)
            chroma_url = server.url
        made = Topology(folder=folder, settings=given | dict(settings or {}), commands=commands, chroma_url=chroma_url)
        ends.callback(_end, made)
        # The file waits for `migrate` and then starts the rest: this is what it may rely on.
        migrating = made.start("migrate")
        assert migrating.command.wait(_START_S) == 0, migrating.log.read_text()
        for _ in range(apis):
            made.start_api(wait=False)
        for _ in range(workers):
            made.start_worker()
        for api in made.apis:
            api.wait_until_ready()
        if balanced:
            made.balancer = RoundRobin(lambda: [api.url for api in made.apis])
            ends.callback(made.balancer.close)
        yield made


def read_compose() -> dict[str, Any]:
    """Return what `compose.yaml` says, anchors resolved."""
    told: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return told


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _end(made: Topology) -> None:
    processes: Sequence[Process] = [*made.apis, *made.workers]
    for process in processes:
        process.command.send_signal(15)
    ends = time.monotonic() + 15
    for process in processes:
        try:
            process.command.wait(max(0.1, ends - time.monotonic()))
        except Exception:  # noqa: BLE001  # whatever it is, it must not outlive the test
            process.kill()
    for process in processes:
        shutil.rmtree(process.home, ignore_errors=True)
