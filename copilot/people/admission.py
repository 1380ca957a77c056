"""Who is let in by single sign-on, and as what. Pure: claims in, a decision out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from copilot.errors import SignOnRefused
from copilot.people.email import domain_of
from copilot.people.identity import ProviderClaims
from copilot.people.person import Person, Role

_LONGEST_ID = 48
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What the settings say."""

    domains: frozenset[str] = frozenset()  #: of e-mail addresses; empty: every one
    create: bool = False  #: whether people nobody has added are taken in
    default_role: Role = Role.READER
    roles_claim: str | None = None  #: where the provider names roles; then its word counts at every sign-in
    roles: Mapping[str, Role] = field(default_factory=dict)  #: what it names → a role here

    def check_domain(self, claims: ProviderClaims) -> None:
        """Let only those pass whose address lies in one of the domains, where some are named.

        Raises:
            SignOnRefused: it does not, or was not checked by the provider.
        """
        if self.domains and (not claims.email_verified or domain_of(claims.email or "") not in self.domains):
            raise SignOnRefused("Your e-mail address is not of a domain that may sign in here. Ask an admin.", "domain")

    def roles_of(self, claims: ProviderClaims) -> frozenset[Role] | None:
        """Return the roles that the provider gives; None where it has no say.

        Who is in none of the groups gets the default role: providers leave an empty list out.
        """
        if self.roles_claim is None:
            return None
        named = claims.values(self.roles_claim)
        return frozenset(role for name, role in self.roles.items() if name in named) or frozenset({self.default_role})

    def newcomer(self, claims: ProviderClaims, taken: Callable[[str], bool]) -> Person:
        """Return the person that somebody unknown becomes; `taken` tells which ids are somebody else's."""
        email = claims.email or ""
        stem = _NOT_IN_IDS.sub("-", email.partition("@")[0]).strip("-._")[:_LONGEST_ID] or "person"
        tries = [stem, *(f"{stem}-{n}" for n in range(2, 1000))]
        name = " ".join((claims.name or "").split())
        return Person(
            id=next(id for id in tries if not taken(id)),
            name=name if name and len(name) <= 100 and name.isprintable() else email[:100],
            email=email,
            roles=self.roles_of(claims) or frozenset({self.default_role}),
        )
