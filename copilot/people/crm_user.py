"""Who a user of a CRM is here: by a mapping, else by the address that the CRM vouches for; nobody by default."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import ConfigurationError, CrmUserUnknown
from copilot.people.person import Person

#: Instead of a CRM: `id` is one of ours, from somebody who may say so.
OURS = "ours"
#: What is shown and kept of a CRM's words for a user.
_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class CrmUser:
    """A user as a CRM names them, in a request that it has signed."""

    crm: str
    id: str | None = None
    email: str | None = None
    name: str | None = None

    @property
    def key(self) -> str | None:
        """Return the name of a row of the mapping, as `wecom:zhangsan`."""
        return None if not self.id or self.crm == OURS else f"{self.crm}:{self.id}"[:_LONGEST]


class CrmUsers:
    """Finds people. The owner is none of them: they come in by key or link alone."""

    def __init__(self, people: Callable[[], Sequence[Person]], mapping: Mapping[str, str] | None = None) -> None:
        """`people` returns all but the owner; `mapping` is user → person, as `read_crm_people` returns it."""
        self._people = people
        self._mapping = {user.casefold(): person for user, person in (mapping or {}).items()}

    def person(self, user: CrmUser) -> Person:
        """Return who a user is.

        Raises:
            CrmUserUnknown: nobody active is mapped to them or has their address, or several have.
        """
        named = user.id if user.crm == OURS else self._mapping.get(user.key.casefold()) if user.key else None
        if named is not None:
            found = [one for one in self._people() if one.id == named]
        elif user.email:
            address = user.email.strip().casefold()
            found = [one for one in self._people() if one.email and one.email.casefold() == address]
        else:
            found = []
        if len(found) != 1 or not found[0].active:
            raise CrmUserUnknown(self._advice(user, let_go=bool(found)), user=user.key, email=user.email)
        return found[0]

    def _advice(self, user: CrmUser, *, let_go: bool) -> str:
        who = (
            " / ".join(one[:_LONGEST] for one in (user.name, user.email, user.key or user.id) if one)
            or "somebody without a name"
        )
        if let_go:
            return (
                f"{who!r} is nobody active here, or several have this address. An admin can see `copilot people list`."
            )
        ways = []
        if user.email:
            ways.append(f"add a person with the address {user.email[:_LONGEST]!r} (`copilot people add`)")
        if user.key:
            ways.append(f'add the line "{user.key}" = "<id of a person>" to the file of COPILOT_SIDEBAR_PEOPLE')
        return f"Nobody here is {who!r}. An admin can {' or '.join(ways) or 'add them'}."


def read_crm_people(file: Path) -> dict[str, str]:
    """Read which user of a CRM is which person: a TOML table `[people]` of `"wecom:zhangsan" = "zhang"`.

    Raises:
        ConfigurationError: it cannot be read or holds something else.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("people", {})
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"COPILOT_SIDEBAR_PEOPLE: {str(file)!r} cannot be read ({error}). Give a TOML file with a table [people]."
        ) from error
    fine = isinstance(table, dict) and all(":" in user and isinstance(id, str) and id for user, id in table.items())
    if not fine:
        raise ConfigurationError(
            f'COPILOT_SIDEBAR_PEOPLE: {str(file)!r} needs lines like "wecom:zhangsan" = "zhang" under [people]: '
            "CRM and user, and the id of a person (`copilot people list`)."
        )
    return {str(user): str(id) for user, id in table.items()}
