"""A home served by a real `copilot serve`, with everything around it on loopback, all of which can be broken."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import create_engine, update
from sqlalchemy.exc import SQLAlchemyError

from copilot.adapters.home_lock import owner_of
from copilot.adapters.sql.tables import deliveries
from tests.contract.chroma_server import ChromaServer
from tests.doubles.cutting_proxy import CuttingProxy, cutting_proxy
from tests.doubles.openai_server import OpenAIServer, openai_server, says
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver
from tests.forked_commands import ForkedCommand, ForkedCommands
from tests.postgres_server import PostgresServer, postgres_server

ROOT = Path(__file__).parents[3]
#: Customers are answered from the first; what stands in the second must never reach them.
PUBLIC = "---\nkind: faq\ntitle: 试用多久\naudience: customer\n---\n## 简答\n\n试用一般给 1 周,需要时再申请 1 周。\n"
HIDDEN = "七折是底线"
INTERNAL = (
    "---\nkind: faq\ntitle: 折扣底线\naudience: internal\n---\n"
    f"## 简答\n\n年费折扣的底线是什么?{HIDDEN},再低要总监批。\n"
)
#: What no reply may contain, however broken things are.
SECRETS = ("secret@", "a secret of the receiver", "a-key-of-the-model", "Traceback (most recent")
_START_S = 240
_WAIT_S = 1.0


@dataclass
class Scene:
    """`copilot serve` on a free port and what it talks to."""

    folder: Path
    home: Path
    receiver: WebhookReceiver
    network: CuttingProxy  #: between the copilot and the receiver
    model: OpenAIServer
    postgres: PostgresServer | None
    database: str
    chroma: ChromaServer | None
    chroma_folder: Path
    clock: Path | None  #: says how far the wall clock of the copilot is ahead
    environment: Mapping[str, str]
    commands: ForkedCommands
    client: httpx.Client = field(default_factory=httpx.Client)
    generation: int = 0  #: counts starts; a client whose request is cut sees whether it was a kill
    process: ForkedCommand | None = None
    up: bool = False  #: it answers; false from a kill to the end of the next start

    @property
    def hook(self) -> str:
        """Where deliveries go: through the network that can be cut."""
        return f"{self.network.address}/hook?from=copilot"

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start, and wait until questions can be answered.

        Raises:
            RuntimeError: it did not become ready.
        """
        with (self.folder / "serve.log").open("ab") as log:
            self.process = self.commands.start(
                ["serve", "--port", "0"],
                environment=self.environment, cwd=self.folder, out=log.fileno(), err=log.fileno(),
            )  # fmt: skip
        ends = time.monotonic() + _START_S
        while self.alive and time.monotonic() < ends:
            owner = owner_of(self.home)
            if owner and owner.address and owner.pid == self.process.pid:
                headers = {"Authorization": f"Bearer {owner.token}"}
                client = httpx.Client(base_url=owner.address, headers=headers, trust_env=False, timeout=30)
                if ready(client):
                    self.client, _ = client, self.client.close()
                    self.generation += 1
                    self.up = True
                    return
                client.close()
            time.sleep(0.05)
        said = (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"the server did not start (exit {self.process.poll()}): {said}")

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self.process is not None:
            self.generation += 1
            self.up = False
            self.process.kill()
            self.process.wait()

    def five_minutes_pass(self) -> None:
        """Let the leases of a killed process end, as they would by themselves."""
        engine = create_engine(self.database)
        over = datetime.now(UTC) - timedelta(seconds=1)
        with suppress(SQLAlchemyError), engine.begin() as connection:
            leased = deliveries.c.leased_until.is_not(None)
            connection.execute(update(deliveries).where(leased).values(leased_until=over))
        engine.dispose()

    def jump(self, seconds: int) -> None:
        """Set the wall clock of the server this far ahead of the true one."""
        assert self.clock is not None
        with self.clock.open("r+b") as file:
            file.write(struct.pack("q", seconds))


