"""Which accounts a record of a CRM may be, by name and web address; a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.accounts.account import AccountId
from copilot.accounts.record_index import Known
from knowledge.text import fold

_NOT_A_WORD = re.compile(r"[\W_]+")
#: What companies put behind or around their names without anybody saying it.
_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团|公司|控股)|\b(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|gmbh|"
    r"group|holdings?)\b"
)
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9.-]+\.[a-z]{2,})(?:[:/?#].*)?")
#: Addresses of people who have none of their own; sharing one says nothing.
_EVERYBODYS = frozenset({"gmail.com", "outlook.com", "hotmail.com", "qq.com", "163.com", "126.com", "foxmail.com"})
#: A shorter name is part of too many others.
_SHORTEST_PART = 2


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """An account that a record may be; both are shown, and a person says."""

    id: AccountId
    name: str
    score: float  #: 1: the same name or address; less: one name is in the other, by how much of it


def alike(name: str | None, website: str | None, accounts: Iterable[Known], limit: int = 5) -> list[Likeness]:
    """Return the accounts that a name or web address may stand for, best first."""
    wanted, host = bare(name), host_of(website)
    found = []
    for one in accounts:
        score = _score(wanted, host, bare(one.name), host_of(one.website))
        if score > 0:
            found.append(Likeness(id=one.id, name=one.name or one.id, score=score))
    return sorted(found, key=lambda one: (-one.score, one.id))[:limit]


def bare(name: str | None) -> str:
    """Return a name without its legal form, spaces and signs, folded; all of it where nothing else would be left."""
    folded = fold(name or "")
    without = _NOT_A_WORD.sub("", _FORMS.sub(" ", folded))
    return without or _NOT_A_WORD.sub("", folded)


def host_of(website: str | None) -> str:
    """Return the host of a web address without `www.`; empty where there is none, or it is everybody's."""
    text = fold(website or "").strip().rpartition("@")[2]
    match = _HOST.fullmatch(text)
    return match[1] if match and match[1] not in _EVERYBODYS else ""


def _score(wanted: str, host: str, name: str, other: str) -> float:
    if (wanted and wanted == name) or (host and host == other):
        return 1.0
    shorter, longer = sorted((wanted, name), key=len)
    if len(shorter) >= _SHORTEST_PART and shorter in longer:
        return round(len(shorter) / len(longer), 4)
    return 0.0
