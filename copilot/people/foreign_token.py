"""Port: tokens that the back end of a CRM has signed with a secret that we share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class ForeignToken:
    """What such a token says; it opens something once."""

    id: str
    subject: str  #: e-mail address or id of a person
    claims: Mapping[str, str]  #: all other texts in it


class ForeignTokens(Protocol):
    """Reads them."""

    def read(self, token: str) -> ForeignToken:
        """Return what a token says.

        Raises:
            ExpiredToken: its time is over.
            BadToken: it is forged, holds for too long, or lacks something.
        """
        ...
