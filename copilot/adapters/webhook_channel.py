"""Approved revisions as signed HTTP requests."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpcore

from copilot.adapters.retry_after import retry_after
from copilot.approval.approved import ApprovedRevision
from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import DestinationRules, shown
from copilot.delivery.wording import subject
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination
from knowledge.guarded_http import AddressForbidden, Reply, Resolve, is_public, request, resolve
from knowledge.web_address import host_of, spelled

#: From the connection to the end of the reply; a receiver that has more to do answers 202.
WITHIN_S = 20.0
#: A reply is read this far, only to end the exchange well.
_MOST_BYTES = 16 * 1024
#: Answers of a receiver that wants to be asked again; all of 5xx besides.
_LATER = frozenset({408, 425, 429})


class WebhookChannel:
    """Implements `Channel`; a destination is a URL in its one spelling.

    The body is the same on every attempt. `Idempotency-Key` is the delivery's id. `Copilot-Signature` is
    `t=SECONDS,v1=HEX`, where HEX is HMAC-SHA256 of `SECONDS.BODY` with the secret: the receiver recomputes it and
    refuses old times, so that nobody can send what we did not send, or send it again.
    """

    name = ChannelName.WEBHOOK

    def __init__(
        self,
        *,
        secret: str,
        rules: DestinationRules,
        version: str = "1",
        trust: ssl.SSLContext | None = None,
        within_s: float = WITHIN_S,
        resolve: Resolve = resolve,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret.encode()
        self._rules = rules
        self._agent = f"frontline-copilot/{version}"
        self._trust = trust or ssl.create_default_context()
        self._within_s = within_s
        self._resolve = resolve
        self._now = now

    def check(self, destination: str) -> str:
        """Return the URL in its one spelling.

        Raises:
            InvalidDestination: it is none, carries a password, or is not https without being named for that.
        """
        url = _spelled(destination)
        if url.startswith("http:") and not self._rules.may_be_private(*host_of(url)):
            raise InvalidDestination(
                f"{shown(self.name, url)!r} is not https. Use https, or name the host in COPILOT_DELIVERY_INTERNAL if "
                "it is one of our own."
            )
        return url

    def send(self, approved: ApprovedRevision, destination: str, key: str) -> str:
        """Post the revision."""
        return self.post(destination, _told(approved, key), key)

    def post(self, destination: str, told: Mapping[str, Any], key: str) -> str:
        """Post JSON.

        Raises:
            InvalidDestination: the host lies inside our network and is not named for that.
            DeliveryRefused: the receiver will not take it.
            ChannelUnavailable: it does not answer, or asks for patience.
        """
        url = self.check(destination)
        named = shown(self.name, url)
        body = _json(told)
        seconds = int(self._now())
        try:
            reply = request(
                "POST",
                url,
                headers={
                    "Host": urlsplit(url).netloc,
                    "Content-Type": "application/json; charset=utf-8",
                    "Content-Length": str(len(body)),
                    "User-Agent": self._agent,
                    "Idempotency-Key": key,
                    "Copilot-Signature": f"t={seconds},v1={signature(self._secret, seconds, body)}",
                    "Connection": "close",
                },
                body=body,
                permitted=self._permitted(url),
                most_bytes=_MOST_BYTES,
                within_s=self._within_s,
                trust=self._trust,
                resolve=self._resolve,
            )
        except AddressForbidden as error:
            raise InvalidDestination(
                f"The host of {named!r} has an address that nothing may be sent to: inside our network, or outside it "
                "without https. If it is one of our own, name it in COPILOT_DELIVERY_INTERNAL."
            ) from error
        except (
            OSError,
            UnicodeError,
            httpcore.TimeoutException,
            httpcore.NetworkError,
            httpcore.ProtocolError,
        ) as error:
            raise ChannelUnavailable(
                f"{named!r} does not answer ({type(error).__name__}). It is tried again by itself."
            ) from error
        return self._receipt(reply, named)

    def _permitted(self, url: str) -> Callable[[str], bool]:
        """Return which addresses may be sent to: without TLS nothing crosses the internet."""
        private, secured = self._rules.may_be_private(*host_of(url)), url.startswith("https:")
        return lambda address: secured if is_public(address) else private

    def _receipt(self, reply: Reply, named: str) -> str:
        if 200 <= reply.status < 300:
            return f"HTTP {reply.status}"
        if reply.status in _LATER or reply.status >= 500:
            raise ChannelUnavailable(
                f"{named!r} answered {reply.status}. It is tried again by itself.",
                retry_after_s=retry_after(reply.headers.get("retry-after"), self._now()),
            )
        moved = " Redirects are not followed: give the address itself." if 300 <= reply.status < 400 else ""
        raise DeliveryRefused(
            f"{named!r} answered {reply.status} and will not take it.{moved} Correct it there and use "
            "`copilot deliveries retry`."
        )


def payload(approved: ApprovedRevision, key: str) -> bytes:
    """Return the body: what the readers may see and nothing of how it came about."""
    return _json(_told(approved, key))


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode(errors="replace")


def _told(approved: ApprovedRevision, key: str) -> dict[str, Any]:
    draft, revision = approved.draft, approved.revision
    return {
        "delivery_id": key,
        "draft": {
            "id": draft.id,
            "kind": draft.kind.value,
            "account_id": draft.account_id,
            "language": draft.language,
            "revision": revision.number,
        },
        "subject": subject(approved),
        "content": revision.content,
        "sources": [
            {
                "n": one.number,
                "document_id": one.document_id,
                "version": one.version,
                "title": one.title,
                "heading_path": list(one.heading_path),
                "quote": one.quote,
            }
            for one in sorted(revision.quotes, key=lambda one: one.number)
        ],
    }


def signature(secret: bytes, seconds: int, body: bytes) -> str:
    """Return HMAC-SHA256 over time and body, in hexadecimal."""
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _spelled(destination: str) -> str:
    try:
        return spelled(destination)
    except ValueError as error:  # also what idna raises
        raise InvalidDestination(
            f"{destination[:80]!r} is no URL that can be sent to. Give https://host/path, without name and password."
        ) from error
