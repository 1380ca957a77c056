"""Requests that HubSpot sends for a card: `hubspot.fetch` goes through its servers, which sign them.

The rules are those of HubSpot's developer pages "Validating requests" (v3: HMAC-SHA256 with the client secret over
method, URI, body and time, base64; requests older than five minutes are refused; twelve escapes of the URI are undone
before) and "Fetching data for UI extensions" (the user and portal stand in the query, which is signed along).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from copilot.errors import BadToken, ExpiredToken
from copilot.people.crm_user import CrmUser

SIGNATURE_HEADER, TIME_HEADER = "x-hubspot-signature-v3", "x-hubspot-request-timestamp"
_OLDEST_MS = 5 * 60 * 1000
_ESCAPES = re.compile(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class HubSpotRequest:
    """What arrived, byte for byte."""

    method: str
    uri: str  #: as HubSpot called it, https and host included
    body: bytes
    signature: str
    time: str  #: milliseconds


def signature(secret: str, request: HubSpotRequest) -> str:
    """Return the signature that a request has to have."""
    uri = _ESCAPES.sub(lambda match: unquote(match[0]), request.uri)
    signed = f"{request.method}{uri}".encode() + request.body + request.time.encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def verified_user(secret: str, portal: str, request: HubSpotRequest, now_ms: int) -> CrmUser:
    """Return the user for whom HubSpot has sent a request.

    Raises:
        ExpiredToken: it is older than five minutes.
        BadToken: it is not signed for us, of another portal, or names nobody.
    """
    if not hmac.compare_digest(signature(secret, request).encode(), request.signature.encode()):
        raise BadToken("This request is not signed by HubSpot with the client secret of our app.")
    if not (request.time.isascii() and request.time.isdecimal()) or abs(now_ms - int(request.time[:20])) > _OLDEST_MS:
        raise ExpiredToken("This request of HubSpot is more than five minutes old. Look at the clock of this machine.")
    told = _once(request.uri.partition("?")[2])
    if told.get("portalId") != portal:
        raise BadToken("This request comes from another portal of HubSpot than COPILOT_SIDEBAR_HUBSPOT_PORTAL names.")
    user = CrmUser(crm="hubspot", id=told.get("userId"), email=told.get("userEmail"))
    if not (user.id or user.email):
        raise BadToken("This request of HubSpot names no user.")
    return user


def _once(query: str) -> Mapping[str, str]:
    """Read what HubSpot appends; a card could put the same names before, so a name that comes twice is refused."""
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    twice = next((name for name in ("portalId", "userId", "userEmail") if names.count(name) > 1), None)
    if twice is not None:
        raise BadToken(f"This request names {twice!r} twice. Leave it to HubSpot.")
    return dict(pairs)
