"""A record of a CRM beside which somebody looks at us, as `hubspot:company/123` or `wecom:customer/wm…`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from copilot.accounts.account import Account
from copilot.errors import InvalidRequest

_RECORD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,29})\s*:\s*([A-Za-z0-9_.-]{1,60})/([A-Za-z0-9_.@:-]{1,120})")
_SALESFORCE = "salesforce"
_SALESFORCE_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#: HubSpot's numbers of its own objects ("Understanding the CRM APIs", object type ids) → as deliveries name them.
HUBSPOT_OBJECTS: Mapping[str, str] = {"0-1": "contact", "0-2": "company", "0-3": "deal", "0-5": "ticket"}


@dataclass(frozen=True, kw_only=True)
class CrmRecord:
    """A record in its one spelling: `crm` in lower case, ids of Salesforce with their check characters."""

    crm: str
    object: str
    id: str

    def __str__(self) -> str:
        return f"{self.crm}:{self.object}/{self.id}"


def crm_record(given: str) -> CrmRecord:
    """Read a record.

    Raises:
        InvalidRequest: it is none.
    """
    match = _RECORD.fullmatch(given.strip())
    if match is None:
        raise InvalidRequest(
            f"{given[:80]!r} is no record of a CRM. Write it as hubspot:company/123 or mycrm:client/42."
        )
    crm, kind, id = match[1].lower(), match[2], match[3]
    if crm == "hubspot":
        kind = HUBSPOT_OBJECTS.get(kind, kind.lower())
    if crm == _SALESFORCE:
        whole = salesforce_id(id)
        if whole is None:
            raise InvalidRequest(f"{id!r} is no id of Salesforce: a character is missing or wrong. Copy it again.")
        id = whole
    return CrmRecord(crm=crm, object=kind, id=id)


def records_in(account: Account) -> frozenset[CrmRecord]:
    """Return the records that an account names itself, as `{"crm": {"hubspot": "company/123"}}`; bad ones are none."""
    kept = account.facts.get("crm")
    found = set()
    for crm, said in kept.items() if isinstance(kept, Mapping) else ():
        for text in said if isinstance(said, list) else [said]:
            if isinstance(text, str) and text.strip():
                whole = text if text.strip().lower().startswith(f"{str(crm).lower()}:") else f"{crm}:{text.strip()}"
                try:
                    found.add(crm_record(whole))
                except InvalidRequest:
                    continue
    return frozenset(found)


def salesforce_id(given: str) -> str | None:
    """Return an id with its three check characters, which tell the case of the others; None: a character is wrong."""
    if not _SALESFORCE_ID.fullmatch(given):
        return None
    short = given[:15]
    groups = (short[at : at + 5] for at in (0, 5, 10))
    check = "".join(_CHECK[sum(1 << n for n, sign in enumerate(group) if sign.isupper())] for group in groups)
    return short + check if given[15:].upper() in ("", check) else None
