"""Requests to a provider of OpenID Connect: few at a time, within a time, up to a size, no redirects."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpcore

from copilot.errors import SignOnUnavailable
from knowledge.guarded_http import Resolve, request, resolve

#: From the connection to the end of the reply; a person waits for it.
WITHIN_S = 8.0
#: Documents, keys and tokens are a few kilobytes.
_MOST_BYTES = 512 * 1024
#: A provider that hangs must not take every thread that answers other people.
_AT_A_TIME = 4
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class JsonReply:
    """A reply in JSON; `body` is None where it was none."""

    status: int
    body: object

    def mapping(self) -> Mapping[str, object] | None:
        """Return the body if it is an object and nothing went wrong."""
        return self.body if self.status == 200 and isinstance(self.body, Mapping) else None


class OidcHttp:
    """Asks the addresses that the settings, and the provider they name, point to."""

    def __init__(
        self, *, trust: ssl.SSLContext | None = None, within_s: float = WITHIN_S, resolve: Resolve = resolve
    ) -> None:
        self._trust = trust or ssl.create_default_context()
        self._within_s = within_s
        self._resolve = resolve
        self._turns = threading.BoundedSemaphore(_AT_A_TIME)

    def call(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> JsonReply:
        """Send and return the reply, whatever its status is.

        Raises:
            SignOnUnavailable: no reply in time, too long a one, or too many wait already.
        """
        sent = {"Host": urlsplit(url).netloc, "Accept": "application/json", "Connection": "close"} | dict(headers or {})
        if body or method != "GET":
            sent["Content-Length"] = str(len(body))
        if not self._turns.acquire(blocking=False):
            raise SignOnUnavailable("The sign-in provider is slow, and others wait for it. Try again in a moment.")
        try:
            reply = request(
                method,
                url,
                headers=sent,
                body=body,
                permitted=lambda _: True,  # an admin named the provider, which may be inside our network
                most_bytes=_MOST_BYTES,
                within_s=self._within_s,
                trust=self._trust,
                resolve=self._resolve,
            )
        except (
            OSError,
            UnicodeError,
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
        ) as error:
            raise SignOnUnavailable(
                f"The sign-in provider does not answer ({type(error).__name__}). Try again, or sign in another way."
            ) from error
        finally:
            self._turns.release()
        if not reply.whole:
            raise garbled("too long a reply")
        try:
            return JsonReply(status=reply.status, body=json.loads(reply.body))
        except (ValueError, RecursionError):
            return JsonReply(status=reply.status, body=None)


def garbled(what: str) -> SignOnUnavailable:
    """Return the error for a provider that does not answer as one."""
    return SignOnUnavailable(f"The sign-in provider answered {what}. Try again, or sign in another way.")


def is_safe(url: object, *, clear: bool = False) -> bool:
    """Tell whether an address may carry secrets: https, or with `clear` http to this machine."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (clear and parts.scheme == "http" and host in _LOOPBACK)
