"""JSON requests to the one host of a CRM, and what its failures mean for a delivery."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore

from copilot.adapters.retry_after import retry_after
from copilot.delivery.destination import DestinationRules
from copilot.errors import ChannelUnavailable, ConfigurationError, DeliveryRefused
from knowledge.guarded_http import AddressForbidden, Reply, Resolve, is_public, request, resolve
from knowledge.web_address import host_of, spelled

#: From the connection to the end of the reply.
WITHIN_S = 20.0
#: A hundred notes of the greatest length are about this much.
_MOST_BYTES = 32 * 2**20
#: Answers of a server that wants to be asked again; all of 5xx besides.
_LATER = frozenset({408, 425, 429})
#: After a request that may have done its work without an answer: by then the CRM has finished it or never will, so that
#: looking for it tells which.
SETTLE_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A reply in JSON; `body` is None where it had none or was no JSON."""

    status: int
    body: Any

    def field(self, name: str) -> Any:
        """Return a field of a JSON object, None where there is none."""
        return self.body.get(name) if isinstance(self.body, Mapping) else None


class CrmHttp:
    """Talks to one base address and to nothing else: no redirects, no address that a reply names.

    A host inside our network, or one without TLS, has to be named in `COPILOT_DELIVERY_INTERNAL`, as for webhooks.
    """

    def __init__(
        self,
        *,
        title: str,
        setting: str,
        base: str,
        rules: DestinationRules,
        version: str = "1",
        trust: ssl.SSLContext | None = None,
        within_s: float = WITHIN_S,
        resolve: Resolve = resolve,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take `title` for messages and `setting` as the name of the variable that holds the address.

        Raises:
            ConfigurationError: the address is none, or not https without being named for that.
        """
        self.title = title
        self._setting = setting
        self._base = _base(base, setting, rules)
        self._host = host_of(self._base)
        self._private = rules.may_be_private(*self._host)
        self._agent = f"frontline-copilot/{version}"
        self._trust = trust or ssl.create_default_context()
        self._within_s = within_s
        self._resolve = resolve
        self._now = now

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        creates: bool = False,
    ) -> Answer:
        """Send and return the answer, whatever its status is, unless the server asks for patience.

        Args:
            method: as `POST`.
            path: below the base address, ASCII.
            token: sent as the bearer.
            query: appended to the path.
            body: sent as JSON.
            form: sent as a form instead.
            creates: it makes something, so that after a failure nobody knows whether it is there.

        Raises:
            DeliveryRefused: the host lies where nothing may be sent.
            ChannelUnavailable: no answer, or one that asks for patience.
        """
        headers = {
            "Host": urlsplit(self._base).netloc,
            "Accept": "application/json",
            "User-Agent": self._agent,
            "Connection": "close",
        }
        data = b""
        if body is not None:
            data = json.dumps(body, ensure_ascii=False).encode(errors="replace")
            headers["Content-Type"] = "application/json; charset=utf-8"
        elif form is not None:
            data = urlencode(form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if data or method != "GET":
            headers["Content-Length"] = str(len(data))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{self._base}{path}{f'?{urlencode(query)}' if query else ''}"
        reply = self._send(method, address, headers, data, SETTLE_S if creates else None)
        return self._answer(reply, SETTLE_S if creates else None)

    def garbled(self, what: str, *, creates: bool = False) -> ChannelUnavailable:
        """Return the error for an answer of another shape than documented."""
        return ChannelUnavailable(
            f"{self.title} answered {what} in a form that cannot be read. It is tried again by itself; check "
            f"{self._setting} if that lasts.",
            retry_after_s=SETTLE_S if creates else None,
        )

    def moved(self, status: int) -> DeliveryRefused:
        """Return the error for an answer that points elsewhere, or that no documentation knows."""
        return DeliveryRefused(
            f"{self.title} answered {status}. Redirects are not followed: correct {self._setting}, then "
            "`copilot deliveries retry`."
        )

    def _send(self, method: str, address: str, headers: Mapping[str, str], body: bytes, wait_s: float | None) -> Reply:
        secured = self._base.startswith("https:")
        try:
            return request(
                method,
                address,
                headers=headers,
                body=body,
                permitted=lambda at: secured if is_public(at) else self._private,
                most_bytes=_MOST_BYTES,
                within_s=self._within_s,
                trust=self._trust,
                resolve=self._resolve,
            )
        except AddressForbidden as error:
            raise DeliveryRefused(
                f"The host of {self._setting} has an address that nothing may be sent to: inside our network, or "
                "outside it without https. If it is one of our own, name it in COPILOT_DELIVERY_INTERNAL."
            ) from error
        except (
            OSError,
            UnicodeError,
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
        ) as error:
            raise ChannelUnavailable(
                f"{self.title} does not answer ({type(error).__name__}). It is tried again by itself.",
                retry_after_s=wait_s,
            ) from error

    def _answer(self, reply: Reply, wait_s: float | None) -> Answer:
        if reply.status in _LATER or reply.status >= 500:
            asked = retry_after(reply.headers.get("retry-after"), self._now())
            done = wait_s if reply.status not in (425, 429) else None  # these two mean that nothing was done
            raise ChannelUnavailable(
                f"{self.title} answered {reply.status}. It is tried again by itself.",
                retry_after_s=max((one for one in (asked, done) if one is not None), default=None),
            )
        body = None
        if reply.whole and reply.body:
            try:
                body = json.loads(reply.body)
            except (ValueError, RecursionError):
                body = None
        return Answer(status=reply.status, body=body)


def usable_secret(value: str, setting: str) -> str:
    """Return a token or secret that a header can hold.

    Raises:
        ConfigurationError: it cannot; the message does not repeat it.
    """
    text = value.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ConfigurationError(f"{setting} holds characters that no token has. Copy it again, as one line.")
    return text


def told(message: object) -> str:
    """Return what a server said, as it may stand in our messages: one line, cut."""
    return repr(" ".join(str(message).split())[:200])


def first(items: object) -> Mapping[str, Any]:
    """Return the first object of a JSON list, an empty one where there is none."""
    if isinstance(items, Sequence) and not isinstance(items, str) and items and isinstance(items[0], Mapping):
        return items[0]
    return {}


def _base(given: str, setting: str, rules: DestinationRules) -> str:
    try:
        url = spelled(given)
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigurationError(f"{setting} is no address. Write https://host, without a path.") from error
    if parts.path != "/" or parts.query:
        raise ConfigurationError(f"{setting} holds more than a host. Write https://host, without a path.")
    if parts.scheme != "https" and not rules.may_be_private(*host_of(url)):
        raise ConfigurationError(
            f"{setting} is not https. Use https, or name the host in COPILOT_DELIVERY_INTERNAL if it is one of our own."
        )
    return url.rstrip("/")
