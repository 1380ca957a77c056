"""What goes wrong in a soak, one trouble at a time, and what a process holds meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.contract.chroma_server import ChromaServer
from tests.doubles.openai_server import OpenAIServer, fails, hangs, says
from tests.postgres_server import PostgresServer

#: What the chat model says when it is well; it cites nothing, so the answer in quotes is what people read.
WELL = says("请看引用。")
#: Seconds that a trouble lasts, and that all is well between two.
LASTS_S, CALM_S = (4.0, 15.0), (15.0, 40.0)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One trouble: when it began, and for how long."""

    name: str
    at_s: float
    lasted_s: float


class Faults:
    """Makes trouble until it is stopped; everything works again afterwards."""

    def __init__(
        self, *, postgres: PostgresServer, database: str, chroma: ChromaServer, chat: OpenAIServer, seed: int
    ) -> None:
        self.done: list[Fault] = []
        self._postgres, self._database, self._chroma, self._chat = postgres, database, chroma, chat
        self._chance = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faults")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Make trouble during the block."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def _run(self) -> None:
        kinds: list[Callable[[float], None]] = [
            self._chat_hangs,
            self._chat_fails,
            self._chroma_freezes,
            self._chroma_dies,
            self._connections_cut,
        ]
        began, waiting = time.monotonic(), []
        while not self._stop.wait(self._chance.uniform(*CALM_S)):
            if not waiting:  # each kind once before any comes again
                waiting = self._chance.sample(kinds, len(kinds))
            kind, lasts_s, at = waiting.pop(), self._chance.uniform(*LASTS_S), time.monotonic()
            kind(lasts_s)
            name = kind.__name__.strip("_")
            self.done.append(Fault(name=name, at_s=at - began, lasted_s=time.monotonic() - at))

    def _chat_hangs(self, lasts_s: float) -> None:
        self._chat.script(hangs())
        self._stop.wait(lasts_s)
        self._chat.script(WELL)

    def _chat_fails(self, lasts_s: float) -> None:
        self._chat.script(fails(500))
        self._stop.wait(lasts_s)
        self._chat.script(WELL)

    def _chroma_freezes(self, lasts_s: float) -> None:
        self._chroma.freeze()
        self._stop.wait(lasts_s)
        self._chroma.thaw()

    def _chroma_dies(self, lasts_s: float) -> None:
        self._chroma.kill()
        self._stop.wait(lasts_s)
        self._chroma.restart()

    def _connections_cut(self, lasts_s: float) -> None:
        """Cut every connection of the database, again and again."""
        ends = time.monotonic() + lasts_s
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        while time.monotonic() < ends and not self._stop.is_set():
            self._postgres.run(cut.format(self._database.rsplit("/", 1)[1]))
            self._stop.wait(0.5)


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a process holds at one moment."""

    at_s: float
    rss_mb: float
    threads: int
    files: int


class Gauge:
    """Looks at a process again and again."""

    def __init__(self, pid: int, every_s: float, also: Callable[[], None] = lambda: None) -> None:
        self.held: list[Held] = []
        self._folder = Path("/proc") / str(pid)
        self._every_s, self._also = every_s, also
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gauge")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look during the block."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(self._every_s):
            self.held.append(held(self._folder, time.monotonic() - began))
            self._also()


def held(folder: Path, at_s: float = 0.0) -> Held:
    """Read what the process of this folder of /proc holds."""
    lines = (folder / "status").read_text("ascii", "replace").splitlines()
    values = dict(line.split(":", 1) for line in lines)
    return Held(
        at_s=round(at_s, 1),
        rss_mb=round(int(values["VmRSS"].split()[0]) / 1024, 1),
        threads=int(values["Threads"]),
        files=len(list((folder / "fd").iterdir())),
    )
