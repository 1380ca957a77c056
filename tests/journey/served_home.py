"""A home served by a real process that a test may kill, and a client of it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from copilot.adapters.home_lock import owner_of
from tests.forked_commands import ForkedCommand, ForkedCommands

_START_S = 60


@dataclass
class ServedHome:
    """`copilot serve` on a free port; `environment` says which home, which database and what may be sent."""

    home: Path
    environment: Mapping[str, str]
    commands: ForkedCommands
    #: Of the last process; the token changes with every start.
    client: httpx.Client = field(default_factory=httpx.Client)
    _process: ForkedCommand | None = None

    def start(self) -> None:
        """Start, and wait until questions can be answered."""
        # Its words go to the test's own output, where a failure shows them.
        process = self.commands.start(["serve", "--port", "0"], environment=self.environment, cwd=self.home.parent)
        self._process = process
        ends = time.monotonic() + _START_S
        while process.poll() is None and time.monotonic() < ends:
            owner = owner_of(self.home)
            if owner and owner.address and owner.pid == process.pid:  # a killed one leaves its name behind
                headers = {"Authorization": f"Bearer {owner.token}"}
                self.client.close()
                self.client = httpx.Client(base_url=owner.address, headers=headers, trust_env=False, timeout=30)
                if _ready(self.client):
                    return
            time.sleep(0.05)
        raise AssertionError(f"the server did not start (exit {process.poll()})")

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Leave nothing running."""
        self.kill()
        self.client.close()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `copilot` as a person would."""
        return self.commands.run(arguments, environment=self.environment, cwd=self.home.parent, timeout_s=60)


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False
