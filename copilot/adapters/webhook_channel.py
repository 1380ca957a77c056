"""Approved revisions as signed HTTP requests."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import httpcore
import idna

from copilot.adapters.guarded_http import AddressForbidden, Reply, Resolve, post, resolve
from copilot.approval.approved import ApprovedRevision
from copilot.delivery.delivery import ChannelName
from copilot.delivery.destination import DestinationRules, host_of, shown
from copilot.delivery.wording import subject
from copilot.errors import ChannelUnavailable, DeliveryRefused, InvalidDestination

#: From the connection to the end of the reply; a receiver that has more to do answers 202.
WITHIN_S = 20.0
_LONGEST_URL = 2000
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?|[0-9a-f.]*:[0-9a-f:.]*")
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
        """Post the revision.

        Raises:
            InvalidDestination: the host lies inside our network and is not named for that.
            DeliveryRefused: the receiver will not take it.
            ChannelUnavailable: it does not answer, or asks for patience.
        """
        url = self.check(destination)
        named = shown(self.name, url)
        body = payload(approved, key)
        seconds = int(self._now())
        try:
            reply = post(
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
                private=self._rules.may_be_private(*host_of(url)),
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

    def _receipt(self, reply: Reply, named: str) -> str:
        if 200 <= reply.status < 300:
            return f"HTTP {reply.status}"
        if reply.status in _LATER or reply.status >= 500:
            raise ChannelUnavailable(
                f"{named!r} answered {reply.status}. It is tried again by itself.",
                retry_after_s=_retry_after(reply.headers.get("retry-after"), self._now()),
            )
        moved = " Redirects are not followed: give the address itself." if 300 <= reply.status < 400 else ""
        raise DeliveryRefused(
            f"{named!r} answered {reply.status} and will not take it.{moved} Correct it there and use "
            "`copilot deliveries retry`."
        )


def payload(approved: ApprovedRevision, key: str) -> bytes:
    """Return the body: what the readers may see and nothing of how it came about."""
    draft, revision = approved.draft, approved.revision
    told = {
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
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode(errors="replace")


def signature(secret: bytes, seconds: int, body: bytes) -> str:
    """Return HMAC-SHA256 over time and body, in hexadecimal."""
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _spelled(destination: str) -> str:
    refused = InvalidDestination(
        f"{destination[:80]!r} is no URL that can be sent to. Give https://host/path, without name and password."
    )
    given = destination.strip()
    if len(given) > _LONGEST_URL or any(sign <= " " or sign in "\\\x7f" for sign in given):
        raise refused
    try:
        parts = urlsplit(given)
        host = _host(parts)
        port = parts.port
    except ValueError as error:  # also what idna raises
        raise refused from error
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or port == 0:
        raise refused
    if port in (None, 443 if parts.scheme == "https" else 80):
        port = None
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    # A fragment never leaves the client; what is not ASCII is written as the protocol wants it.
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    return host if _HOST.fullmatch(host) else ""


def _retry_after(value: str | None, now: float) -> float | None:
    """Read seconds or a date; anything else is no wish."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - datetime.fromtimestamp(now, UTC).timestamp()
