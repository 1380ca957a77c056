"""Routes around case studies."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Request

from copilot.interfaces.cases import LocalCases
from copilot.interfaces.cases_contract import CaseMatchesBody, CaseQuery, LedgerBody, LedgerQuery


def add_cases(app: FastAPI, cases: LocalCases) -> None:
    """Register the routes."""

    @app.get("/v1/cases/match", tags=["cases"])
    def match_cases(query: Annotated[CaseQuery, Query()], request: Request) -> CaseMatchesBody:
        """Rank case studies by industry, then city, size and situation; with reasons, and plainly when none fits."""
        return cases.match(query, caller=request.state.caller)

    @app.post("/v1/cases/ledger", tags=["cases"])
    def show_ledger(body: LedgerQuery, request: Request) -> LedgerBody:
        """Estimate value and budget from the figures of fitting cases; refused where no case states any."""
        return cases.ledger(body, caller=request.state.caller)
