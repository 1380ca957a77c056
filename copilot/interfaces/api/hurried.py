"""Connections on which a request does not arrive: slow or endless headers must not hold the server.

Uvicorn waits for ever for the rest of a request's headers, and httptools reads as many of them as are sent. What is
wrong with a body is seen further in (`copilot/interfaces/api/sizes.py`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

#: From the connection, or the end of the last answer, to the end of the next headers.
HEADERS_WITHIN_S = 20.0
#: Of a request line and its headers; browsers and proxies stay below 16 KB.
MOST_HEADER_BYTES = 64 * 1024


class HurriedProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # uvicorn chooses the class when imported
    """Uvicorn's protocol; a connection that brings no whole request in time, or too much of one, is closed."""

    within_s = HEADERS_WITHIN_S

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._unread = 0
        self._ends = asyncio.get_running_loop().call_later(self.within_s, self._look)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        super().data_received(data)
        if not self._waits():
            self._unread = 0
            return
        self._unread += len(data)
        if self._unread > MOST_HEADER_BYTES:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._ends.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Close what has waited all the time with something begun; who has sent nothing is uvicorn's to close."""
        begun = self._unread > 0 or self.cycle is None
        if self._waits() and begun and self._waited is self.cycle:
            self.transport.close()
            return
        self._waited = self.cycle if self._waits() else _WORKS
        self._ends = asyncio.get_running_loop().call_later(self.within_s, self._look)

    #: The answer after which the connection waited when it was looked at last; at first there is none.
    _waited: object = None

    def _waits(self) -> bool:
        return self.cycle is None or bool(self.cycle.response_complete)


#: No answer: a request was being worked on.
_WORKS = object()
