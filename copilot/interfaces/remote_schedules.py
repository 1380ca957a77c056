"""The use cases around digests and schedules, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.interfaces.draft_contract import DraftReply
from copilot.interfaces.schedule_contract import (
    DigestBody,
    PauseBody,
    RunBody,
    RunList,
    ScheduleAsk,
    ScheduleBody,
    ScheduleList,
)

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

#: What we say of ourselves for the record; it decides nothing.
_SURFACE = {"X-Copilot-Surface": "cli"}


class RemoteSchedules:
    """Implements `Schedules`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def digest(self, body: DigestBody) -> DraftReply:
        """Make a digest now, as a draft."""
        said = body.model_dump(mode="json")
        return self._copilot.call(DraftReply, "POST", "/v1/digests", json=said, headers=_SURFACE)

    def list(self) -> ScheduleList:
        """Return schedules."""
        return self._copilot.call(ScheduleList, "GET", "/v1/schedules")

    def add(self, ask: ScheduleAsk) -> ScheduleBody:
        """Have a digest made once a week."""
        said = ask.model_dump(mode="json")
        return self._copilot.call(ScheduleBody, "POST", "/v1/schedules", json=said, headers=_SURFACE)

    def runs(self, id: str, limit: int = 20) -> RunList:
        """Return runs of a schedule."""
        return self._copilot.call(RunList, "GET", f"{_path(id)}/runs", params={"limit": limit})

    def pause(self, id: str, body: PauseBody) -> ScheduleBody:
        """Pause a schedule."""
        said = body.model_dump(mode="json")
        return self._copilot.call(ScheduleBody, "POST", f"{_path(id)}/pause", json=said, headers=_SURFACE)

    def resume(self, id: str) -> ScheduleBody:
        """Resume a schedule."""
        return self._copilot.call(ScheduleBody, "POST", f"{_path(id)}/resume", headers=_SURFACE)

    def remove(self, id: str) -> ScheduleBody:
        """Forget a schedule."""
        return self._copilot.call(ScheduleBody, "DELETE", _path(id), headers=_SURFACE)

    def run(self, id: str) -> RunBody:
        """Run a schedule now."""
        return self._copilot.call(RunBody, "POST", f"{_path(id)}/runs", headers=_SURFACE)


def _path(id: str) -> str:
    return f"/v1/schedules/{quote(id, safe='')}"
