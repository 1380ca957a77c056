"""Who is calling, what they may do, and where from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from copilot.audit.surface import Surface
from copilot.errors import NotPermitted
from copilot.people.person import Person, owner, reader_of
from copilot.people.scope import Scope, roles_with, scopes_of
from copilot.people.visit import Visit
from knowledge.document import Audience
from knowledge.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A person as they come in: by a key that may be limited, by session, or at the machine itself."""

    person: Person
    scopes: frozenset[Scope]
    surface: Surface
    visit: Visit | None = None  #: of a visitor of a chat on somebody's page, who is none of our people

    @property
    def limited(self) -> bool:
        """Whether the caller may do less than the person: their key is limited."""
        return self.scopes < scopes_of(self.person)

    def reader(self, audience: Audience = Audience.INTERNAL) -> Reader:
        """Return what the caller may read, or may read aloud to a customer; never more than a visitor's token says."""
        if self.visit is not None and self.visit.audience is Audience.CUSTOMER:
            return reader_of(self.person, Audience.CUSTOMER)
        return reader_of(self.person, audience)

    def need(self, *scopes: Scope) -> None:
        """Let only those pass who have all of these scopes.

        Raises:
            NotPermitted: names what is missing and who can grant it.
        """
        for scope in scopes:
            if scope not in self.scopes:
                raise NotPermitted(refusal(scope, limited=scope in scopes_of(self.person)))


def refusal(scope: Scope, *, limited: bool) -> str:
    """Say what is missing and who can grant it."""
    if limited:
        return f"This key is not made for {scope.value!r}. Use another key, or make one with that scope."
    roles = " or ".join(repr(role.value) for role in roles_with(scope))
    return f"This needs {scope.value!r}, which the role {roles} has. Ask an admin for it (`copilot people set`)."


def the_owner(surface: Surface) -> Caller:
    """Return the person who set the copilot up, at the machine it runs on."""
    person = owner()
    return Caller(person=person, scopes=scopes_of(person), surface=surface)


def scopes_named(names: Collection[str]) -> frozenset[Scope]:
    """Read scopes as a key keeps them; those that a newer release knows are none here."""
    known = {scope.value for scope in Scope}
    return frozenset(Scope(name) for name in names if name in known)
