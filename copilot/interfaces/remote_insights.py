"""The use cases around insight, through the HTTP of the process that owns the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.interfaces.insight_contract import InsightAsk, InsightBody

if TYPE_CHECKING:
    from copilot.interfaces.remote import RemoteCopilot


class RemoteInsights:
    """Implements `Insights`."""

    def __init__(self, copilot: RemoteCopilot) -> None:
        self._copilot = copilot

    def report(self, ask: InsightAsk) -> InsightBody:
        """Return the figures of a period."""
        asked = ask.model_dump(mode="json", exclude_none=True)
        return self._copilot.call(InsightBody, "GET", "/v1/insights", params=asked)
