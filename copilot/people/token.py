"""Short-lived signed tokens: what another program carries for us and cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

Claims = Mapping[str, str]


class Tokens(Protocol):
    """Port: signs claims for one purpose; a token of one purpose opens nothing of another."""

    def sign(self, purpose: str, claims: Claims, lasting: timedelta) -> str:
        """Return a token, safe in addresses and headers, that holds for this time."""
        ...

    def read(self, purpose: str, token: str) -> Claims:
        """Return the claims of a token of ours.

        Raises:
            ExpiredToken: its time is over.
            BadToken: anything else is wrong with it.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A secret that tokens are signed with; the newest signs, those before go on being read."""

    id: int  #: counts from 1
    secret: str
    created_at: datetime


class SigningKeys(Protocol):
    """Port: the secrets of this installation, the same for all its processes."""

    def newest(self) -> SigningKey:
        """Return the key that signs; made when there is none, once, however many processes ask."""
        ...

    def find(self, id: int) -> SigningKey | None:
        """Return a key by the id that a token names."""
        ...
