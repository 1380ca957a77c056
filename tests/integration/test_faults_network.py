"""What is outside is cut off, dawdles or is gone: bounded, told, tried again, and there once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from copilot.adapters.smtp_channel import MailServer, SmtpChannel, sender_address
from copilot.errors import ChannelUnavailable
from tests.unit.copilot.delivery.test_wording import approved

#: Far less than the wait for a single byte, far more than what is bounded.
SOON_S = 10.0


@contextmanager
def dripping(greeting: bytes, every_s: float) -> Iterator[int]:
    """A server that never ends its first line, and never leaves anybody waiting long for the next byte."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        with suppress(OSError):
            client, _ = listener.accept()
            with client, suppress(OSError):
                client.sendall(greeting)
                while not stop.wait(every_s):
                    client.sendall(b"x")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stop.set()
        listener.close()
        thread.join()


@pytest.mark.parametrize("greeting", [b"220 ", b"220 hello\r\n250-"])
def test_a_mail_server_that_drips_does_not_hold_a_worker(greeting: bytes) -> None:
    with dripping(greeting, 0.02) as port:
        channel = SmtpChannel(
            server=MailServer(host="127.0.0.1", port=port, tls="none"),
            sender=sender_address("hello@ours.example"),
            wait_s=60,
            all_s=0.3,
        )
        begun = time.monotonic()
        with pytest.raises(ChannelUnavailable, match="tried again by itself"):
            channel.send(approved(), "li@client.example", "key")
        assert time.monotonic() - begun < SOON_S


def test_a_mail_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    server = MailServer(host="127.0.0.1", port=port, tls="none")
    channel = SmtpChannel(server=server, sender=sender_address("hello@ours.example"))
    with pytest.raises(ChannelUnavailable, match="ConnectionRefusedError"):
        channel.send(approved(), "li@client.example", "key")
