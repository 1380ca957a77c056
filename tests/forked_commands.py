"""Runs `copilot` commands as processes of their own that need not import everything anew.

A process that has imported what the commands need, and started no thread, waits on a socket and forks for each command.
What starts, ends, writes and locks is then what a person's command would; the two seconds of imports are saved. Tests
of the imports themselves, and of kills at any moment, start Python as a person does.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Imported before the first command; none of them starts a thread at its import.
_WARM = (
    "copilot.bootstrap.application",
    "copilot.cli.app",
    "chromadb",
    "uvicorn",
    "copilot.interfaces.api.app",
)


class ForkedCommand:
    """A command under way, with the methods of `subprocess.Popen` that tests use."""

    def __init__(self, client: socket.socket, arguments: Sequence[str]) -> None:
        self.args = list(arguments)
        self.returncode: int | None = None
        self._socket = client
        self._answers = client.makefile("rb", buffering=0)
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        """Return how it ended, None while it runs."""
        if self.returncode is None and self._ended(0):
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it did not end in time.
        """
        if self.returncode is None:
            if not self._ended(timeout):
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self._end()
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, timeout_s: float | None) -> bool:
        """Wait for its end, however many files this process holds open: `select` ends at 1,024."""
        told = select.poll()
        told.register(self._socket, select.POLLIN)
        return bool(told.poll(None if timeout_s is None else timeout_s * 1000))

    def _end(self) -> None:
        self.returncode = int(self._answers.readline())
        self._answers.close()
        self._socket.close()


class ForkedCommands:
    """The waiting process; `close` ends it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forked_commands", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
            )
        self._socket = ours

    def start(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], cwd: Path, out: int = 1, err: int = 2
    ) -> ForkedCommand:
        """Start a command that writes to these files; our own by default."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._socket, [b"c"], [theirs.fileno(), out, err])
        order = {"arguments": list(arguments), "environment": dict(environment), "cwd": str(cwd)}
        ours.sendall(json.dumps(order).encode() + b"\n")
        return ForkedCommand(ours, arguments)

    def run(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], cwd: Path, timeout_s: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end.

        Raises:
            subprocess.TimeoutExpired: it did not end in time; it is killed.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            command = self.start(arguments, environment=environment, cwd=cwd, out=out.fileno(), err=err.fileno())
            try:
                status = command.wait(timeout_s)
            except subprocess.TimeoutExpired:
                command.kill()
                raise
            read = []
            for file in (out, err):
                file.seek(0)
                read.append(file.read().decode())
        return subprocess.CompletedProcess(list(arguments), status, stdout=read[0], stderr=read[1])

    def close(self) -> None:
        """End the process."""
        self._socket.close()
        self._process.wait(timeout=10)


def _serve(orders: socket.socket) -> None:
    """Fork for every order until the other side closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, files, _, _ = socket.recv_fds(orders, 1, 3)
        if not message:
            return
        if os.fork() == 0:
            orders.close()
            _attend(socket.socket(fileno=files[0]), *files[1:])
        for file in files:
            os.close(file)


def _attend(client: socket.socket, out: int, err: int) -> None:
    """Run one order in a process of its own, and tell its id and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    order = json.loads(client.makefile("r").readline())
    pid = os.fork()
    if pid == 0:
        client.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        for file, number in ((nothing, 0), (out, 1), (err, 2)):
            os.dup2(file, number)
            os.close(file)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["cwd"])
        sys.argv = ["copilot", *order["arguments"]]
        os._exit(_run())
    client.sendall(f"{pid}\n".encode())
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    client.sendall(f"{status}\n".encode())
    os._exit(0)


def _run() -> int:
    """Run the command as Python would, but do not take down what was imported: that takes half a second."""
    from copilot.cli import main, output

    if columns := os.environ.get("COLUMNS"):  # read when the consoles were made, which was before this command
        output.console.width = output.errors.width = int(columns)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background is deaf to Ctrl-C
    status = 0
    try:
        main()
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001  # as Python itself does: told, and 1
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as Python does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    import importlib

    from knowledge.adapters.kept_sound_table import sound_table
    from knowledge.adapters.sql.segmentation import loaded_jieba

    for name in _WARM:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as cache:
        loaded_jieba(Path(cache))
        _ = sound_table(Path(cache)).by_letters
    gc.collect()
    gc.freeze()  # so that collecting garbage copies no page of what was imported
    _serve(socket.socket(fileno=int(sys.argv[1])))
