"""The record of a CRM that a delivery goes to, as `hubspot:company/123` or `salesforce:Account/001…`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from copilot.accounts.crm_record import salesforce_id
from copilot.errors import InvalidDestination


class CrmName(StrEnum):
    """The CRMs that can be written to."""

    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"


#: What notes and tasks can be put at; of Salesforce with the beginning of its ids, which tells the object.
_HUBSPOT = ("company", "deal", "contact")
_SALESFORCE = {"Account": "001", "Opportunity": "006", "Contact": "003"}
_FORMS = (
    "hubspot:company/123, hubspot:deal/123, hubspot:contact/123, salesforce:Account/001…, salesforce:Opportunity/006… "
    "or salesforce:Contact/003… (15 or 18 characters)"
)
_PLACE = re.compile(r"([a-z]{1,20})\s*:\s*([a-z]{1,20})/([a-z0-9]{1,30})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class CrmPlace:
    """A record: `object` as the CRM spells it, `id` in its one spelling."""

    crm: CrmName
    object: str
    id: str

    def __str__(self) -> str:
        return f"{self.crm.value}:{self.object}/{self.id}"


def crm_place(given: str) -> CrmPlace:
    """Read a destination.

    Raises:
        InvalidDestination: it names no record that can be written to.
    """
    match = _PLACE.fullmatch(given.strip())
    crm = match[1].lower() if match else ""
    if match and crm == CrmName.HUBSPOT and match[2].lower() in _HUBSPOT and match[3].isdecimal() and int(match[3]):
        return CrmPlace(crm=CrmName.HUBSPOT, object=match[2].lower(), id=str(int(match[3])))
    if match and crm == CrmName.SALESFORCE:
        name = next((one for one in _SALESFORCE if one.lower() == match[2].lower()), None)
        if name is not None and (id := salesforce_id(match[3])) is not None and id.startswith(_SALESFORCE[name]):
            return CrmPlace(crm=CrmName.SALESFORCE, object=name, id=id)
    raise InvalidDestination(f"{given[:80]!r} is no record of a CRM. Give {_FORMS}.")


def whole_place(given: str, facts: Mapping[str, Any] | None) -> str:
    """Complete `hubspot` or `salesforce` alone from the account's record, `{"crm": {"hubspot": "company/123"}}`.

    Raises:
        InvalidDestination: the record names none.
    """
    crm = next((one for one in CrmName if one.value == given.strip().lower()), None)
    if crm is None:
        return given
    kept = (facts or {}).get("crm")
    record = kept.get(crm.value) if isinstance(kept, Mapping) else None
    if not isinstance(record, str) or not record.strip():
        raise InvalidDestination(
            f"The account does not say which record of {crm.value} is its own. Put "
            f'{{"crm": {{"{crm.value}": "{_EXAMPLE[crm]}"}}}} into its record, or give {_FORMS}.'
        )
    return record if record.strip().lower().startswith(f"{crm.value}:") else f"{crm.value}:{record.strip()}"


_EXAMPLE = {CrmName.HUBSPOT: "company/123", CrmName.SALESFORCE: "Account/001…"}
