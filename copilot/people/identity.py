"""Who somebody is to a provider of single sign-on (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An account at a provider that is bound to a person: it stays theirs whatever its e-mail address becomes."""

    issuer: str
    subject: str
    person: str
    email: str | None  #: at the time of binding; to recognise it by
    bound_at: datetime
    used_at: datetime


@dataclass(frozen=True, kw_only=True)
class ProviderClaims:
    """What a provider says of who signed in there; everything in it was checked to come from the provider."""

    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    all: Mapping[str, object]

    def values(self, path: str) -> frozenset[str]:
        """Return the texts under a name, or under a path as `realm_access.roles`."""
        found: object = self.all.get(path)
        if found is None:
            found = self.all
            for part in path.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
        listed = found if isinstance(found, list) else [found]
        return frozenset(one for one in listed if isinstance(one, str))


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A sign-in that is under way at the provider."""

    browser_hash: str  #: of a value that only the browser which began it holds
    nonce: str
    verifier: str  #: of PKCE (RFC 7636)
    redirect_uri: str
    back: str  #: a path of ours
    binds: str | None  #: the person who binds an identity to themselves; None: somebody signs in
    expires_at: datetime


class IdentityProvider(Protocol):
    """Port: the provider, by the authorization code flow with PKCE."""

    title: str  #: as people know it
    issuer: str

    def address(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Return where to send the browser.

        Raises:
            SignOnUnavailable: the provider does not answer, or not as one.
        """
        ...

    def claims(self, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> ProviderClaims:
        """Exchange a code for what the provider says of who signed in.

        Raises:
            SignOnUnavailable: the provider does not answer, or not as one.
            SignOnRefused: it refuses the code, or what it says cannot be believed.
        """
        ...


class IdentityStore(Protocol):
    """Port: identities; an issuer's subject is bound once."""

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Return the identity, if it is bound."""
        ...

    def of(self, person: str) -> Sequence[Identity]:
        """Return the identities of a person, the oldest first."""
        ...

    def bind(self, transaction: Transaction, identity: Identity) -> bool:
        """Keep an identity; False, changing nothing, when its subject is bound already."""
        ...

    def used(self, transaction: Transaction, issuer: str, subject: str, at: datetime) -> None:
        """Remember when somebody signed in with it."""
        ...

    def release(self, transaction: Transaction, person: str, issuer: str) -> int:
        """Forget the identities of a person at a provider; returns how many."""
        ...


class AttemptStore(Protocol):
    """Port: sign-ins that are under way, by the hash of their state; each ends once."""

    def begin(self, transaction: Transaction, state_hash: str, attempt: Attempt, now: datetime) -> None:
        """Keep an attempt, and forget those that expired."""
        ...

    def finish(self, transaction: Transaction, state_hash: str) -> Attempt | None:
        """Take an attempt away and return it; of several who try at once, one gets it."""
        ...
