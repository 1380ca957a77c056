"""A real `chroma run` on a free loopback port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from knowledge.adapters import chroma_index

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_LISTENING = "listening on address"


class ChromaServer:
    """Runs from construction to `stop`; writes only below `folder`."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """`port` is that of a server which was here before and has ended."""
        self._folder = folder
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._start()

    @property
    def pid(self) -> int:
        """The process; another one after `restart`."""
        return self._process.pid

    def _start(self) -> None:
        folder = self._folder
        self._process = subprocess.Popen(
            [_command(), "run", "--host", "127.0.0.1", "--port", str(self.port), "--path", str(folder / "data")],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "ANONYMIZED_TELEMETRY": "False"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout
        try:
            _read_until_listening(self._output)
        except BaseException:
            self._process.kill()
            self._process.wait()
            self._output.close()
            raise
        self._drain = threading.Thread(target=_read_to_end, args=(self._output,), daemon=True)
        self._drain.start()

    def freeze(self) -> None:
        """Answer nothing more, and close nothing, until `thaw`."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze`."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a power cut would; `restart` starts it anew, on the same port and the same files."""
        self._process.kill()
        self._ended()

    def restart(self) -> None:
        """Start after `kill`."""
        self._start()

    def stop(self) -> None:
        """End the process and wait for it; stopping twice changes nothing."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._ended()

    def _ended(self) -> None:
        self._process.wait()
        self._drain.join()
        self._output.close()


@contextmanager
def chroma_server(folder: Path) -> Iterator[ChromaServer]:
    """Run until the end of the block."""
    server = ChromaServer(folder)
    try:
        yield server
    finally:
        server.stop()


def close_client(client: ClientAPI) -> None:
    """Close a client with its connections."""
    chroma_index.close_client(client)


def _command() -> str:
    """The script that chromadb installs beside this interpreter."""
    return str(Path(sys.executable).parent / "chroma")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _read_until_listening(output: IO[str]) -> None:
    seen = []
    for line in output:
        seen.append(line)
        if _LISTENING in line:
            return
    raise RuntimeError("chroma run ended before it listened:\n" + "".join(seen))


def _read_to_end(output: IO[str]) -> None:
    for _ in output:  # a full pipe would stop the server
        pass
