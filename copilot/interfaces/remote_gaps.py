"""The use cases around gaps, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.curating.gap import GapStatus
from copilot.interfaces.gap_contract import GapBody, GapDetailsBody, GapListBody

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot


class RemoteGaps:
    """Implements `Gaps`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def list(self, status: GapStatus | None, *, mine: bool) -> GapListBody:
        """Return gaps, those that most people asked first."""
        parameters = {"mine": str(mine).lower()} | ({} if status is None else {"status": status.value})
        return self._copilot.call(GapListBody, "GET", "/v1/gaps", params=parameters)

    def show(self, id: str) -> GapDetailsBody:
        """Return a gap with what showed it."""
        return self._copilot.call(GapDetailsBody, "GET", _path(id))

    def assign(self, id: str, owner: str) -> GapBody:
        """Give a gap to somebody."""
        return self._copilot.call(GapBody, "POST", f"{_path(id)}/assignment", json={"owner": owner})

    def dismiss(self, id: str, reason: str) -> GapBody:
        """Decide that a gap needs no answer."""
        return self._copilot.call(GapBody, "POST", f"{_path(id)}/dismissal", json={"reason": reason})

    def reopen(self, id: str) -> GapBody:
        """Open a gap that was closed."""
        return self._copilot.call(GapBody, "POST", f"{_path(id)}/reopening")

    def merge(self, id: str, into: str) -> GapBody:
        """Let a gap be part of another."""
        return self._copilot.call(GapBody, "POST", f"{_path(id)}/merge", json={"into": into})


def _path(id: str) -> str:
    return f"/v1/gaps/{quote(id, safe='')}"
