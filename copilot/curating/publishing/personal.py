"""Numbers and addresses that belong to a person, told so that their writer knows which are meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copilot.privacy.personal import Kind, find

_NAMES: dict[Kind, tuple[str, str]] = {
    Kind.MAIL: ("e-mail address", "邮箱"),
    Kind.ID: ("ID number", "身份证号"),
    Kind.CARD: ("card number", "银行卡号"),
    Kind.PASSPORT: ("passport number", "护照或通行证号"),
    Kind.PHONE: ("phone number", "手机号"),
    Kind.LANDLINE: ("phone number", "电话号码"),
}


@dataclass(frozen=True, kw_only=True)
class PersonalDatum:
    """What was found: its kind in both languages, and as much of it as tells which one is meant."""

    kind: str
    kind_zh: str
    masked: str


def personal_data(text: str) -> Iterator[PersonalDatum]:
    """Yield what belongs to a person in the order of the text, with or without a right checksum: many will read it."""
    for found in find(text, unchecked=True):
        kind, kind_zh = _NAMES[found.kind]
        yield PersonalDatum(kind=kind, kind_zh=kind_zh, masked=_hint(found.plain))


def _hint(plain: str) -> str:
    """Return a number as `138****8000`, an address as `l***@example.com`."""
    name, at, host = plain.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = plain.removeprefix("86") if len(plain) == 13 else plain
    return f"{digits[:3]}****{digits[-4:]}"
