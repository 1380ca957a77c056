"""The use cases around outlooks and histories, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from copilot.audit.surface import Surface
from copilot.interfaces.outlook_contract import HistoryBody, HistoryReport, OutlookBody

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot

_FROM = {"X-Copilot-Surface": Surface.CLI.value}


class RemoteOutlooks:
    """Implements `Outlooks`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def outlook(self, id: str) -> OutlookBody:
        """Tell how the contract of an account is likely to end."""
        return self._copilot.call(OutlookBody, "GET", f"/v1/accounts/{quote(id, safe='')}/outlook")

    def keep(self, body: HistoryBody) -> HistoryReport:
        """Keep lines of a history."""
        said = body.model_dump(mode="json")
        return self._copilot.call(HistoryReport, "POST", "/v1/accounts/history", json=said, headers=_FROM)
