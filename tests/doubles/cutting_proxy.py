"""A proxy that cuts connections in the middle of an answer, as trains and tunnels do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class CuttingProxy:
    """Passes bytes on; `cuts` says behind which bytes of an answer each of the next connections is cut."""

    def __init__(self, port_behind: int) -> None:
        self.cuts: list[bytes] = []
        self.cut = 0  #: how many were
        self.down = False  #: whether connections are refused
        self._behind = port_behind
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def go_down(self) -> None:
        """Cut everything there is, and refuse what comes."""
        self.down = True
        for one in list(self._open):
            _end(one)

    def close(self) -> None:
        """Stop."""
        self._listener.close()
        for one in list(self._open):
            _end(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.down:
                    _end(client)
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        behind = socket.create_connection(("127.0.0.1", self._behind))
        self._open |= {client, behind}
        threading.Thread(target=_pass_on, args=(client, behind), daemon=True).start()
        seen = b""
        with suppress(OSError):
            while data := behind.recv(1024):
                before, seen = len(seen), seen + data
                at = seen.find(self.cuts[0]) if self.cuts else -1
                if at >= 0:
                    client.sendall(data[: at + len(self.cuts.pop(0)) - before])
                    self.cut += 1
                    break
                client.sendall(data)
        _end(client)
        _end(behind)
        self._open -= {client, behind}


@contextmanager
def cutting_proxy(address: str) -> Iterator[CuttingProxy]:
    """Stand before a server until the end of the block."""
    proxy = CuttingProxy(int(address.rpartition(":")[2]))
    try:
        yield proxy
    finally:
        proxy.close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
