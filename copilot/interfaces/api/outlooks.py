"""Routes around outlooks and the history they are learned from."""

from __future__ import annotations

from fastapi import FastAPI, Request

from copilot.interfaces.api.drafts import surface_of
from copilot.interfaces.outlook_contract import HistoryBody, HistoryReport, OutlookBody
from copilot.interfaces.outlooks import LocalOutlooks


def add_outlooks(app: FastAPI, outlooks: LocalOutlooks) -> None:
    """Register the routes."""

    @app.get("/v1/accounts/{id}/outlook", tags=["accounts"])
    def account_outlook(id: str) -> OutlookBody:
        """Tell how the contract is likely to end, from what that was counted, and what each action changes."""
        return outlooks.outlook(id)

    @app.post("/v1/accounts/history", tags=["accounts"])
    def import_history(body: HistoryBody, request: Request) -> HistoryReport:
        """Keep moves of accounts from another system; good lines go in, bad ones are told by their number."""
        return outlooks.keep(body, person=request.state.person, surface=surface_of(request))
