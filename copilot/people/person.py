"""A person, their roles and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from knowledge.document import Audience
from knowledge.reader import CUSTOMERS, Reader

#: The person whose key `up` makes; has every role and reads everything.
OWNER = "owner"
#: Before the id of a user of Slack whom nobody has added here; they are a reader.
OF_SLACK = "slack:"


class Role(StrEnum):
    """What a person does here. A person may have several; what each may do: copilot/people/scope.py."""

    READER = "reader"  #: asks and searches
    FRONTLINE = "frontline"  #: reader who keeps accounts and drafts, and confirms their own
    CURATOR = "curator"  #: keeps the knowledge
    MANAGER = "manager"  #: frontline who decides on drafts of others and sees figures
    ADMIN = "admin"  #: people, keys, settings


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can hold keys and sessions; `id` is stable and short."""

    id: str
    name: str
    email: str | None = None
    roles: frozenset[Role] = frozenset({Role.READER})
    groups: frozenset[str] = field(default_factory=frozenset)  #: names that documents restrict themselves to
    active: bool = True

    def has(self, *roles: Role) -> bool:
        """Tell whether the person is active and has one of these roles."""
        return self.active and bool(self.roles & set(roles))


def reader_of(person: Person, audience: Audience = Audience.INTERNAL) -> Reader:
    """Return what a person may read; with audience `customer`, what any customer may: asked on their behalf."""
    if audience is Audience.CUSTOMER:
        return CUSTOMERS
    return Reader(groups=person.groups, everything=person.has(Role.ADMIN))


def owner() -> Person:
    """Return the person who set the copilot up."""
    return Person(id=OWNER, name="Owner", roles=frozenset(Role))