def ready(client: httpx.Client) -> bool:
    """Tell whether the server says that it can answer."""
    try:
        return client.get("/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def scene(folder: Path, *, servers: bool) -> Iterator[Scene]:
    """Serve a small corpus until the end of the block; `servers`: on PostgreSQL and `chroma run`, else embedded."""
    with ExitStack() as stack:
        home, knowledge, chroma_folder = (folder / name for name in ("home", "knowledge", "chroma-server"))
        for one in (home, knowledge, chroma_folder):
            one.mkdir(parents=True)
        if not servers and os.geteuid() == 0:
            stack.enter_context(small_disk(home))
        (knowledge / "trial.md").write_text(PUBLIC, encoding="utf-8")
        (knowledge / "discount.md").write_text(INTERNAL, encoding="utf-8")
        receiver = stack.enter_context(webhook_receiver())
        network = stack.enter_context(cutting_proxy(f"http://127.0.0.1:{receiver.port}"))
        model = stack.enter_context(openai_server(says("试用一般给 1 周。[1]")))
        postgres = stack.enter_context(postgres_server(lasting=True)) if servers else None
        chroma = ChromaServer(chroma_folder) if servers else None
        database = postgres.new_migrated_database() if postgres else f"sqlite:///{home / 'copilot.db'}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COPILOT_")} | {
            "PYTHONPATH": str(ROOT),
            "COPILOT_HOME": str(home),
            "COPILOT_EMBEDDING_MODEL": "words",
            "COPILOT_DATABASE_WAIT_S": str(_WAIT_S),
            "COPILOT_CHAT_MODEL": "openai:loopback",
            "COPILOT_CHAT_BASE_URL": model.base_url,
            "COPILOT_CHAT_API_KEY": "a-key-of-the-model",
            "COPILOT_CHAT_TIMEOUT_S": "2",
            "COPILOT_RATES": "ask=0, search=0, draft=0, upload=0, other=0",
            "COPILOT_DELIVERY_INTERNAL": network.address.removeprefix("http://"),
            "COPILOT_WEBHOOK_SECRET": "a secret of the receiver",
        }
        if postgres and chroma:
            environment |= {"COPILOT_DATABASE_URL": database, "COPILOT_CHROMA_URL": chroma.url}
        clock = jumping_clock(folder)
        commands = _commands(folder, clock)
        stack.callback(commands.close)
        made = Scene(
            folder=folder, home=home, receiver=receiver, network=network, model=model, postgres=postgres,
            database=database, chroma=chroma, chroma_folder=chroma_folder, clock=clock, environment=environment,
            commands=commands,
        )  # fmt: skip
        try:
            done = commands.run(["ingest", str(knowledge), "--no-corpus"], environment=environment, cwd=folder)
            if done.returncode:
                raise RuntimeError(f"nothing could be ingested: {done.stderr}")
            made.start()
            yield made
        finally:
            made.kill()
            made.client.close()
            if made.chroma is not None:
                made.chroma.stop()


def _commands(folder: Path, clock: Path | None) -> ForkedCommands:
    """Return what starts commands; those that it forks keep the clock that it was started with."""
    preloaded = {} if clock is None else {"LD_PRELOAD": str(folder / "clock.so"), "JUMPING_CLOCK": str(clock)}
    os.environ.update(preloaded)
    try:
        return ForkedCommands()
    finally:
        for name in preloaded:
            del os.environ[name]


@contextmanager
def small_disk(folder: Path, megabytes: int = 160) -> Iterator[None]:
    """Put a file system of its own, of this size, at a folder.

    Raises:
        OSError: nobody may mount here.
    """
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "copilot-study", str(folder)], capture_output=True
    )
    if done.returncode:
        raise OSError(f"no file system can be mounted here: {done.stderr.decode(errors='replace').strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=True)


def jumping_clock(folder: Path) -> Path | None:
    """Compile what lets the clock of a process jump; None where there is no compiler."""
    source, made, clock = Path(__file__).with_name("jumping_clock.c"), folder / "clock.so", folder / "clock"
    try:
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    clock.write_bytes(struct.pack("q", 0))
    return clock
