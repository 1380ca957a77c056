"""The signed request with which Salesforce opens a canvas app.

The rules are those of the "Canvas Developer Guide": "Verifying and Decoding a Signed Request" (split on the first dot;
base64 of HMAC-SHA256 over the second part with the consumer secret), "CanvasRequest", "Context", "Environment" and
"Record".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copilot.accounts.crm_record import crm_record, salesforce_id
from copilot.errors import BadToken, ExpiredToken, InvalidRequest
from copilot.people.crm_user import CrmUser

#: `issuedAt` is when the OAuth token beside it was issued, which a session of Salesforce uses for up to a day; the
#: documentation keeps it for internal use and shows it empty. So it can refuse what is old and no more.
OLDEST_S = 24 * 3600
_LONGEST = 100_000
#: Fields of records in Salesforce → facts that an account can begin with.
_FIELDS = {"Name": "name", "Website": "website", "Industry": "industry", "BillingCity": "city"}


@dataclass(frozen=True, kw_only=True)
class CanvasRequest:
    """Who looks at which record."""

    user: CrmUser
    record: str | None
    language: str | None
    shown: Mapping[str, str]


def signature(secret: str, envelope: str) -> str:
    """Return the signature that an envelope has to have."""
    return base64.b64encode(hmac.new(secret.encode(), envelope.encode(), hashlib.sha256).digest()).decode()


def read_canvas_request(secret: str, org: str, signed: str, now: datetime) -> CanvasRequest:
    """Verify and read a signed request.

    Raises:
        ExpiredToken: the token beside it is more than a day old.
        BadToken: it is not signed for us, of another org, or cannot be read.
    """
    given, _, envelope = signed.partition(".")
    if len(signed) > _LONGEST or not hmac.compare_digest(signature(secret, envelope).encode(), given.encode()):
        raise BadToken("This request is not signed by Salesforce with the consumer secret of our app.")
    try:
        told = json.loads(base64.b64decode(envelope, validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadToken("This request of Salesforce cannot be read.") from error
    if str(_at(told, "algorithm")).upper() != "HMACSHA256":
        raise BadToken("This request of Salesforce is signed in another way than documented.")
    issued = _at(told, "issuedAt")
    if isinstance(issued, int) and not isinstance(issued, bool) and _seconds(issued) < now.timestamp() - OLDEST_S:
        raise ExpiredToken("This request of Salesforce is more than a day old. Load the record again.")
    if not _same_org(str(_at(told, "context", "organization", "organizationId") or ""), org):
        raise BadToken("This request comes from another org of Salesforce than COPILOT_SIDEBAR_SALESFORCE_ORG names.")
    return _request(told)


def _request(told: object) -> CanvasRequest:
    user = _at(told, "context", "user")
    record = _at(told, "context", "environment", "record")
    id = _text(user, "userId")
    return CanvasRequest(
        user=CrmUser(
            crm="salesforce",
            id=(salesforce_id(id) or id) if id else None,
            email=_text(user, "email"),
            name=_text(user, "fullName"),
        ),
        record=_record(record),
        language="zh" if (_text(user, "language") or "").lower().startswith("zh") else "en",
        shown={fact: text for field, fact in _FIELDS.items() if (text := _text(record, field))},
    )


def _record(record: object) -> str | None:
    kind, id = _text(_at(record, "attributes"), "type"), _text(record, "Id")
    if not kind or not id:
        return None
    try:
        return str(crm_record(f"salesforce:{kind}/{id}"))
    except InvalidRequest as error:
        raise BadToken("This request of Salesforce names a record that has no id of Salesforce.") from error


def _same_org(given: str, ours: str) -> bool:
    one, other = salesforce_id(given), salesforce_id(ours)
    return one is not None and one == other


def _seconds(issued: int) -> float:
    return issued / 1000 if issued > 10**11 else float(issued)


def _at(told: object, *path: str) -> Any:
    for name in path:
        told = told.get(name) if isinstance(told, Mapping) else None
    return told


def _text(told: object, name: str) -> str | None:
    value = _at(told, name)
    return value.strip()[:200] or None if isinstance(value, str) else None
