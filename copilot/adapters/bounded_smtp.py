"""SMTP connections that end: `smtplib` waits anew for every byte, so a server that drips could hold one for hours."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Bounded:
    """Remembers the socket from its first moment on, when nothing was read from it yet."""

    under_way: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # of smtplib, below
        self.under_way = made
        return made


class _Plain(_Bounded, smtplib.SMTP):
    """Begins in the clear."""


class _Secured(_Bounded, smtplib.SMTP_SSL):
    """Begins with TLS."""


@contextmanager
def mail_connection(
    host: str, port: int, *, wait_s: float, all_s: float, trust: ssl.SSLContext | None
) -> Iterator[smtplib.SMTP]:
    """Connect, with TLS from the start where there is `trust`; waits `wait_s` for a byte and `all_s` for everything.

    Raises:
        OSError, smtplib.SMTPException: as `smtplib`; a connection whose time is over is lost like any other.
    """
    # Made without its constructor, which connects before anybody could set a limit.
    server: _Plain | _Secured
    server = _Plain.__new__(_Plain) if trust is None else _Secured.__new__(_Secured)
    timer = threading.Timer(all_s, _end, (server,))
    timer.daemon = True
    timer.start()
    try:
        if isinstance(server, _Secured):
            server.__init__(host, port, timeout=wait_s, context=trust)  # type: ignore[misc]  # see above
        else:
            server.__init__(host, port, timeout=wait_s)  # type: ignore[misc]  # see above
        yield server
    finally:
        timer.cancel()
        if server.under_way is not None:  # otherwise it never came to a connection
            server.close()


def _end(server: _Plain | _Secured) -> None:
    """Cut a connection; whoever waits at it finds it lost. After STARTTLS another socket has taken the place."""
    for one in (getattr(server, "sock", None), server.under_way):
        if one is not None:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
