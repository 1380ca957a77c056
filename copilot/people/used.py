"""Port: tokens that open something once."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class UsedTokens(Protocol):
    """Remembers what was used, for all processes, until it would be too old anyway."""

    def use(self, token: str, until: datetime, now: datetime) -> bool:
        """Use a token up; False when somebody has before. What is too old `now` is forgotten."""
        ...
